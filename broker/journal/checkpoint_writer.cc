#include "broker/journal/checkpoint_writer.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "broker/journal/commit_and_wait.h"
#include "broker/journal/recovery_mark.h"
#include "broker/store/batch_record.h"
#include "broker/store/journal_reader.h"
#include "broker/store/key_layout.h"
#include "proto/contract/whole_microseconds.h"

namespace envej::journal {
namespace {

absl::StatusOr<store::BatchHead> ReadHead(store::OrderedStore& store) {
  const absl::StatusOr<std::optional<std::string>> value = store.Get(store::HeadKey());
  if (!value.ok()) return value.status();
  // A store in which nothing was written.
  if (!value->has_value()) return store::BatchHead();
  return store::DecodeBatchHead(**value);
}

// The hashes of the records of `checkpoint`'s batches, which are an unbroken chain from `previous_hash` on. All are of
// one incarnation: where another begins, the checkpoint ends before it, or is the first of its.
absl::StatusOr<std::vector<std::string>> ReadHashes(store::OrderedStore& store, contract::Checkpoint& checkpoint,
                                                    const std::string& previous_hash) {
  std::vector<std::string> hashes;
  for (uint64_t batch = checkpoint.first_batch; batch <= checkpoint.last_batch; ++batch) {
    const absl::StatusOr<std::optional<store::BatchRecord>> record = store::ReadBatchRecord(store, batch);
    if (!record.ok()) return record.status();
    std::string& incarnation = checkpoint.store_incarnation;
    if (record->has_value() && (incarnation.empty() || LeadsOnFrom({incarnation, batch - 1}, **record))) {
      if (!hashes.empty()) {
        checkpoint.last_batch = batch - 1;
        break;
      }
      incarnation = (*record)->store_incarnation;
    }
    const bool leads_on = record->has_value() &&
                          (*record)->previous_hash == (hashes.empty() ? previous_hash : hashes.back()) &&
                          (*record)->store_incarnation == incarnation;
    if (!leads_on) return absl::DataLossError(absl::StrCat("the journal's chain is broken at batch ", batch));
    hashes.push_back(store::HashOf(**record));
  }
  return hashes;
}

}  // namespace

CheckpointWriter::CheckpointWriter(store::OrderedStore& store, std::string broker,
                                   std::function<CheckpointSigner()> signer)
    : store_(store), broker_(std::move(broker)), signer_(std::move(signer)) {}

absl::StatusOr<bool> CheckpointWriter::WriteNext(absl::Time now) {
  absl::StatusOr<bool> written = Write(now);
  if (!written.ok()) newest_known_ = false;
  return written;
}

absl::StatusOr<bool> CheckpointWriter::Write(absl::Time now) {
  const absl::StatusOr<store::BatchHead> head = ReadHead(store_);
  if (!head.ok()) return head.status();
  if (!newest_known_) {
    const absl::StatusOr<std::optional<StoredCheckpoint>> newest = ReadNewestCheckpoint(store_, head->batch);
    if (!newest.ok()) return newest.status();
    newest_.reset();
    if (newest->has_value()) newest_ = (*newest)->checkpoint();
    newest_known_ = true;
  }
  const uint64_t covered = newest_ ? newest_->last_batch : 0;
  if (head->batch <= covered) return false;

  StoredCheckpoint made;
  contract::Checkpoint& checkpoint = made.signed_checkpoint.checkpoint;
  if (newest_) checkpoint.store_incarnation = newest_->store_incarnation;
  checkpoint.broker = broker_;
  checkpoint.first_batch = covered + 1;
  checkpoint.last_batch = std::min<uint64_t>(head->batch, covered + contract::kCheckpointBatches);
  checkpoint.previous_hash = newest_ ? contract::HashOf(*newest_) : NoHash();
  checkpoint.time = contract::WholeMicroseconds(newest_ ? std::max(now, newest_->time) : now);
  absl::StatusOr<std::vector<std::string>> hashes =
      ReadHashes(store_, checkpoint, newest_ ? newest_->last_hash : NoHash());
  if (!hashes.ok()) return hashes.status();
  made.batch_hashes = *std::move(hashes);
  if (checkpoint.last_batch == head->batch && checkpoint.store_incarnation != head->store_incarnation) {
    return absl::DataLossError(absl::StrCat("the journal's batch ", head->batch, " is another store's"));
  }
  checkpoint.last_hash = made.batch_hashes.back();
  checkpoint.batches_root = contract::MerkleTree(made.batch_hashes).root();
  CheckpointSigner signer = signer_();
  absl::StatusOr<std::string> signature = signer.sign(contract::EncodeCheckpoint(checkpoint));
  if (!signature.ok()) return signature.status();
  made.signed_checkpoint.signature = *std::move(signature);
  made.signed_checkpoint.signer_certificate = std::move(signer.certificate);
  if (absl::Status status = Keep(made); !status.ok()) return status;
  newest_ = std::move(checkpoint);
  return true;
}

absl::Status CheckpointWriter::Keep(const StoredCheckpoint& checkpoint) {
  const std::string key = store::CheckpointKey(checkpoint.checkpoint().last_batch);
  store::Transition transition;
  transition.conditions.push_back({.key = key, .value = std::nullopt});
  transition.mutations.push_back({.key = key, .value = EncodeStoredCheckpoint(checkpoint)});
  const store::Outcome outcome = CommitAndWait(store_, std::move(transition));
  if (outcome.kind == store::Outcome::Kind::kCommitted) return absl::OkStatus();
  return absl::UnavailableError("the store did not take a checkpoint");
}

}  // namespace envej::journal
