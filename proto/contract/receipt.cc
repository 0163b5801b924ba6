#include "proto/contract/receipt.h"

#include "proto/contract/byte_codec.h"

namespace envej::contract {
namespace {

// The type byte that the journal gives an acceptance; see broker/journal/event.h.
constexpr uint8_t kAcceptedEvent = 1;

}  // namespace

std::string AcceptedEvent(const Receipt& receipt) {
  ByteWriter event;
  event.Uint8(kAcceptedEvent);
  event.Bytes(receipt.region_code);
  event.Bytes(receipt.origin);
  event.Bytes(receipt.municipality_code);
  event.Bytes(receipt.notice_id);
  event.Uint32(receipt.revision);
  event.Time(receipt.accepted_at);
  event.Bytes(receipt.actor);
  event.Bytes(receipt.commitment.key_id);
  event.Bytes(receipt.commitment.value);
  return std::move(event).bytes();
}

absl::Status CheckReceipt(const Receipt& receipt) {
  if (!Includes(receipt.inclusion, receipt.position.event_index, AcceptedEvent(receipt))) {
    return absl::DataLossError("the receipt's inclusion path does not lead from its fields to its root");
  }
  return absl::OkStatus();
}

}  // namespace envej::contract
