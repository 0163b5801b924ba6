#include "broker/journal/receipts.h"

#include "broker/store/batch_record.h"
#include "broker/store/journal_reader.h"

namespace envej::journal {
contract::Receipt MakeReceipt(const Event& accepted, const store::Outcome& outcome) {
  contract::Receipt receipt = ReceiptOf(accepted);
  if (outcome.position.has_value()) receipt.position = *outcome.position;
  if (outcome.inclusion.has_value()) receipt.inclusion = *outcome.inclusion;
  return receipt;
}

absl::StatusOr<contract::Receipt> ReadReceipt(store::OrderedStore& store, const store::ItemKey& item,
                                              const contract::JournalPosition& position) {
  const absl::StatusOr<std::optional<store::BatchRecord>> batch = store::ReadBatchRecord(store, position.batch);
  if (!batch.ok()) return batch.status();
  if (!batch->has_value() || position.event_index >= (*batch)->events.size()) {
    return absl::DataLossError("the journal does not hold the batch that a receipt names");
  }
  const std::vector<std::string>& events = (*batch)->events;
  const absl::StatusOr<Event> event = DecodeEvent(events[position.event_index]);
  if (!event.ok()) return event.status();
  if (event->type != EventType::kAccepted || event->item != item) {
    return absl::DataLossError("the journal holds another event where a receipt says that its acceptance stands");
  }
  contract::Receipt receipt = ReceiptOf(*event);
  receipt.position = position;
  receipt.inclusion = contract::MerkleTree(events).Prove(position.event_index);
  return receipt;
}

}  // namespace envej::journal
