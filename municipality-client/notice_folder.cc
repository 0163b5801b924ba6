#include "municipality-client/notice_folder.h"

#include <set>

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

// The parts are parted by '_', which none of them holds.
std::string TemporaryName(const ItemName& item, absl::string_view salt) {
  return absl::StrCat(kTemporaryPrefix, item.region_code, "_", item.notice_id, "_", item.revision, "_", salt);
}

struct TemporaryParts {
  ItemName item;
  std::string salt;
};

std::optional<TemporaryParts> ParseTemporaryName(absl::string_view name) {
  const std::vector<std::string> parts = absl::StrSplit(name.substr(kTemporaryPrefix.size()), '_');
  if (parts.size() != 4) return std::nullopt;
  TemporaryParts result{.item = {.region_code = parts[0], .notice_id = parts[1]}, .salt = parts[3]};
  if (!absl::SimpleAtoi(parts[2], &result.item.revision)) return std::nullopt;
  return result;
}

std::string DigestOf(absl::string_view salt, absl::string_view bytes) { return Sha256Hex(absl::StrCat(salt, bytes)); }

}  // namespace

std::string FileNameOf(const ItemName& item) {
  return absl::StrCat("notice-", item.region_code, "-", item.notice_id, "-", item.revision, ".json");
}

absl::StatusOr<NoticeFolder> NoticeFolder::Open(absl::string_view path, StepCallback on_step) {
  absl::StatusOr<PrivateFolder> folder = PrivateFolder::Open(path);
  if (!folder.ok()) return folder.status();
  absl::StatusOr<FileDescriptor> lock = folder->Lock(kLockName);
  if (!lock.ok()) return lock.status();
  absl::StatusOr<Ledger> ledger = Ledger::Open(*folder);
  if (!ledger.ok()) return ledger.status();
  NoticeFolder result(*std::move(folder), *std::move(lock), *std::move(ledger), std::move(on_step));
  if (absl::Status status = result.Recover(); !status.ok()) return status;
  return result;
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
  const std::optional<std::string> digest = parts.has_value() ? ledger_.Find(parts->item) : std::nullopt;
  if (!digest.has_value()) return folder_.Remove(name);

  absl::StatusOr<std::optional<std::string>> bytes = folder_.Read(name, kFileBytesMost);
  if (!bytes.ok()) return bytes.status();
  if (bytes->has_value() && DigestOf(parts->salt, **bytes) == *digest) {
    if (absl::Status status = folder_.Rename(name, FileNameOf(parts->item)); !status.ok()) return status;
    ++completed_files_;
    Passed(Step::kRenamed);
    return absl::OkStatus();
  }
  // Damaged on the disk before it was put in place, so it was never acknowledged: forget it, and it comes again.
  if (!folder_.Exists(FileNameOf(parts->item))) {
    const LedgerEntry taken_back{
        .item = parts->item, .kind = std::string(kKind), .accepted_at = absl::UnixEpoch(), .digest = ""};
    if (absl::Status status = ledger_.Append({taken_back}); !status.ok()) return status;
    if (absl::Status status = ledger_.Sync(); !status.ok()) return status;
  }
  return folder_.Remove(name);
}

absl::StatusOr<NoticeFolder::Temporary> NoticeFolder::WriteTemporary(const Arrival& arrival, LedgerEntry& entry) {
  const absl::StatusOr<std::string> salt = RandomHex();
  if (!salt.ok()) return salt.status();
  const std::string bytes = absl::StrCat(arrival.line, "\n");
  Temporary temporary{.name = TemporaryName(arrival.item, *salt), .final_name = FileNameOf(arrival.item)};
  if (absl::Status status = folder_.WriteNew(temporary.name, bytes); !status.ok()) return status;
  entry = {.item = arrival.item,
           .kind = std::string(kKind),
           .accepted_at = arrival.accepted_at,
           .digest = DigestOf(*salt, bytes)};
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

absl::StatusOr<std::vector<Kept>> NoticeFolder::KeepAll(const std::vector<Arrival>& arrivals) {
  std::vector<Kept> results;
  std::vector<Temporary> temporaries;
  std::vector<LedgerEntry> entries;
  std::set<ItemName> in_batch;
  for (const Arrival& arrival : arrivals) {
    Kept kept{.item = arrival.item};
    if (ledger_.Find(arrival.item).has_value() || !in_batch.insert(arrival.item).second) {
      results.push_back(kept);
      continue;
    }
    absl::StatusOr<Temporary> temporary = WriteTemporary(arrival, entries.emplace_back());
    if (!temporary.ok()) return temporary.status();
    temporaries.push_back(*std::move(temporary));
    kept.written = true;
    results.push_back(kept);
  }
  if (absl::Status status = PutInPlace(temporaries, entries); !status.ok()) return status;
  for (Kept& kept : results) kept.present = folder_.Exists(FileNameOf(kept.item));
  return results;
}

absl::StatusOr<std::vector<Kept>> NoticeFolder::Keep(const std::vector<Arrival>& arrivals) {
  if (failed_) return absl::FailedPreconditionError(absl::StrCat("an earlier write to ", folder_.path(), " failed"));
  absl::StatusOr<std::vector<Kept>> results = KeepAll(arrivals);
  failed_ = !results.ok();
  return results;
}

std::string NoticeFolder::PathOf(const ItemName& item) const {
  return absl::StrCat(folder_.path(), "/", FileNameOf(item));
}

}  // namespace envej::municipality_client
