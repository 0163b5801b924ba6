#include "municipality-client/notice_folder.h"

#include <map>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "municipality-client/digest.h"

namespace envej::municipality_client {
namespace {

constexpr absl::string_view kLockName = ".lock";
constexpr absl::string_view kTemporaryPrefix = ".incoming_";
constexpr absl::string_view kKind = "notice";
constexpr size_t kFileBytesMost = size_t{16} << 20;

std::string BytesOf(const Arrival& arrival) { return absl::StrCat(arrival.line, "\n"); }

// The parts are parted by '_', which none of them holds.
std::string TemporaryName(const ItemName& item) {
  return absl::StrCat(kTemporaryPrefix, item.region_code, "_", item.notice_id, "_", item.revision);
}

struct TemporaryParts {
  ItemName item;
  std::string salt;  // at the end of the names that the first version gave
};

std::optional<TemporaryParts> ParseTemporaryName(absl::string_view name) {
  const std::vector<std::string> parts = absl::StrSplit(name.substr(kTemporaryPrefix.size()), '_');
  if (parts.size() != 3 && parts.size() != 4) return std::nullopt;
  TemporaryParts result{.item = {.region_code = parts[0], .notice_id = parts[1]},
                        .salt = parts.size() == 4 ? parts[3] : ""};
  if (!absl::SimpleAtoi(parts[2], &result.item.revision)) return std::nullopt;
  return result;
}

}  // namespace

std::string FileNameOf(const ItemName& item) {
  return absl::StrCat("notice-", item.region_code, "-", item.notice_id, "-", item.revision, ".json");
}

absl::StatusOr<NoticeFolder> NoticeFolder::Open(absl::string_view path, absl::string_view municipality_code,
                                                StepCallback on_step) {
  absl::StatusOr<PrivateFolder> folder = PrivateFolder::Open(path);
  if (!folder.ok()) return folder.status();
  absl::StatusOr<FileDescriptor> lock = folder->Lock(kLockName);
  if (!lock.ok()) return lock.status();
  absl::StatusOr<std::optional<FolderBinding>> binding = ReadBinding(*folder);
  if (!binding.ok()) return binding.status();
  if (binding->has_value() && (*binding)->municipality_code != std::string(municipality_code)) {
    return absl::FailedPreconditionError(absl::StrCat(folder->path(), " is for the inbox of municipality ",
                                                      (*binding)->municipality_code,
                                                      "; give each municipality a folder of its own"));
  }
  absl::StatusOr<Ledger> ledger = Ledger::Open(*folder);
  if (!ledger.ok()) return ledger.status();
  if (!binding->has_value() && ledger->has_keyed_lines()) {
    return absl::FailedPreconditionError(absl::StrCat(
        folder->path(), " has lost its file .inbox, which says whose inbox it is for; receive into a new folder"));
  }
  NoticeFolder result(*std::move(folder), *std::move(lock), *std::move(ledger), std::string(municipality_code),
                      *std::move(binding), std::move(on_step));
  if (absl::Status status = result.Recover(); !status.ok()) return status;
  return result;
}

absl::Status NoticeFolder::BindAtFirst() {
  if (binding_.has_value()) return absl::OkStatus();
  absl::StatusOr<FolderBinding> binding = Bind(folder_, municipality_code_, on_step_);
  if (binding.ok()) binding_ = *std::move(binding);
  return binding.status();
}

std::string NoticeFolder::KeyedDigest(absl::string_view bytes) const {
  return HmacSha256Hex(binding_->digest_key, bytes);
}

absl::Status NoticeFolder::Recover() {
  absl::StatusOr<std::vector<std::string>> names = folder_.List();
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (!absl::StartsWith(name, kTemporaryPrefix)) continue;
    if (absl::Status status = RecoverTemporary(name); !status.ok()) return status;
  }
  if (absl::Status status = folder_.Sync(); !status.ok()) return status;
  Passed(Step::kFolderSynced);
  return absl::OkStatus();
}

absl::Status NoticeFolder::RecoverTemporary(const std::string& name) {
  const std::optional<TemporaryParts> parts = ParseTemporaryName(name);
  const std::optional<LedgerDigest> known = parts.has_value() ? ledger_.Find(parts->item) : std::nullopt;
  if (!known.has_value()) return folder_.Remove(name);

  absl::StatusOr<std::optional<std::string>> bytes = folder_.Read(name, kFileBytesMost);
  if (!bytes.ok()) return bytes.status();
  const std::string text = bytes->value_or("");
  const std::string digest = known->salted ? Sha256Hex(absl::StrCat(parts->salt, text)) : KeyedDigest(text);
  if (digest == known->digest) {
    if (absl::Status status = folder_.Rename(name, FileNameOf(parts->item)); !status.ok()) return status;
    ++completed_files_;
    Passed(Step::kRenamed);
    return absl::OkStatus();
  }
  // Damaged on the disk before it was put in place, so it was never acknowledged: forget it, and it comes again.
  if (!folder_.Exists(FileNameOf(parts->item))) {
    const LedgerEntry taken_back{.item = parts->item,
                                 .kind = std::string(kKind),
                                 .accepted_at = absl::UnixEpoch(),
                                 .digest = "",
                                 .salted = known->salted};
    if (absl::Status status = ledger_.Append({taken_back}); !status.ok()) return status;
    if (absl::Status status = ledger_.Sync(); !status.ok()) return status;
  }
  return folder_.Remove(name);
}

