#include "proto/contract/receipt.h"

#include "proto/contract/byte_codec.h"

namespace envej::contract {
namespace {

// The type bytes that the journal gives an acceptance and a withdrawal; see broker/journal/event.h.
constexpr uint8_t kAcceptedEvent = 1;
constexpr uint8_t kWithdrawnEvent = 7;

}  // namespace

std::string AcceptedEvent(const Receipt& receipt) {
  ByteWriter event;
  const bool is_withdrawal = receipt.withdrawal_reason != 0;
  event.Uint8(is_withdrawal ? kWithdrawnEvent : kAcceptedEvent);
  event.Bytes(receipt.region_code);
  event.Bytes(receipt.origin);
  event.Bytes(receipt.municipality_code);
  event.Bytes(receipt.notice_id);
  event.Uint32(receipt.revision);
  event.Time(receipt.accepted_at);
  event.Bytes(receipt.actor);
  if (is_withdrawal) {
    event.Uint32(receipt.withdrawal_reason);
  } else {
    event.Bytes(receipt.commitment.key_id);
    event.Bytes(receipt.commitment.value);
  }
  return std::move(event).bytes();
}

absl::Status CheckReceipt(const Receipt& receipt) {
  if (!Includes(receipt.inclusion, receipt.position.event_index, AcceptedEvent(receipt))) {
    return absl::DataLossError("the receipt's inclusion path does not lead from its fields to its root");
  }
  return absl::OkStatus();
}

}  // namespace envej::contract
