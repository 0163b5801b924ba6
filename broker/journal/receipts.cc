#include "broker/journal/receipts.h"

#include <utility>

#include "broker/journal/journal_pruner.h"
#include "broker/store/batch_record.h"
#include "broker/store/journal_reader.h"

namespace envej::journal {

contract::Receipt MakeReceipt(const Event& accepted, const store::Outcome& outcome) {
  contract::Receipt receipt = ReceiptOf(accepted);
  if (outcome.position.has_value()) receipt.position = *outcome.position;
  if (outcome.inclusion.has_value()) receipt.inclusion = *outcome.inclusion;
  return receipt;
}

absl::Status ReceiptReader::ReadBatch(uint64_t number) {
  if (last_.has_value() && last_->number == number) return absl::OkStatus();
  absl::StatusOr<std::optional<store::BatchRecord>> batch = store::ReadBatchRecord(store_, number);
  if (!batch.ok()) return batch.status();
  if (!batch->has_value()) {
    const absl::StatusOr<bool> pruned = WasPruned(store_, number);
    if (!pruned.ok()) return pruned.status();
    if (*pruned) return absl::NotFoundError("the journal holds the batch that a receipt names no more");
    return absl::DataLossError("the journal does not hold the batch that a receipt names");
  }
  contract::BatchHeader header = store::HeaderOf(**batch);
  std::vector<std::string> events = std::move((*batch)->events);
  contract::MerkleTree tree(events);
  last_.emplace(
      Batch{.number = number, .header = std::move(header), .events = std::move(events), .tree = std::move(tree)});
  return absl::OkStatus();
}

absl::StatusOr<contract::Receipt> ReceiptReader::Read(const store::ItemKey& item,
                                                      const contract::JournalPosition& position) {
  if (absl::Status status = ReadBatch(position.batch); !status.ok()) return status;
  if (position.event_index >= last_->events.size()) {
    return absl::DataLossError("the journal does not hold the event that a receipt names");
  }
  const absl::StatusOr<Event> event = DecodeEvent(last_->events[position.event_index]);
  if (!event.ok()) return event.status();
  if (!HasReceipt(event->type) || event->item != item) {
    return absl::DataLossError("the journal holds another event where a receipt says that its acceptance stands");
  }
  contract::Receipt receipt = ReceiptOf(*event);
  receipt.position = position;
  receipt.inclusion = last_->tree.Prove(position.event_index);
  return receipt;
}

absl::StatusOr<std::optional<contract::CheckpointProof>> ReceiptReader::ReadProof(
    const contract::JournalPosition& position, CheckpointProofs& proofs) {
  if (absl::Status status = ReadBatch(position.batch); !status.ok()) return status;
  return proofs.Read(last_->header);
}

}  // namespace envej::journal
