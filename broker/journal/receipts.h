#ifndef ENVEJ_BROKER_JOURNAL_RECEIPTS_H_
#define ENVEJ_BROKER_JOURNAL_RECEIPTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "broker/journal/checkpoint_proofs.h"
#include "broker/journal/event.h"
#include "broker/store/ordered_store.h"
#include "proto/contract/checkpoint.h"
#include "proto/contract/merkle_tree.h"
#include "proto/contract/receipt.h"

namespace envej::journal {

// The receipt of an acceptance that was just committed.
contract::Receipt MakeReceipt(const Event& accepted, const store::Outcome& outcome);

// Rebuilds receipts from the journal. What was accepted in one batch is read and hashed once, if asked for one after
// the other.
//
// Thread safety: none.
class ReceiptReader {
 public:
  // The store must outlive it.
  explicit ReceiptReader(store::OrderedStore& store) : store_(store) {}

  // The receipt of an item that was accepted before, at `position`: the same as when it was accepted. NOT_FOUND if the
  // journal's oldest records were removed, and it stood there; DATA_LOSS if the journal does not hold it otherwise.
  absl::StatusOr<contract::Receipt> Read(const store::ItemKey& item, const contract::JournalPosition& position);

  // By `proofs`, that the batch at `position` stands under a checkpoint; nothing if none covers it yet. DATA_LOSS if
  // either cannot be read.
  absl::StatusOr<std::optional<contract::CheckpointProof>> ReadProof(const contract::JournalPosition& position,
                                                                     CheckpointProofs& proofs);

 private:
  struct Batch {
    uint64_t number;
    contract::BatchHeader header;
    std::vector<std::string> events;
    contract::MerkleTree tree;
  };

  // The batch read last is this one afterwards.
  absl::Status ReadBatch(uint64_t number);

  store::OrderedStore& store_;
  std::optional<Batch> last_;
};

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_RECEIPTS_H_
