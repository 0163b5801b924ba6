#include "region-client/receipts_command.h"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/key_file.h"
#include "certs/revocation_set.h"
#include "certs/signature.h"
#include "envej/v1/intake_service.pb.h"
#include "proto/contract/checkpoint.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/receipt.h"
#include "region-client/accepted_anew.h"
#include "region-client/json_fields.h"
#include "region-client/line_file.h"

namespace envej::region {
namespace {

absl::StatusOr<std::vector<certs::Certificate>> ReadAuthorities(const std::string& path) {
  const absl::StatusOr<std::string> pem = certs::ReadCertificateFile(path);
  if (!pem.ok()) return pem.status();
  absl::StatusOr<std::vector<certs::Certificate>> authorities = certs::Certificate::FromPem(*pem);
  if (authorities.ok()) return authorities;
  return absl::Status(authorities.status().code(), absl::StrCat(path, " ", authorities.status().message()));
}

// By what a checkpoint's signer is judged.
struct Judges {
  std::vector<certs::Certificate> authorities;
  std::optional<certs::RevocationSet> revocations;
  absl::Time now;
};

absl::StatusOr<Judges> ReadJudges(const VerifyReceiptsOptions& options, absl::Time now) {
  absl::StatusOr<std::vector<certs::Certificate>> authorities = ReadAuthorities(options.authorities);
  if (!authorities.ok()) return authorities.status();
  Judges judges{.authorities = *std::move(authorities), .revocations = {}, .now = now};
  if (options.revocation_lists.empty()) return judges;
  absl::StatusOr<certs::RevocationSet> lists = certs::RevocationSet::Load(options.revocation_lists, judges.authorities);
  if (!lists.ok()) return lists.status();
  judges.revocations = *std::move(lists);
  return judges;
}

// What both say must be the same. The rest of a status came after acceptance, and nothing here proves it.
absl::Status CheckAgreement(const v1::NoticeStatus& status, const v1::Receipt& receipt) {
  absl::string_view what;
  if (status.municipality_code() != receipt.municipality_code()) {
    what = "municipality";
  } else if (status.notice_id() != receipt.notice_id()) {
    what = "notice id";
  } else if (status.revision() != receipt.revision()) {
    what = "revision";
  } else if (status.origin() != receipt.origin()) {
    what = "origin";
  } else if (contract::FromMessage(status.accepted_at()) != contract::FromMessage(receipt.accepted_at())) {
    what = "time of acceptance";
  }
  if (what.empty()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("the status beside the receipt has another ", what));
}

absl::Status CheckProof(const v1::GetNoticeResponse& answer, const Judges& judges) {
  if (answer.has_status()) {
    if (absl::Status agrees = CheckAgreement(answer.status(), answer.receipt()); !agrees.ok()) return agrees;
  }
  if (!answer.has_checkpoint_proof()) {
    return absl::NotFoundError("has no proof yet: ask for it again in some minutes");
  }
  const absl::StatusOr<contract::CheckpointProof> proof = contract::FromMessage(answer.checkpoint_proof());
  if (!proof.ok()) return proof.status();
  const absl::Status covered = contract::CheckCovered(contract::FromMessage(answer.receipt()), *proof);
  if (!covered.ok()) return covered;
  const contract::SignedCheckpoint& signed_checkpoint = proof->checkpoint;
  const contract::Checkpoint& checkpoint = signed_checkpoint.checkpoint;
  const absl::StatusOr<certs::Certificate> signer = certs::Certificate::FromDer(signed_checkpoint.signer_certificate);
  if (!signer.ok()) return absl::DataLossError("the checkpoint names no certificate");
  const absl::Status is_signed =
      certs::CheckSignature(*signer, contract::EncodeCheckpoint(checkpoint), signed_checkpoint.signature);
  if (!is_signed.ok()) return is_signed;
  return certs::CheckBrokerSigner(*signer, judges.authorities, checkpoint.broker, checkpoint.time,
                                  judges.revocations.has_value() ? &*judges.revocations : nullptr, judges.now);
}

// The proven receipts of each notice, by revision.
class ProvenReceipts {
 public:
  void Add(const v1::Receipt& receipt) {
    by_notice_[NoticeOf(receipt)][receipt.revision()] = contract::FromMessage(receipt);
  }
  // Null if none of this revision is proven.
  const contract::Receipt* Find(const v1::Receipt& receipt) const {
    const auto notice = by_notice_.find(NoticeOf(receipt));
    if (notice == by_notice_.end()) return nullptr;
    const auto found = notice->second.find(receipt.revision());
    return found == notice->second.end() ? nullptr : &found->second;
  }
  // Whether a newer one of the same notice is proven.
  bool HasNewer(const v1::Receipt& receipt) const {
    const auto notice = by_notice_.find(NoticeOf(receipt));
    return notice != by_notice_.end() && notice->second.rbegin()->first > receipt.revision();
  }

