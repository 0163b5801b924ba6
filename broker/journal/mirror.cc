#include "broker/journal/mirror.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "broker/journal/journal_pruner.h"
#include "broker/journal/mirror_folder.h"
#include "broker/journal/recovery_mark.h"
#include "broker/store/batch_record.h"
#include "broker/store/key_layout.h"
#include "proto/contract/byte_codec.h"

namespace envej::journal {
namespace {

absl::StatusOr<std::optional<store::KeyValue>> NextCheckpoint(store::OrderedStore& store, uint64_t after) {
  absl::StatusOr<store::ScanResult> found = store.Scan(
      {.from = store::CheckpointKey(after + 1), .to = store::EndOfPrefix(store::CheckpointPrefix()), .entries = 1});
  if (!found.ok()) return found.status();
  if (found->entries.empty()) return std::optional<store::KeyValue>();
  return std::optional<store::KeyValue>(std::move(found->entries.front()));
}

absl::Status OtherJournal(const MirroredRange& range) {
  return absl::FailedPreconditionError(absl::StrCat("the mirror holds another checkpoint of batches ",
                                                    range.first_batch, " to ", range.last_batch,
                                                    " than the store: the store is an older copy, or one was changed; "
                                                    "nothing is mirrored until that is settled"));
}

}  // namespace

Mirror::Mirror(store::OrderedStore& store, std::string directory) : store_(store), directory_(std::move(directory)) {}

absl::StatusOr<bool> Mirror::WriteNext() {
  absl::StatusOr<bool> written = Write();
  if (!written.ok()) end_.reset();
  mirrored_up_to_ = end_.value_or(0);
  return written;
}

absl::StatusOr<bool> Mirror::Write() {
  std::error_code error;
  if (end_ && !newest_file_.empty() && !std::filesystem::exists(newest_file_, error)) end_.reset();
  if (!std::filesystem::is_directory(directory_, error)) {
    return absl::UnavailableError(absl::StrCat(directory_, " is not there"));
  }
  if (!end_) {
    const absl::StatusOr<std::optional<std::string>> head_value = store_.Get(store::HeadKey());
    if (!head_value.ok()) return head_value.status();
    if (!head_value->has_value()) return false;
    const absl::StatusOr<store::BatchHead> head = store::DecodeBatchHead(**head_value);
    if (!head.ok()) return head.status();
    const std::string folder = MirrorFolder(directory_, head->store_incarnation);
    if (absl::Status status = MakeMirrorFolder(folder); !status.ok()) return status;
    const absl::StatusOr<std::optional<uint64_t>> oldest = OldestBatch(store_);
    if (!oldest.ok()) return oldest.status();
    oldest_ = oldest->value_or(0);
    const absl::StatusOr<uint64_t> end = FindEnd(folder, oldest_);
    if (!end.ok()) return end.status();
    end_ = *end;
  }
  const absl::StatusOr<std::optional<store::KeyValue>> next = NextCheckpoint(store_, *end_);
  if (!next.ok()) return next.status();
  if (!next->has_value()) return false;
  const absl::StatusOr<StoredCheckpoint> stored = DecodeStoredCheckpoint((*next)->value);
  if (!stored.ok()) return stored.status();
  const std::string folder = MirrorFolder(directory_, stored->checkpoint().store_incarnation);
  if (absl::Status status = Copy(folder, *stored, (*next)->value); !status.ok()) return status;
  end_ = stored->checkpoint().last_batch;
  return true;
}

absl::StatusOr<uint64_t> Mirror::FindEnd(const std::string& folder, uint64_t oldest) {
  newest_file_.clear();
  const absl::StatusOr<std::vector<MirroredRange>> ranges = ListCheckpoints(folder);
  if (!ranges.ok()) return ranges.status();
  // What was before the store was restored stands in another folder, as far as it was mirrored.
  const absl::StatusOr<uint64_t> former = LastFormerBatch(store_);
  if (!former.ok()) return former.status();
  uint64_t end = *former;
  bool unbroken = true;
  for (const MirroredRange& range : *ranges) {
    std::error_code error;
    const bool is_whole = range.first_batch == end + 1 && std::filesystem::exists(JournalFile(folder, range), error);
    unbroken = unbroken && (is_whole || range.last_batch < oldest);
    if (!unbroken) break;
    end = range.last_batch;
    newest_file_ = CheckpointFile(folder, range);
  }
  // The newest of all says whether it is still the same journal.
  if (!ranges->empty()) {
    const MirroredRange& newest = ranges->back();
    const absl::StatusOr<std::optional<std::string>> kept = store_.Get(store::CheckpointKey(newest.last_batch));
    if (!kept.ok()) return kept.status();
    const absl::StatusOr<std::optional<std::string>> mirrored =
        ReadMirrorFile(CheckpointFile(folder, newest), kCheckpointFileBytes);
    if (!mirrored.ok()) return mirrored.status();
    const bool was_pruned = !kept->has_value() && newest.last_batch < oldest;
    if (!was_pruned && (!kept->has_value() || *kept != *mirrored)) return OtherJournal(newest);
  }
  return end;
}

absl::Status Mirror::Copy(const std::string& folder, const StoredCheckpoint& stored, const std::string& value) {
  const MirroredRange range{.first_batch = stored.checkpoint().first_batch,
                            .last_batch = stored.checkpoint().last_batch};
  const std::string path = CheckpointFile(folder, range);
  const absl::StatusOr<std::optional<std::string>> there = ReadMirrorFile(path, kCheckpointFileBytes);
  if (!there.ok()) return there.status();
  if (there->has_value() && **there != value) return OtherJournal(range);

  if (range.last_batch < oldest_) return CopyCheckpoint(path, value, there->has_value());
  absl::StatusOr<NewMirrorFile> journal = NewMirrorFile::Create(JournalFile(folder, range));
  if (!journal.ok()) return journal.status();
  for (uint64_t batch = range.first_batch; batch <= range.last_batch; ++batch) {
    const absl::StatusOr<std::optional<std::string>> record = store_.Get(store::JournalKey(batch));
    if (!record.ok()) return record.status();
    if (!record->has_value())
      return absl::DataLossError(absl::StrCat("the journal record of batch ", batch, " is missing"));
    const absl::StatusOr<store::BatchRecord> decoded = store::DecodeBatchRecord(**record);
    if (!decoded.ok()) return decoded.status();
    if (store::HashOf(*decoded) != stored.batch_hashes[static_cast<size_t>(batch - range.first_batch)]) {
      return absl::DataLossError(absl::StrCat("the journal record of batch ", batch, " is not its checkpoint's"));
    }
    contract::ByteWriter entry;
    entry.Bytes(**record);
    if (absl::Status status = journal->Append(entry.bytes()); !status.ok()) return status;
  }
  if (absl::Status status = journal->Finish(); !status.ok()) return status;
  return CopyCheckpoint(path, value, there->has_value());
}

absl::Status Mirror::CopyCheckpoint(const std::string& path, const std::string& value, bool is_there) {
  if (!is_there) {
    absl::StatusOr<NewMirrorFile> checkpoint = NewMirrorFile::Create(path);
    if (!checkpoint.ok()) return checkpoint.status();
    if (absl::Status status = checkpoint->Append(value); !status.ok()) return status;
    if (absl::Status status = checkpoint->Finish(); !status.ok()) return status;
  }
  newest_file_ = path;
  return absl::OkStatus();
}

}  // namespace envej::journal
