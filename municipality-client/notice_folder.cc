#include "municipality-client/notice_folder.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "municipality-client/digest.h"

namespace envej::municipality_client {
namespace {

constexpr absl::string_view kLockName = ".lock";
constexpr size_t kFileBytesMost = size_t{16} << 20;

std::string BytesOf(const Arrival& arrival) { return absl::StrCat(arrival.line, "\n"); }

}  // namespace

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
    if (!IsTemporaryName(name)) continue;
    if (absl::Status status = RecoverTemporary(name); !status.ok()) return status;
  }
  if (absl::Status status = EraseSuperseded(); !status.ok()) return status;
  if (absl::Status status = folder_.Sync(); !status.ok()) return status;
  Passed(Step::kFolderSynced);
  return absl::OkStatus();
}

absl::Status NoticeFolder::RecoverTemporary(const std::string& name) {
  const std::optional<TemporaryParts> parts = ParseTemporaryName(name);
  const std::optional<KnownItem> known = parts.has_value() ? ledger_.Find(parts->item) : std::nullopt;
  if (!known.has_value()) return folder_.Remove(name);

  absl::StatusOr<std::optional<std::string>> bytes = folder_.Read(name, kFileBytesMost);
  if (!bytes.ok()) return bytes.status();
  const std::string text = bytes->value_or("");
  const std::string digest = known->salted ? Sha256Hex(absl::StrCat(parts->salt, text)) : KeyedDigest(text);
  if (digest == known->digest) {
    if (absl::Status status = folder_.Rename(name, FileNameOf(parts->item, known->kind)); !status.ok()) return status;
    ++completed_files_;
    Passed(Step::kRenamed);
    return absl::OkStatus();
  }
  // Damaged on the disk before it was put in place, so it was never acknowledged: forget it, and it comes again.
  if (!folder_.Exists(FileNameOf(parts->item, known->kind))) {
    const LedgerEntry taken_back{.item = parts->item,
                                 .kind = known->kind,
                                 .sealed_by_broker = known->sealed_by_broker,
                                 .accepted_at = absl::UnixEpoch(),
                                 .digest = "",
                                 .salted = known->salted};
    if (absl::Status status = ledger_.Append({taken_back}); !status.ok()) return status;
    if (absl::Status status = ledger_.Sync(); !status.ok()) return status;
  }
  return folder_.Remove(name);
}

bool NoticeFolder::IsSuperseded(absl::string_view name) const {
  const std::optional<NamedFile> file = ParseFileName(name);
  if (!file.has_value()) return false;
  const std::optional<KnownNotice> known = ledger_.FindNotice(file->item.region_code, file->item.notice_id);
  if (!known.has_value()) return false;
  const bool withdrawn = known->newest_kind == EntryKind::kWithdrawal && file->kind == EntryKind::kNotice;
  return withdrawn || file->item.revision < known->newest_revision;
}

absl::Status NoticeFolder::EraseSuperseded() {
  absl::StatusOr<std::vector<std::string>> names = folder_.List();
  if (!names.ok()) return names.status();
  names->erase(std::remove_if(names->begin(), names->end(), [this](const auto& name) { return !IsSuperseded(name); }),
               names->end());
  if (names->empty()) return absl::OkStatus();
  // What takes their place must be there first.
  if (absl::Status status = folder_.Sync(); !status.ok()) return status;
  for (const std::string& name : *names) {
    if (absl::Status status = folder_.Remove(name); !status.ok()) return status;
    Passed(Step::kErased);
  }
  return absl::OkStatus();
}

absl::Status NoticeFolder::Write(const Arrival& arrival, Round& round) {
  const std::string bytes = BytesOf(arrival);
  const Temporary temporary{.name = TemporaryNameOf(arrival.item),
                            .final_name = FileNameOf(arrival.item, arrival.kind)};
  if (absl::Status status = folder_.WriteNew(temporary.name, bytes); !status.ok()) return status;
  Passed(Step::kTemporaryWritten);
  round.temporaries.push_back(temporary);
  Remember(arrival, round);
  round.supersedes = round.supersedes || arrival.item.revision > 1 || arrival.kind == EntryKind::kWithdrawal;
  return absl::OkStatus();
}

void NoticeFolder::Remember(const Arrival& arrival, Round& round) const {
  round.entries.push_back({.item = arrival.item,
                           .kind = arrival.kind,
                           .sealed_by_broker = arrival.sealed_by_broker,
                           .accepted_at = arrival.accepted_at,
                           .digest = KeyedDigest(BytesOf(arrival))});
}

