#include "broker/inbox/record.h"

#include <utility>

#include "broker/store/key_layout.h"
#include "broker/store/record_codec.h"
#include "proto/contract/byte_codec.h"

namespace envej::inbox {
namespace {

constexpr uint8_t kVersion = 1;

bool IsState(uint8_t value) { return value >= 1 && value <= static_cast<uint8_t>(State::kReturned); }
bool IsKind(uint8_t value) { return value >= 1 && value <= static_cast<uint8_t>(ItemKind::kWithdrawal); }
bool IsReturnReason(uint8_t value) { return value <= static_cast<uint8_t>(ReturnReason::kNotAuthentic); }

}  // namespace

std::string EncodeRecord(const Record& record) {
  contract::ByteWriter writer;
  writer.Uint8(static_cast<uint8_t>(record.state));
  writer.Uint8(static_cast<uint8_t>(record.kind));
  writer.Uint32(record.revision);
  writer.Bytes(record.origin);
  writer.Bytes(record.discharge_date);
  writer.Time(record.accepted_at);
  writer.Bytes(record.commitment.key_id);
  writer.Bytes(record.commitment.value);
  writer.Uint32(record.lease_count);
  writer.Bytes(record.token);
  writer.Time(record.first_leased_at);
  writer.Time(record.lease_expires_at);
  writer.Time(record.concluded_at);
  writer.Uint8(static_cast<uint8_t>(record.return_reason));
  contract::ByteWriter value;
  value.Bytes(store::Frame(kVersion, writer.bytes()));
  if (record.position.has_value()) value.Raw(store::EncodePosition(*record.position));
  return std::move(value).bytes();
}

absl::StatusOr<Record> DecodeRecord(absl::string_view value) {
  contract::ByteReader parts(value);
  const absl::StatusOr<store::Framed> framed = store::Unframe(parts.Bytes(), kVersion);
  if (!framed.ok()) return framed.status();
  absl::StatusOr<contract::JournalPosition> position = store::DecodePosition(parts.Rest());
  if (!position.ok()) return position.status();
  contract::ByteReader reader(framed->payload);
  const uint8_t state = reader.Uint8();
  const uint8_t kind = reader.Uint8();
  Record record;
  record.revision = reader.Uint32();
  record.origin = reader.Bytes();
  record.discharge_date = reader.Bytes();
  record.accepted_at = reader.Time();
  record.commitment.key_id = reader.Bytes();
  record.commitment.value = reader.Bytes();
  record.lease_count = reader.Uint32();
  record.token = reader.Bytes();
  record.first_leased_at = reader.Time();
  record.lease_expires_at = reader.Time();
  record.concluded_at = reader.Time();
  const uint8_t return_reason = reader.Uint8();
  if (!reader.AtEnd() || !IsState(state) || !IsKind(kind) || !IsReturnReason(return_reason)) {
    return absl::DataLossError("the store holds a record that cannot be read");
  }
  record.state = static_cast<State>(state);
  record.kind = static_cast<ItemKind>(kind);
  record.return_reason = static_cast<ReturnReason>(return_reason);
  record.position = *std::move(position);
  return record;
}

}  // namespace envej::inbox
