#include "region-client/prove_command.h"

#include <algorithm>
#include <filesystem>
#include <latch>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/json_line.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/status_codec.h"
#include "region-client/accepted_anew.h"
#include "region-client/json_fields.h"
#include "region-client/line_file.h"
#include "region-client/retried_call.h"

namespace envej::region {
namespace {

absl::StatusOr<v1::Receipt> ReadReceipt(const std::string& line) {
  v1::Receipt receipt;
  if (ReadJson(line, receipt).empty() && !receipt.notice_id().empty()) return receipt;
  return absl::InvalidArgumentError("is not a receipt");
}

absl::StatusOr<size_t> CountReceipts(const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": is not an ordinary file; it is read twice"));
  }
  size_t count = 0;
  const absl::Status read = ForEachLine(path, [&](size_t, const std::string& line) {
    ++count;
    return ReadReceipt(line).status();
  });
  if (!read.ok()) return read;
  if (count == 0) return absl::InvalidArgumentError(absl::StrCat(path, ": holds no receipts"));
  return count;
}

// One receipt whose proof is asked for.
struct Asked {
  size_t line = 0;
  v1::Receipt receipt;
  v1::GetNoticeRequest request;
  v1::GetNoticeResponse answer;
  grpc::ClientContext call;
  grpc::Status status;
};

class Prover {
 public:
  Prover(const ProveOptions& options, const CommandContext& context, size_t total)
      : options_(options),
        context_(context),
        stub_(v1::IntakeService::NewStub(context.channel)),
        progress_(context.streams.err, IsShown(options.progress, context.streams.err_is_terminal), total) {}

  // An error if it cannot go on.
  absl::Status Take(size_t number, const std::string& line);
  absl::Status Ask();
  ExitCode Finish(const absl::Status& ended);

 private:
  absl::Status Conclude(Asked& asked);
  // OK if the answer came.
  grpc::Status TryAgain(Asked& asked);
  void Name(size_t line, absl::string_view what);

  const ProveOptions& options_;
  const CommandContext& context_;
  const std::unique_ptr<v1::IntakeService::Stub> stub_;
  ProgressBar progress_;
  std::vector<std::unique_ptr<Asked>> waiting_;
  std::set<bool> told_;  // that it is tried again: without a TLS connection, or otherwise
  size_t named_ = 0;
  size_t proofs_ = 0;
  size_t not_yet_ = 0;
  size_t refused_ = 0;
  size_t replaced_ = 0;
  std::string stopped_;  // why it could not be asked further, if so
};

absl::Status Prover::Take(size_t number, const std::string& line) {
  absl::StatusOr<v1::Receipt> receipt = ReadReceipt(line);
  if (!receipt.ok()) return receipt.status();
  auto asked = std::make_unique<Asked>();
  asked->line = number;
  asked->receipt = *std::move(receipt);
  asked->request.set_municipality_code(asked->receipt.municipality_code());
  asked->request.set_notice_id(asked->receipt.notice_id());
  asked->request.set_region_code(asked->receipt.region_code());
  waiting_.push_back(std::move(asked));
  return waiting_.size() < kAskedAtOnce ? absl::OkStatus() : Ask();
}

absl::Status Prover::Ask() {
  // Whoever counts last may still hold it when this goes on.
  const auto answered = std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(waiting_.size()));
  for (const std::unique_ptr<Asked>& asked : waiting_) {
    SetCallDeadline(context_, asked->call);
    stub_->async()->GetNotice(&asked->call, &asked->request, &asked->answer,
                              [answered, &status = asked->status](const grpc::Status& ended) {
                                status = ended;
                                answered->count_down();
                              });
  }
  answered->wait();
  const std::vector<std::unique_ptr<Asked>> asked_of = std::exchange(waiting_, {});
  for (const std::unique_ptr<Asked>& asked : asked_of) {
    if (absl::Status status = Conclude(*asked); !status.ok()) return status;
  }
  progress_.Advance(asked_of.size());
  context_.streams.out.flush();
  return context_.streams.out.good() ? absl::OkStatus() : absl::DataLossError("standard output");
}

