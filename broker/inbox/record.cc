#include "broker/inbox/record.h"

#include <utility>

#include "broker/store/key_layout.h"
#include "broker/store/record_codec.h"
#include "proto/contract/byte_codec.h"

namespace envej::inbox {
namespace {

constexpr uint8_t kRecordVersion = 3;
constexpr uint8_t kVersionWithoutTrail = 2;
constexpr uint8_t kLateBits = 7;
// Stands in one byte with those. A record that was written before there was such a bit has none.
constexpr uint8_t kLeasedBeforeBit = 8;

bool IsState(uint8_t value) { return value >= 1 && value <= static_cast<uint8_t>(State::kMissing); }
bool IsKind(uint8_t value) { return value >= 1 && value <= static_cast<uint8_t>(ItemKind::kWithdrawal); }
bool IsReturnReason(uint8_t value) { return value <= static_cast<uint8_t>(ReturnReason::kNotDeliverable); }
bool IsWithdrawalReason(uint8_t value) { return value <= static_cast<uint8_t>(WithdrawalReason::kReadmitted); }

void Write(contract::ByteWriter& writer, const std::optional<absl::Time>& time) {
  writer.Uint8(time.has_value() ? 1 : 0);
  if (time.has_value()) writer.Time(*time);
}

std::optional<absl::Time> ReadTime(contract::ByteReader& reader) {
  if (reader.Uint8() == 0) return std::nullopt;
  return reader.Time();
}

void Write(contract::ByteWriter& writer, const Acceptance& acceptance) {
  writer.Uint32(acceptance.revision);
  writer.Time(acceptance.accepted_at);
  writer.Bytes(acceptance.commitment.key_id);
  writer.Bytes(acceptance.commitment.value);
}

Acceptance ReadAcceptance(contract::ByteReader& reader) {
  Acceptance acceptance;
  acceptance.revision = reader.Uint32();
  acceptance.accepted_at = reader.Time();
  acceptance.commitment.key_id = reader.Bytes();
  acceptance.commitment.value = reader.Bytes();
  return acceptance;
}

void Write(contract::ByteWriter& writer, const std::optional<ReturnProposal>& proposal) {
  writer.Uint8(proposal.has_value() ? 1 : 0);
  if (!proposal.has_value()) return;
  writer.Bytes(proposal->operator_uri);
  writer.Time(proposal->proposed_at);
}

std::optional<ReturnProposal> ReadProposal(contract::ByteReader& reader) {
  if (reader.Uint8() == 0) return std::nullopt;
  ReturnProposal proposal;
  proposal.operator_uri = reader.Bytes();
  proposal.proposed_at = reader.Time();
  return proposal;
}

// What a record has since it has a trail; false if the bytes are not that.
bool ReadProposalAndTrail(contract::ByteReader& reader, Record& record) {
  record.return_proposal = ReadProposal(reader);
  std::optional<Trail> trail = ReadTrail(reader);
  if (!trail.has_value()) return false;
  record.trail = *std::move(trail);
  return true;
}

}  // namespace

std::string EncodeRecord(const Record& record) {
  contract::ByteWriter writer;
  writer.Uint8(static_cast<uint8_t>(record.state));
  writer.Uint8(static_cast<uint8_t>(record.kind));
  writer.Bytes(record.origin);
  writer.Bytes(record.discharge_date);
  writer.Time(record.discharge_day_ends);
  Write(writer, record.newest);
  writer.Uint8(record.first.has_value() ? 1 : 0);
  if (record.first.has_value()) {
    Write(writer, *record.first);
    writer.Bytes(record.first->position.has_value() ? store::EncodePosition(*record.first->position) : "");
  }
  writer.Uint8(static_cast<uint8_t>(record.withdrawal_reason));
  writer.Time(record.entered_at);
  writer.Uint32(record.lease_count);
  writer.Bytes(record.token);
  writer.Time(record.first_leased_at);
  writer.Time(record.lease_expires_at);
  writer.Uint32(record.failure_count);
  Write(writer, record.held_until);
  writer.Uint8(static_cast<uint8_t>(record.late | (record.leased_before ? kLeasedBeforeBit : 0)));
  writer.Uint32(record.undelivered_told);
  writer.Time(record.undelivered_told_at);
  writer.Time(record.due_at);
  writer.Uint32(record.delivered_revision);
  writer.Bytes(record.delivered_token);
  writer.Time(record.delivered_at);
  writer.Time(record.concluded_at);
  writer.Uint8(static_cast<uint8_t>(record.return_reason));
  Write(writer, record.outcome_acknowledged_at);
  Write(writer, record.return_proposal);
  WriteTrail(writer, record.trail);
  contract::ByteWriter value;
  value.Bytes(store::Frame(kRecordVersion, writer.bytes()));
  if (record.newest.position.has_value()) value.Raw(store::EncodePosition(*record.newest.position));
  return std::move(value).bytes();
}

absl::StatusOr<Record> DecodeRecord(absl::string_view value) {
  contract::ByteReader parts(value);
  const absl::StatusOr<store::Framed> framed = store::Unframe(parts.Bytes(), kRecordVersion);
  if (!framed.ok()) return framed.status();
  if (framed->version < kVersionWithoutTrail) return store::WrittenInAnOldForm();
  absl::StatusOr<contract::JournalPosition> newest_position = store::DecodePosition(parts.Rest());
  if (!newest_position.ok()) return newest_position.status();
  contract::ByteReader reader(framed->payload);
  const uint8_t state = reader.Uint8();
  const uint8_t kind = reader.Uint8();
  Record record;
  record.origin = reader.Bytes();
  record.discharge_date = reader.Bytes();
  record.discharge_day_ends = reader.Time();
  record.newest = ReadAcceptance(reader);
  record.newest.position = *std::move(newest_position);
  if (reader.Uint8() != 0) {
    record.first = ReadAcceptance(reader);
    absl::StatusOr<contract::JournalPosition> first_position = store::DecodePosition(reader.Bytes());
    if (!first_position.ok()) return first_position.status();
    record.first->position = *std::move(first_position);
  }
  const uint8_t withdrawal_reason = reader.Uint8();
  record.entered_at = reader.Time();
  record.lease_count = reader.Uint32();
  record.token = reader.Bytes();
  record.first_leased_at = reader.Time();
  record.lease_expires_at = reader.Time();
  record.failure_count = reader.Uint32();
  record.held_until = ReadTime(reader);
  const uint8_t bits = reader.Uint8();
  record.late = bits & kLateBits;
  record.leased_before = (bits & kLeasedBeforeBit) != 0;
  record.undelivered_told = reader.Uint32();
  record.undelivered_told_at = reader.Time();
  record.due_at = reader.Time();
  record.delivered_revision = reader.Uint32();
  record.delivered_token = reader.Bytes();
  record.delivered_at = reader.Time();
  record.concluded_at = reader.Time();
  const uint8_t return_reason = reader.Uint8();
  record.outcome_acknowledged_at = ReadTime(reader);
  const bool has_trail = framed->version > kVersionWithoutTrail;
  if ((has_trail && !ReadProposalAndTrail(reader, record)) || !reader.AtEnd() || !IsState(state) || !IsKind(kind) ||
      !IsReturnReason(return_reason) || !IsWithdrawalReason(withdrawal_reason) ||
      bits > (kLateBits | kLeasedBeforeBit)) {
    return absl::DataLossError("the store holds a record that cannot be read");
  }
  record.state = static_cast<State>(state);
  record.kind = static_cast<ItemKind>(kind);
  record.withdrawal_reason = static_cast<WithdrawalReason>(withdrawal_reason);
  record.return_reason = static_cast<ReturnReason>(return_reason);
  return record;
}

}  // namespace envej::inbox
