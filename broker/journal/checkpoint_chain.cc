#include "broker/journal/checkpoint_chain.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace envej::journal {

std::optional<absl::string_view> CheckpointChain::HashOf(uint64_t batch) {
  while (passed_ < batch && Next()) {
  }
  if (!current_ || !current_is_good_) return std::nullopt;
  const contract::Checkpoint& checkpoint = current_->checkpoint();
  if (batch < checkpoint.first_batch || batch > checkpoint.last_batch) return std::nullopt;
  return current_->batch_hashes[static_cast<size_t>(batch - checkpoint.first_batch)];
}

void CheckpointChain::Finish() {
  while (Next()) {
  }
}

bool CheckpointChain::Next() {
  if (at_end_) return false;
  absl::StatusOr<std::optional<StoredValue>> value = source_.NextCheckpoint();
  if (!value.ok()) status_ = value.status();
  at_end_ = !value.ok() || !value->has_value();
  if (at_end_) return false;
  ++count_;
  const uint64_t named = (*value)->batch;
  absl::StatusOr<StoredCheckpoint> stored = DecodeStoredCheckpoint((*value)->value);
  if (named <= passed_) {
    Say(named, named, "stands out of order");
    return true;
  }
  current_.reset();
  current_is_good_ = false;
  if (!stored.ok()) {
    Say(passed_ + 1, named, stored.status().message());
    previous_hash_.reset();
  } else if (stored->checkpoint().last_batch != named) {
    Say(passed_ + 1, named, absl::StrCat("is that of batch ", stored->checkpoint().last_batch));
    previous_hash_.reset();
  } else {
    current_is_good_ = Judge(*stored);
    previous_hash_ = contract::HashOf(stored->checkpoint());
    previous_time_ = stored->checkpoint().time;
    if (current_is_good_) end_ = named;
    current_ = *std::move(stored);
  }
  passed_ = named;
  return true;
}

bool CheckpointChain::Judge(const StoredCheckpoint& stored) {
  const contract::Checkpoint& checkpoint = stored.checkpoint();
  const uint64_t first = checkpoint.first_batch;
  const uint64_t last = checkpoint.last_batch;
  if (store_incarnation_.empty()) store_incarnation_ = checkpoint.store_incarnation;
  if (absl::Status status = check_(stored.signed_checkpoint); !status.ok()) {
    Say(first, last, status.message());
    return false;
  }
  // That the store was restored in between is for the records to say.
  const bool leads_on = passed_ > 0 && first == passed_ + 1 && previous_hash_ == checkpoint.previous_hash;
  if (checkpoint.store_incarnation != store_incarnation_ && !leads_on) {
    Say(first, last, "is another store's");
    return false;
  }
  store_incarnation_ = checkpoint.store_incarnation;
  const bool is_first_left = passed_ == 0 && first > 1 && first <= begins_after_ + 1;
  if (is_first_left) {
    // What it leads on from was left out.
  } else if (first > passed_ + 1) {
    Say((passed_ == 0 ? begins_after_ : passed_) + 1, first - 1, "is missing");
  } else if (first <= passed_) {
    Say(first, last, "covers batches that the one before it covers");
  } else if (checkpoint.previous_hash !=
             (passed_ == 0 ? NoHash() : previous_hash_.value_or(checkpoint.previous_hash))) {
    Say(first, last, "does not lead on from the one before it");
  } else if (checkpoint.time < previous_time_) {
    Say(first, last, "is older than the one before it");
  }
  // What a broker signed of a batch holds for that batch, whatever is wrong around it.
  return true;
}

void CheckpointChain::Say(uint64_t first, uint64_t last, absl::string_view what) {
  findings_.Add({.batch = first, .last_batch = last, .event = {}, .what = absl::StrCat("the checkpoint ", what)});
}

}  // namespace envej::journal