absl::Status NoticeFolder::PutInPlace(const Round& round) {
  if (round.entries.empty()) return absl::OkStatus();
  // The names first: a ledger line that outlives its file would pass for one that was consumed.
  if (absl::Status status = folder_.Sync(); !status.ok()) return status;
  Passed(Step::kTemporariesSynced);
  if (absl::Status status = ledger_.Append(round.entries); !status.ok()) return status;
  Passed(Step::kLedgerAppended);
  if (absl::Status status = ledger_.Sync(); !status.ok()) return status;
  Passed(Step::kLedgerSynced);
  for (const Temporary& temporary : round.temporaries) {
    if (absl::Status status = folder_.Rename(temporary.name, temporary.final_name); !status.ok()) return status;
    Passed(Step::kRenamed);
  }
  if (round.supersedes) {
    if (absl::Status status = EraseSuperseded(); !status.ok()) return status;
  }
  if (absl::Status status = folder_.Sync(); !status.ok()) return status;
  Passed(Step::kFolderSynced);
  return absl::OkStatus();
}

absl::StatusOr<bool> NoticeFolder::IsSame(const KnownItem& known, const ItemName& item, absl::string_view bytes) const {
  if (!known.salted) return KeyedDigest(bytes) == known.digest;
  const absl::StatusOr<std::optional<std::string>> kept = folder_.Read(FileNameOf(item, known.kind), kFileBytesMost);
  if (!kept.ok()) return kept.status();
  return kept->has_value() && **kept == std::string(bytes);
}

absl::StatusOr<Kept> NoticeFolder::Judge(const Arrival& arrival) const {
  const ItemName& item = arrival.item;
  Kept kept{.item = item, .kind = arrival.kind, .replaces = arrival.replaces};
  const std::optional<KnownNotice> notice = ledger_.FindNotice(item.region_code, item.notice_id);
  std::optional<KnownItem> known = ledger_.Find(item);
  // A withdrawal that the broker sealed says nothing of what the region sealed under its revision.
  if (known.has_value() && known->kind == EntryKind::kWithdrawal && known->sealed_by_broker &&
      !arrival.sealed_by_broker) {
    known.reset();
  }
  const bool is_withdrawn = notice.has_value() && notice->newest_kind == EntryKind::kWithdrawal;
  if (is_withdrawn && notice->newest_sealed_by_broker && !arrival.sealed_by_broker) {
    kept.written = true;
    kept.disputed = arrival.kind == EntryKind::kNotice;
  } else if (notice.has_value() && item.revision < notice->newest_revision) {
    kept.newer = notice->newest_revision;
  } else if (known.has_value()) {
    const absl::StatusOr<bool> same = IsSame(*known, item, BytesOf(arrival));
    if (!same.ok()) return same.status();
    if (!*same) kept.unkept = Unkept::kOtherContent;
  } else if (is_withdrawn && arrival.kind == EntryKind::kNotice) {
    kept.unkept = Unkept::kWithdrawn;
  } else if (arrival.sealed_by_broker && notice.has_value() && notice->sealed_by_region) {
    kept.unkept = Unkept::kNotAuthentic;
  } else {
    kept.unknown = arrival.kind == EntryKind::kWithdrawal && !notice.has_value();
    kept.written = !kept.unknown || !arrival.sealed_by_broker;
    if (notice.has_value()) kept.replaces = notice->newest_revision;
  }
  return kept;
}

absl::StatusOr<std::vector<Kept>> NoticeFolder::KeepAll(const std::vector<Arrival>& arrivals) {
  std::vector<Kept> results;
  Round round;
  for (const Arrival& arrival : arrivals) {
    // Another item of the same notice is judged by what the ledger knows of the first.
    if (!round.notices.emplace(arrival.item.region_code, arrival.item.notice_id).second) {
      if (absl::Status status = PutInPlace(round); !status.ok()) return status;
      round = Round();
      round.notices.emplace(arrival.item.region_code, arrival.item.notice_id);
    }
    absl::StatusOr<Kept> kept = Judge(arrival);
    if (!kept.ok()) return kept.status();
    if (kept->written) {
      if (absl::Status status = Write(arrival, round); !status.ok()) return status;
    } else if (kept->unknown) {
      Remember(arrival, round);
    }
    results.push_back(*std::move(kept));
  }
  if (absl::Status status = PutInPlace(round); !status.ok()) return status;
  for (Kept& kept : results) {
    kept.present = kept.unkept == Unkept::kNo && folder_.Exists(FileNameOf(kept.item, kept.kind));
  }
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

std::string NoticeFolder::PathOf(const ItemName& item, EntryKind kind) const {
  return absl::StrCat(folder_.path(), "/", FileNameOf(item, kind));
}

}  // namespace envej::municipality_client
