#include "broker/journal/event.h"

#include <optional>
#include <utility>

#include "broker/store/batch_record.h"
#include "proto/contract/byte_codec.h"

namespace envej::journal {
namespace {

std::string EncodeCallsRefused(const Event& event) {
  contract::ByteWriter writer;
  writer.Uint8(static_cast<uint8_t>(event.type));
  writer.Bytes(event.caller);
  writer.Bytes(event.actor);
  writer.Uint32(event.refusal_reason);
  writer.Uint64(event.count);
  writer.Time(event.from);
  writer.Time(event.at);
  return std::move(writer).bytes();
}

// What stands behind the type byte; nothing if it is no such event.
std::optional<Event> ReadCallsRefused(contract::ByteReader& reader) {
  Event event;
  event.type = EventType::kCallsRefused;
  event.caller = reader.Bytes();
  event.actor = reader.Bytes();
  event.refusal_reason = reader.Uint32();
  event.count = reader.Uint64();
  event.from = reader.Time();
  event.at = reader.Time();
  if (!reader.AtEnd() || event.count == 0 || event.at < event.from) return std::nullopt;
  const bool names_certificate = event.actor.size() == kActorBytes && event.refusal_reason != 0;
  const bool names_nobody = event.caller.empty() && event.actor.empty();
  if (!names_certificate && !names_nobody) return std::nullopt;
  return event;
}

std::string EncodeRestored(const Event& event) {
  contract::ByteWriter writer;
  writer.Uint8(static_cast<uint8_t>(event.type));
  writer.Bytes(event.former_incarnation);
  writer.Uint64(event.former_batch);
  writer.Uint64(event.backup_batch);
  writer.Time(event.at);
  return std::move(writer).bytes();
}

std::optional<Event> ReadRestored(contract::ByteReader& reader) {
  Event event;
  event.type = EventType::kRestored;
  event.former_incarnation = reader.Bytes();
  event.former_batch = reader.Uint64();
  event.backup_batch = reader.Uint64();
  event.at = reader.Time();
  const bool holds =
      event.former_incarnation.size() == store::kIncarnationBytes && event.backup_batch <= event.former_batch;
  if (!reader.AtEnd() || !holds) return std::nullopt;
  return event;
}

std::string EncodeOfAParticipant(const Event& event) {
  contract::ByteWriter writer;
  writer.Uint8(static_cast<uint8_t>(event.type));
  writer.Bytes(event.caller);
  writer.Bytes(event.actor);
  writer.Time(event.at);
  return std::move(writer).bytes();
}

std::optional<Event> ReadOfAParticipant(EventType type, contract::ByteReader& reader) {
  Event event;
  event.type = type;
  event.caller = reader.Bytes();
  event.actor = reader.Bytes();
  event.at = reader.Time();
  if (!reader.AtEnd() || event.caller.empty() || event.actor.size() != kActorBytes) return std::nullopt;
  return event;
}

std::optional<Event> ReadOfNoNotice(EventType type, contract::ByteReader& reader) {
  if (type == EventType::kCallsRefused) return ReadCallsRefused(reader);
  if (type == EventType::kRestored) return ReadRestored(reader);
  return ReadOfAParticipant(type, reader);
}

bool IsOfAParticipant(EventType type) {
  return type == EventType::kParticipantSuspended || type == EventType::kParticipantResumed;
}

bool HasToken(EventType type) {
  return type == EventType::kLeased || type == EventType::kAcknowledged || type == EventType::kReturned ||
         type == EventType::kLeaseExpired;
}

bool HasDetail(EventType type) {
  return type == EventType::kReturned || type == EventType::kOverdue || type == EventType::kUndelivered;
}

bool IsEventType(uint8_t type) {
  return type >= static_cast<uint8_t>(EventType::kAccepted) &&
         type <= static_cast<uint8_t>(EventType::kParticipantResumed);
}

}  // namespace

bool IsOfANotice(EventType type) {
  return type != EventType::kCallsRefused && type != EventType::kRestored && !IsOfAParticipant(type);
}

bool IsByBroker(EventType type) {
  return type == EventType::kLeaseExpired || type == EventType::kParked || type == EventType::kOverdue ||
         type == EventType::kUndelivered || type == EventType::kDestroyed || type == EventType::kForgotten ||
         type == EventType::kMissing;
}

bool HasReceipt(EventType type) { return type == EventType::kAccepted || type == EventType::kWithdrawn; }

contract::Receipt ReceiptOf(const Event& accepted) {
  contract::Receipt receipt;
  receipt.region_code = accepted.item.notice.region_code;
  receipt.origin = accepted.origin;
  receipt.municipality_code = accepted.item.notice.municipality_code;
  receipt.notice_id = accepted.item.notice.id.ToString();
  receipt.revision = accepted.item.revision;
  receipt.accepted_at = accepted.at;
  receipt.actor = accepted.actor;
  receipt.commitment = accepted.commitment;
  if (accepted.type == EventType::kWithdrawn) receipt.withdrawal_reason = accepted.detail;
  return receipt;
}

std::string EncodeEvent(const Event& event) {
  if (HasReceipt(event.type)) return contract::AcceptedEvent(ReceiptOf(event));
  if (event.type == EventType::kCallsRefused) return EncodeCallsRefused(event);
  if (event.type == EventType::kRestored) return EncodeRestored(event);
  if (IsOfAParticipant(event.type)) return EncodeOfAParticipant(event);
  contract::ByteWriter writer;
  writer.Uint8(static_cast<uint8_t>(event.type));
  writer.Bytes(event.item.notice.region_code);
  writer.Bytes(event.item.notice.municipality_code);
  writer.Bytes(event.item.notice.id.ToString());
  writer.Uint32(event.item.revision);
  writer.Time(event.at);
  writer.Bytes(event.actor);
  if (HasToken(event.type)) writer.Bytes(event.token);
  if (HasDetail(event.type)) writer.Uint32(event.detail);
  return std::move(writer).bytes();
}

absl::StatusOr<Event> DecodeEvent(absl::string_view bytes) {
  const absl::Status malformed = absl::DataLossError("the journal holds an event that cannot be read");
  contract::ByteReader reader(bytes);
  const uint8_t type = reader.Uint8();
  if (!IsEventType(type)) return malformed;
  Event event;
  event.type = static_cast<EventType>(type);
  if (!IsOfANotice(event.type)) {
    std::optional<Event> other = ReadOfNoNotice(event.type, reader);
    if (!other.has_value()) return malformed;
    return *std::move(other);
  }
  event.item.notice.region_code = reader.Bytes();
  if (HasReceipt(event.type)) event.origin = reader.Bytes();
  event.item.notice.municipality_code = reader.Bytes();
  const std::optional<contract::NoticeId> id = contract::NoticeId::Parse(reader.Bytes());
  event.item.revision = reader.Uint32();
  event.at = reader.Time();
  event.actor = reader.Bytes();
  if (event.type == EventType::kAccepted) {
    event.commitment.key_id = reader.Bytes();
    event.commitment.value = reader.Bytes();
  }
  if (HasToken(event.type)) event.token = reader.Bytes();
  if (HasDetail(event.type) || event.type == EventType::kWithdrawn) event.detail = reader.Uint32();
  if (!reader.AtEnd() || !id.has_value()) return malformed;
  if (event.type == EventType::kWithdrawn && event.detail == 0) return malformed;
  // What the broker does by itself has no actor, and nothing else has none.
  if (event.actor.size() != (IsByBroker(event.type) ? 0 : kActorBytes)) return malformed;
  event.item.notice.id = *id;
  return event;
}

}  // namespace envej::journal
