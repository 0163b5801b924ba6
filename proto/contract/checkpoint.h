#ifndef ENVEJ_PROTO_CONTRACT_CHECKPOINT_H_
#define ENVEJ_PROTO_CONTRACT_CHECKPOINT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "proto/contract/batch_header.h"
#include "proto/contract/merkle_tree.h"
#include "proto/contract/receipt.h"

namespace envej::contract {

// Batches that one checkpoint covers at most.
inline constexpr size_t kCheckpointBatches = 4096;

// What a broker signs of its journal from time to time: nothing up to `last_batch` can be changed, removed or put in
// another order without another checkpoint. Checkpoints are a chain of their own.
struct Checkpoint {
  std::string store_incarnation;  // 16 bytes
  std::string broker;
  uint64_t first_batch = 0;   // from 1; the one after the previous checkpoint's last
  uint64_t last_batch = 0;    // at most kCheckpointBatches are covered
  std::string last_hash;      // 32 bytes: hash of the last batch's record
  std::string batches_root;   // 32 bytes: root of the tree (merkle_tree.h) over the hashes of the covered records
  std::string previous_hash;  // 32 bytes: hash of the previous checkpoint; of the first: all zero
  absl::Time time;            // whole microseconds; when it was made

  bool operator==(const Checkpoint&) const = default;
};

// The canonical form: what is hashed and signed. It begins with words of its own, so that a signature over it is never
// one over anything else that the same key signs (TLS, CMS).
std::string EncodeCheckpoint(const Checkpoint& checkpoint);

// DATA_LOSS if the bytes are not the canonical form of a checkpoint, or a length or the range of batches does not hold;
// FAILED_PRECONDITION for a form of a later version.
absl::StatusOr<Checkpoint> DecodeCheckpoint(absl::string_view bytes);

std::string HashOf(const Checkpoint& checkpoint);

// A checkpoint as it is kept and handed out.
struct SignedCheckpoint {
  Checkpoint checkpoint;
  std::string signature;           // ECDSA on P-256 with SHA-256 over EncodeCheckpoint, in DER
  std::string signer_certificate;  // the broker's, X.509 in DER; to be judged by who verifies

  bool operator==(const SignedCheckpoint&) const = default;
};

// Leads from a batch to a signed checkpoint.
struct CheckpointProof {
  BatchHeader header;
  InclusionProof inclusion;  // of the header's hash among the covered batches, which `event_count` counts
  SignedCheckpoint checkpoint;

  bool operator==(const CheckpointProof&) const = default;
};

// OK if the receipt's event is one of the header's batch, and that batch one of the checkpoint's. DATA_LOSS with what
// does not hold otherwise. Whether the checkpoint is the broker's, the signature says (certs/signature.h); without it
// this proves nothing.
absl::Status CheckCovered(const Receipt& receipt, const CheckpointProof& proof);

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_CHECKPOINT_H_
