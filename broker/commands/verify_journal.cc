#include "broker/commands/verify_journal.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "broker/commands/exit_codes.h"
#include "broker/commands/progress.h"
#include "broker/commands/signature_check.h"
#include "broker/commands/verified_part.h"
#include "broker/journal/mirror_folder.h"
#include "broker/journal/recovery_mark.h"
#include "broker/options/broker_options.h"
#include "broker/store/key_layout.h"
#include "broker/store/rocksdb_reader.h"

namespace envej::commands {
namespace {

using journal::Expectation;
using journal::Finding;
using journal::KnownBatch;
using journal::Verification;

// A broker that runs mirrors a checkpoint as soon as it has written it. The newest may be on its way.
constexpr int kLooks = 20;
constexpr std::chrono::milliseconds kBetweenLooks(100);

enum ExitCode { kWhole = 0, kWrong = 1, kUsage = 2, kCannotRead = 4 };

std::function<void(uint64_t)> TellBatches(Progress& progress) {
  return
      [&progress](uint64_t batches) { progress.Tell([&] { return absl::StrCat("verified: ", batches, " batches"); }); };
}

VerifiedPart VerifyMirrorFolder(const std::string& folder, const journal::CheckSignatureFunction& check,
                                Progress& progress) {
  VerifiedPart part{.name = "mirror", .place = folder, .result = {}};
  const absl::StatusOr<std::unique_ptr<journal::JournalSource>> source = journal::SourceOfMirror(folder);
  if (!source.ok()) {
    part.result.status = source.status();
    return part;
  }
  const std::string digits = folder.substr(folder.rfind('/') + 1);
  const KnownBatch named{
      .batch = 0, .hash = "", .store_incarnation = absl::HexStringToBytes(digits), .named_by = "the folder's name"};
  part.result = journal::VerifyJournal(**source, {.check_signature = check,
                                                  .known = {named},
                                                  .may_begin_restored = true,
                                                  .mirrored_record = {},
                                                  .progress = TellBatches(progress)});
  return part;
}

void AddFinding(VerifiedPart& part, uint64_t batch, absl::string_view what) {
  part.result.findings.Add({.batch = batch, .last_batch = batch, .event = {}, .what = std::string(what)});
}

VerifiedPart VerifyStore(const std::string& data, const std::string& mirror,
                         const journal::CheckSignatureFunction& check, Progress& progress) {
  VerifiedPart part{.name = "store", .place = data, .result = {}};
  const absl::StatusOr<std::unique_ptr<store::RocksDbReader>> reader = store::RocksDbReader::Open(data);
  if (!reader.ok()) {
    part.result.status = reader.status();
    return part;
  }
  Expectation expectation{
      .check_signature = check, .known = {}, .mirrored_record = {}, .progress = TellBatches(progress)};
  const absl::StatusOr<std::optional<store::BatchHead>> head = (*reader)->Head();
  if (head.ok() && head->has_value()) {
    expectation.known.push_back({.batch = (*head)->batch,
                                 .hash = (*head)->hash,
                                 .store_incarnation = (*head)->store_incarnation,
                                 .named_by = "the store's head"});
  }
  const absl::StatusOr<std::optional<store::HighWaterMark>>& mark = (*reader)->mark();
  if (mark.ok() && mark->has_value()) {
    expectation.known.push_back({.batch = (*mark)->batch,
                                 .hash = (*mark)->hash,
                                 .store_incarnation = (*mark)->store_incarnation,
                                 .named_by = "the high-water mark"});
  }
  const absl::StatusOr<std::optional<std::string>> restored = (*reader)->Get(store::RecoveryKey());
  absl::StatusOr<journal::RecoveryMark> recovery = absl::NotFoundError("");
  if (restored.ok() && restored->has_value()) recovery = journal::DecodeRecoveryMark(**restored);
  if (recovery.ok()) expectation.former = recovery->former;
  std::unique_ptr<journal::JournalSource> mirror_source;
  if (!mirror.empty() && !expectation.known.empty()) {
    const std::string folder = journal::MirrorFolder(mirror, expectation.known.front().store_incarnation);
    absl::StatusOr<std::unique_ptr<journal::JournalSource>> opened = journal::SourceOfMirror(folder);
    if (opened.ok()) {
      mirror_source = *std::move(opened);
      expectation.mirror = mirror_source.get();
      expectation.mirrored_record = [folder](uint64_t batch) { return journal::FindInMirror(folder, batch); };
    }
  }
  const std::unique_ptr<journal::JournalSource> source =
      journal::SourceOf([&reader](const store::ScanRange& range) { return (*reader)->Scan(range); });
  part.result = journal::VerifyJournal(*source, expectation);
  const uint64_t last = part.result.last_batch;
  if (!head.ok()) AddFinding(part, last, absl::StrCat("the store's head: ", head.status().message()));
  if (!recovery.ok() && !absl::IsNotFound(recovery.status())) AddFinding(part, last, recovery.status().message());
  if (head.ok() && !head->has_value()) AddFinding(part, last, "the store has no head");
  if (!mark.ok()) AddFinding(part, last, mark.status().message());
  if (mark.ok() && !mark->has_value()) AddFinding(part, last, "the high-water mark is missing");
  if (head.ok() && head->has_value() && last > (*head)->batch)
    AddFinding(part, last, "the record stands beyond the store's head");
  if (!(*reader)->log_damage().empty())
    AddFinding(part, last, absl::StrCat("the log ends here: ", (*reader)->log_damage()));
  return part;
}

// The last batch of the newest checkpoint that a mirror holds of the store's; 0 if it holds none.
absl::StatusOr<uint64_t> EndOfMirror(const std::string& mirror, const std::string& folder) {
  const absl::StatusOr<std::vector<std::string>> folders = journal::ListIncarnations(mirror);
  if (!folders.ok()) return folders.status();
  if (std::find(folders->begin(), folders->end(), folder) == folders->end()) return 0;
  const absl::StatusOr<std::vector<journal::MirroredRange>> checkpoints = journal::ListCheckpoints(folder);
  if (!checkpoints.ok()) return checkpoints.status();
  return checkpoints->empty() ? 0 : checkpoints->back().last_batch;
}

// Says it, at the part of the mirror's folder for this store, if a mirror does not go as far as the store's checkpoints
// do, or cannot be looked at.
void JudgeMirror(const std::string& mirror, const Verification& store, std::vector<VerifiedPart>& parts) {
  if (store.checkpoints == 0) return;
  const std::string folder = journal::MirrorFolder(mirror, store.store_incarnation);
  absl::StatusOr<uint64_t> end = EndOfMirror(mirror, folder);
  for (int look = 1; look < kLooks && end.ok() && *end < store.signed_up_to; ++look) {
    std::this_thread::sleep_for(kBetweenLooks);
    end = EndOfMirror(mirror, folder);
  }
  if (end.ok() && *end > 0 && *end >= store.signed_up_to) return;
  auto part = std::find_if(parts.begin(), parts.end(), [&](const VerifiedPart& each) { return each.place == folder; });
  if (part == parts.end()) part = parts.insert(parts.end(), {.name = "mirror", .place = folder, .result = {}});
  if (!end.ok()) {
    part->result.status.Update(end.status());
    return;
  }
  part->result.findings.Add({.batch = std::max(*end, store.pruned_up_to) + 1,
                             .last_batch = std::max(store.signed_up_to, *end + 1),
                             .event = {},
                             .what = *end == 0 ? "the mirror holds nothing of this store's journal"
                                               : "not in the mirror, which ends before the store's checkpoints do"});
}

}  // namespace

int VerifyJournal(const VerifyJournalOptions& options, absl::Time now) {
  if (options.config.empty() && options.data.empty() && options.mirror.empty()) {
    return Refuse(kUsage, absl::InvalidArgumentError("one of --config, --data and --mirror is required"));
  }
  std::string data = options.data;
  std::string mirror = options.mirror;
  SignatureFiles files{
      .authorities = options.authorities, .revocation_lists = options.revocation_lists, .authorities_for_lists = ""};
  if (!options.config.empty()) {
    const absl::StatusOr<options::BrokerOptions> read = options::ReadBrokerOptions(options.config);
    if (!read.ok()) return Refuse(kUsage, read.status());
    data = read->data_directory;
    if (mirror.empty()) mirror = read->journal.mirror;
    if (files.revocation_lists.empty() && !read->tls.revocation_lists.empty()) {
      files.revocation_lists = read->tls.revocation_lists;
      files.authorities_for_lists = read->tls.client_authorities;
    }
  }
  const absl::StatusOr<journal::CheckSignatureFunction> check = ReadSignatureCheck(files, now);
  if (!check.ok()) return Refuse(kUsage, check.status());

  Progress progress = Progress::OnStandardError();
  std::vector<VerifiedPart> parts;
  bool mirror_is_listed = false;
  // The mirror first: a broker that goes on meanwhile makes the store longer, and never shorter than the mirror was.
  if (!mirror.empty()) {
    absl::StatusOr<std::vector<std::string>> folders = journal::ListIncarnations(mirror);
    if (folders.ok() && folders->empty() && data.empty()) folders = absl::NotFoundError("there is no journal in it");
    if (!folders.ok()) {
      parts.push_back({.name = "mirror", .place = mirror, .result = {}});
      parts.back().result.status = folders.status();
    } else {
      mirror_is_listed = true;
      for (const std::string& folder : *folders) parts.push_back(VerifyMirrorFolder(folder, *check, progress));
    }
  }
  if (!data.empty()) {
    VerifiedPart store = VerifyStore(data, mirror, *check, progress);
    if (mirror_is_listed) JudgeMirror(mirror, store.result, parts);
    parts.push_back(std::move(store));
  }
  progress.End();

  std::cout << (options.output == "json" ? ToJson(parts) : ToText(parts)) << std::flush;
  if (!std::cout.good()) return Refuse(kCannotRead, absl::DataLossError("standard output cannot be written"));
  int code = kWhole;
  for (const VerifiedPart& part : parts) {
    if (!part.result.status.ok()) return kCannotRead;
    if (part.result.findings.count() > 0) code = kWrong;
  }
  return code;
}

}  // namespace envej::commands