grpc::Status Prover::TryAgain(Asked& asked) {
  const absl::Time deadline = context_.surroundings.now() + options_.deadline;
  bool is_first = true;
  const auto call = [&](grpc::ClientContext& attempt) {
    if (std::exchange(is_first, false)) return asked.status;
    asked.answer.Clear();
    return stub_->GetNotice(&attempt, asked.request, &asked.answer);
  };
  return CallWithRetries(context_, deadline, call, [&](const CallFailure& failure) {
    // A broker that says how long to wait is asked as fast as it lets itself be.
    if (failure.refused_by_contract || !told_.insert(failure.lacks_tls_connection).second) return;
    progress_.Clear();
    context_.streams.err << TryingAgain(failure, deadline, context_) << '\n';
  });
}

absl::Status Prover::Conclude(Asked& asked) {
  if (!asked.status.ok()) asked.status = TryAgain(asked);
  if (!asked.status.ok()) {
    const contract::Reason reason = contract::FromGrpcStatus(asked.status).reason;
    const std::string why = ExplainFailure(asked.status, context_.broker);
    if (reason != contract::Reason::kNoticeNotFound && reason != contract::Reason::kNoticeUnreadable) {
      stopped_ = absl::StrCat(options_.receipts, ": line ", asked.line, " could not be asked about: ", why);
      return absl::UnavailableError(stopped_);
    }
    ++refused_;
    Name(asked.line, why);
  } else if (!asked.answer.has_receipt()) {
    ++refused_;
    Name(asked.line, "the broker no longer holds what was journalled of this notice");
  } else if (asked.answer.receipt().revision() > asked.receipt.revision() ||
             IsAcceptedAnew(contract::FromMessage(asked.receipt), contract::FromMessage(asked.answer.receipt()))) {
    ++replaced_;
  } else if (contract::FromMessage(asked.answer.receipt()) != contract::FromMessage(asked.receipt)) {
    ++refused_;
    Name(asked.line, "the broker has another receipt of this notice");
  } else if (!asked.answer.has_checkpoint_proof()) {
    ++not_yet_;
    Name(asked.line, "has no proof yet");
  } else {
    ++proofs_;
    context_.streams.out << contract::ToJsonLine(asked.answer) << '\n';
  }
  return absl::OkStatus();
}

void Prover::Name(size_t line, absl::string_view what) {
  if (++named_ > kNamedMost) return;
  progress_.Clear();
  context_.streams.err << options_.receipts << ": line " << line << ": " << what << '\n';
}

ExitCode Prover::Finish(const absl::Status& ended) {
  progress_.Clear();
  std::ostream& err = context_.streams.err;
  if (named_ > kNamedMost) err << "and " << named_ - kNamedMost << " more\n";
  if (!context_.streams.out.good()) return ExitCode::kDone;  // what follows a command says so
  if (!ended.ok()) err << (stopped_.empty() ? ended.message() : stopped_) << '\n';
  err << proofs_ << " proofs, " << not_yet_ << " not yet, " << refused_ << " refused";
  if (replaced_ > 0)
    err << ", " << replaced_ << " replaced by a revision or withdrawal, whose receipt is the one proven";
  err << '\n';
  if (!stopped_.empty()) return ExitCode::kUnreachable;
  if (!ended.ok()) return ExitCode::kUnusable;
  if (refused_ > 0) return ExitCode::kRefused;
  if (not_yet_ == 0) return ExitCode::kDone;
  err << "a proof comes with the journal's next checkpoint: run the same again in some minutes\n";
  return ExitCode::kNotYet;
}

}  // namespace

ExitCode ProveReceipts(const ProveOptions& options, const CommandContext& context) {
  const absl::StatusOr<size_t> total = CountReceipts(options.receipts);
  if (!total.ok()) {
    context.streams.err << total.status().message() << '\n';
    return ExitCode::kUnusable;
  }
  Prover prover(options, context, *total);
  absl::Status ended =
      ForEachLine(options.receipts, [&](size_t number, const std::string& line) { return prover.Take(number, line); });
  if (ended.ok()) ended = prover.Ask();
  return prover.Finish(ended);
}

}  // namespace envej::region
