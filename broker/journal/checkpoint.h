#ifndef ENVEJ_BROKER_JOURNAL_CHECKPOINT_H_
#define ENVEJ_BROKER_JOURNAL_CHECKPOINT_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "broker/store/ordered_store.h"
#include "proto/contract/checkpoint.h"

namespace envej::journal {

// A checkpoint as store and mirror keep it: with the hashes that its root stands for, so that a proof needs none of the
// records.
struct StoredCheckpoint {
  contract::SignedCheckpoint signed_checkpoint;
  std::vector<std::string> batch_hashes;  // of each covered batch's record, in order

  const contract::Checkpoint& checkpoint() const { return signed_checkpoint.checkpoint; }
};

std::string EncodeStoredCheckpoint(const StoredCheckpoint& stored);  // framed
// DATA_LOSS if the frame or the form does not hold, or the hashes are not those of the root; FAILED_PRECONDITION for a
// newer version. The signature is not looked at.
absl::StatusOr<StoredCheckpoint> DecodeStoredCheckpoint(absl::string_view value);

// ECDSA as certs/signature.h makes it, handed in.
using SignFunction = std::function<absl::StatusOr<std::string>(absl::string_view bytes)>;
// OK if the signature is that of a broker's certificate under the authorities of who verifies.
using CheckSignatureFunction = std::function<absl::Status(const contract::SignedCheckpoint& checkpoint)>;

// Zeros: what the first checkpoint names as the one before it, and batch 1 as its previous hash.
std::string NoHash();

// The first checkpoint whose last batch is `batch` or later, as it is stored; nothing if there is none. An error is the
// store's.
absl::StatusOr<std::optional<store::KeyValue>> FindCheckpoint(store::OrderedStore& store, uint64_t batch);
// DecodeStoredCheckpoint, and DATA_LOSS if it stands under another's key.
absl::StatusOr<StoredCheckpoint> DecodeCheckpointEntry(const store::KeyValue& entry);

// The newest checkpoint of a store whose newest batch is `newest_batch`; nothing if there is none. Reads a few dozen
// values. DATA_LOSS if it cannot be read; else an error of the store's.
absl::StatusOr<std::optional<StoredCheckpoint>> ReadNewestCheckpoint(store::OrderedStore& store, uint64_t newest_batch);

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_CHECKPOINT_H_
