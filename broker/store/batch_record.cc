#include "broker/store/batch_record.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "broker/store/record_codec.h"
#include "proto/contract/byte_codec.h"
#include "proto/contract/merkle_tree.h"

namespace envej::store {
namespace {

using contract::ByteReader;
using contract::ByteWriter;

constexpr uint8_t kRecordVersion = 1;
constexpr uint8_t kHeadVersion = 1;

}  // namespace

contract::BatchHeader HeaderOf(const BatchRecord& record) {
  return contract::BatchHeader{.store_incarnation = record.store_incarnation,
                               .broker = record.broker,
                               .batch = record.batch,
                               .time = record.time,
                               .previous_hash = record.previous_hash,
                               .events_root = record.events_root,
                               .event_count = static_cast<uint32_t>(record.events.size())};
}

std::string HashOf(const BatchRecord& record) { return contract::HashOf(HeaderOf(record)); }

std::string EncodeBatchRecord(const BatchRecord& record) {
  ByteWriter payload;
  contract::Write(HeaderOf(record), payload);
  for (const std::string& event : record.events) payload.Bytes(event);
  return Frame(kRecordVersion, payload.bytes());
}

absl::StatusOr<BatchRecord> DecodeBatchRecord(absl::string_view value) {
  const absl::StatusOr<Framed> framed = Unframe(value, kRecordVersion);
  if (!framed.ok()) return framed.status();
  ByteReader reader(framed->payload);
  std::optional<contract::BatchHeader> header = contract::ReadBatchHeader(reader);
  if (!header) return absl::DataLossError("a journal record is malformed");
  BatchRecord record{.store_incarnation = std::move(header->store_incarnation),
                     .broker = std::move(header->broker),
                     .batch = header->batch,
                     .time = header->time,
                     .previous_hash = std::move(header->previous_hash),
                     .events_root = std::move(header->events_root),
                     .events = {}};
  for (uint32_t index = 0; index < header->event_count && reader.ok(); ++index) {
    record.events.push_back(reader.Bytes());
  }
  if (!reader.AtEnd()) return absl::DataLossError("a journal record is malformed");
  if (contract::MerkleTree(record.events).root() != record.events_root) {
    return absl::DataLossError("a journal record's events do not have its root");
  }
  return record;
}

BatchHead FirstHead(absl::string_view incarnation) {
  return BatchHead{.store_incarnation = std::string(incarnation),
                   .batch = 0,
                   .hash = std::string(contract::kHashBytes, '\0'),
                   .time = absl::UnixEpoch()};
}

std::string EncodeBatchHead(const BatchHead& head) {
  ByteWriter payload;
  payload.Bytes(head.store_incarnation);
  payload.Uint64(head.batch);
  payload.Bytes(head.hash);
  payload.Time(head.time);
  return Frame(kHeadVersion, payload.bytes());
}

absl::StatusOr<BatchHead> DecodeBatchHead(absl::string_view value) {
  const absl::StatusOr<Framed> framed = Unframe(value, kHeadVersion);
  if (!framed.ok()) return framed.status();
  ByteReader reader(framed->payload);
  BatchHead head;
  head.store_incarnation = reader.Bytes();
  head.batch = reader.Uint64();
  head.hash = reader.Bytes();
  head.time = reader.Time();
  const bool lengths_hold =
      head.store_incarnation.size() == kIncarnationBytes && head.hash.size() == contract::kHashBytes;
  if (!reader.AtEnd() || !lengths_hold) return absl::DataLossError("the store's head is malformed");
  return head;
}

}  // namespace envej::store