 private:
  static std::string NoticeOf(const v1::Receipt& receipt) {
    return absl::StrCat(receipt.region_code(), " ", receipt.municipality_code(), " ", receipt.notice_id());
  }
  std::map<std::string, std::map<uint32_t, contract::Receipt>> by_notice_;
};

// Counts, and says what does not hold.
class Report {
 public:
  Report(OutputForm form, const Streams& streams) : form_(form), streams_(streams) {}

  void Proven() { ++proven_; }
  void Replaced() { ++replaced_; }
  void NotProven(const std::string& file, size_t line, absl::string_view why) {
    ++not_proven_;
    if (form_ == OutputForm::kText) {
      streams_.out << file << ": line " << line << ": not proven: " << why << '\n';
      return;
    }
    nlohmann::ordered_json json;
    json["file"] = file;
    json["line"] = line;
    json["notProven"] = std::string(why);
    streams_.out << json.dump() << '\n';
  }

  ExitCode Finish() {
    if (form_ == OutputForm::kText) {
      streams_.out << proven_ << " proven, " << not_proven_ << " not proven";
      if (replaced_ > 0) streams_.out << ", " << replaced_ << " replaced by newer ones that are proven";
      streams_.out << '\n';
    } else {
      nlohmann::ordered_json json{{"proven", proven_}, {"notProvenInAll", not_proven_}};
      if (replaced_ > 0) json["replaced"] = replaced_;
      streams_.out << json.dump() << '\n';
    }
    if (proven_ + not_proven_ == 0) {
      streams_.err << "there is nothing to verify\n";
      return ExitCode::kUnusable;
    }
    return not_proven_ == 0 ? ExitCode::kDone : ExitCode::kRefused;
  }

 private:
  const OutputForm form_;
  const Streams& streams_;
  size_t proven_ = 0;
  size_t not_proven_ = 0;
  size_t replaced_ = 0;
};

}  // namespace

ExitCode VerifyReceipts(const VerifyReceiptsOptions& options, const Streams& streams, absl::Time now) {
  const auto unusable = [&](const absl::Status& status) {
    streams.err << status.message() << '\n';
    return ExitCode::kUnusable;
  };
  const absl::StatusOr<Judges> judges = ReadJudges(options, now);
  if (!judges.ok()) return unusable(judges.status());

  Report report(options.output, streams);
  ProvenReceipts proven;
  absl::Status read = ForEachLine(options.proofs, [&](size_t number, const std::string& line) {
    v1::GetNoticeResponse answer;
    if (!ReadJson(line, answer).empty())
      return absl::InvalidArgumentError("is not an answer with a receipt and a proof");
    if (const absl::Status status = CheckProof(answer, *judges); !status.ok()) {
      report.NotProven(options.proofs, number, status.message());
      return absl::OkStatus();
    }
    report.Proven();
    if (!options.receipts.empty()) proven.Add(answer.receipt());
    return absl::OkStatus();
  });
  if (read.ok() && !options.receipts.empty()) {
    read = ForEachLine(options.receipts, [&](size_t number, const std::string& line) {
      v1::Receipt receipt;
      if (!ReadJson(line, receipt).empty()) return absl::InvalidArgumentError("is not a receipt");
      const contract::Receipt* const same = proven.Find(receipt);
      if (same == nullptr && proven.HasNewer(receipt) && contract::CheckReceipt(contract::FromMessage(receipt)).ok()) {
        report.Replaced();
      } else if (same == nullptr) {
        report.NotProven(options.receipts, number, "no proof of it is among those that hold");
      } else if (IsAcceptedAnew(contract::FromMessage(receipt), *same)) {
        report.Replaced();
      } else if (*same != contract::FromMessage(receipt)) {
        report.NotProven(options.receipts, number, "the proof is of another receipt of the same notice");
      }
      return absl::OkStatus();
    });
  }
  if (!read.ok()) return unusable(read);
  return report.Finish();
}

}  // namespace envej::region