absl::StatusOr<NoticeFolder::Temporary> NoticeFolder::WriteTemporary(const ItemName& item, absl::string_view bytes) {
  Temporary temporary{.name = TemporaryName(item), .final_name = FileNameOf(item)};
  if (absl::Status status = folder_.WriteNew(temporary.name, bytes); !status.ok()) return status;
  Passed(Step::kTemporaryWritten);
  return temporary;
}

absl::Status NoticeFolder::PutInPlace(const std::vector<Temporary>& temporaries,
                                      const std::vector<LedgerEntry>& entries) {
  if (temporaries.empty()) return absl::OkStatus();
  // The names first: a ledger line that outlives its file would pass for one that was consumed.
  if (absl::Status status = folder_.Sync(); !status.ok()) return status;
  Passed(Step::kTemporariesSynced);
  if (absl::Status status = ledger_.Append(entries); !status.ok()) return status;
  Passed(Step::kLedgerAppended);
  if (absl::Status status = ledger_.Sync(); !status.ok()) return status;
  Passed(Step::kLedgerSynced);
  for (const Temporary& temporary : temporaries) {
    if (absl::Status status = folder_.Rename(temporary.name, temporary.final_name); !status.ok()) return status;
    Passed(Step::kRenamed);
  }
  if (absl::Status status = folder_.Sync(); !status.ok()) return status;
  Passed(Step::kFolderSynced);
  return absl::OkStatus();
}

absl::StatusOr<bool> NoticeFolder::IsSame(const LedgerDigest& known, const ItemName& item,
                                          absl::string_view bytes) const {
  if (!known.salted) return KeyedDigest(bytes) == known.digest;
  const absl::StatusOr<std::optional<std::string>> kept = folder_.Read(FileNameOf(item), kFileBytesMost);
  if (!kept.ok()) return kept.status();
  return kept->has_value() && **kept == std::string(bytes);
}

absl::StatusOr<std::vector<Kept>> NoticeFolder::KeepAll(const std::vector<Arrival>& arrivals) {
  std::vector<Kept> results;
  std::vector<Temporary> temporaries;
  std::vector<LedgerEntry> entries;
  std::map<ItemName, LedgerDigest> in_batch;
  for (const Arrival& arrival : arrivals) {
    const std::string bytes = BytesOf(arrival);
    Kept& kept = results.emplace_back(Kept{.item = arrival.item});
    std::optional<LedgerDigest> known = ledger_.Find(arrival.item);
    if (const auto before = in_batch.find(arrival.item); before != in_batch.end()) known = before->second;
    if (known.has_value()) {
      const absl::StatusOr<bool> same = IsSame(*known, arrival.item, bytes);
      if (!same.ok()) return same.status();
      kept.other_content = !*same;
      continue;
    }
    absl::StatusOr<Temporary> temporary = WriteTemporary(arrival.item, bytes);
    if (!temporary.ok()) return temporary.status();
    temporaries.push_back(*std::move(temporary));
    entries.push_back({.item = arrival.item,
                       .kind = std::string(kKind),
                       .accepted_at = arrival.accepted_at,
                       .digest = KeyedDigest(bytes)});
    in_batch[arrival.item] = {.digest = entries.back().digest};
    kept.written = true;
  }
  if (absl::Status status = PutInPlace(temporaries, entries); !status.ok()) return status;
  for (Kept& kept : results) kept.present = !kept.other_content && folder_.Exists(FileNameOf(kept.item));
  return results;
}

absl::StatusOr<std::vector<Kept>> NoticeFolder::Keep(const std::vector<Arrival>& arrivals) {
  if (failed_) return absl::FailedPreconditionError(absl::StrCat("an earlier write to ", folder_.path(), " failed"));
  if (arrivals.empty()) return std::vector<Kept>();
  const absl::Status bound = BindAtFirst();
  absl::StatusOr<std::vector<Kept>> results = bound.ok() ? KeepAll(arrivals) : bound;
  failed_ = !results.ok();
  return results;
}

std::string NoticeFolder::PathOf(const ItemName& item) const {
  return absl::StrCat(folder_.path(), "/", FileNameOf(item));
}

}  // namespace envej::municipality_client
