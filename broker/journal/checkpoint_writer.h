#ifndef ENVEJ_BROKER_JOURNAL_CHECKPOINT_WRITER_H_
#define ENVEJ_BROKER_JOURNAL_CHECKPOINT_WRITER_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/journal/checkpoint.h"
#include "broker/store/ordered_store.h"

namespace envej::journal {

// Who signs a checkpoint.
struct CheckpointSigner {
  SignFunction sign;
  std::string certificate;  // that of `sign`, in DER
};

// Makes checkpoints over what the journal holds and keeps them in the store, under the last batch that each covers.
//
// Before it signs, it reads every record that it covers and holds it against the chain: what does not lead on from the
// previous checkpoint, unbroken, is not signed.
//
// Thread safety: none. Its calls wait for the store: not for a thread of the store's.
class CheckpointWriter {
 public:
  // Asks `signer` for each checkpoint by whom it is to be signed. The store must outlive the writer.
  CheckpointWriter(store::OrderedStore& store, std::string broker, std::function<CheckpointSigner()> signer);

  // Makes the next checkpoint, over at most contract::kCheckpointBatches batches. False, with nothing done, if the
  // newest batch is covered. The checkpoint is on the disk, and so is every batch that it covers, when this returns
  // true. It carries `now`, or the previous one's time if that is later.
  //
  // Errors: DATA_LOSS if the journal or its newest checkpoint does not hold; UNAVAILABLE if the store does not take it;
  // else those of the store and of `sign`. After an error the next call begins anew.
  absl::StatusOr<bool> WriteNext(absl::Time now);

 private:
  absl::StatusOr<bool> Write(absl::Time now);
  absl::Status Keep(const StoredCheckpoint& checkpoint);

  store::OrderedStore& store_;
  const std::string broker_;
  const std::function<CheckpointSigner()> signer_;
  std::optional<contract::Checkpoint> newest_;
  bool newest_known_ = false;
};

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_CHECKPOINT_WRITER_H_
