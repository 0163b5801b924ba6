#include "broker/store/batch_record.h"

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

// Keeps what a record hashes apart from the leaves (0) and nodes (1) of the events' tree.
constexpr uint8_t kRecordPrefix = 2;

void WriteLink(const BatchRecord& record, ByteWriter& writer) {
  writer.Uint8(kRecordPrefix);
  writer.Bytes(record.store_incarnation);
  writer.Bytes(record.broker);
  writer.Uint64(record.batch);
  writer.Time(record.time);
  writer.Bytes(record.previous_hash);
  writer.Bytes(record.events_root);
  writer.Uint32(static_cast<uint32_t>(record.events.size()));
}

}  // namespace

std::string HashOf(const BatchRecord& record) {
  ByteWriter link;
  WriteLink(record, link);
  return contract::Sha256(link.bytes());
}

std::string EncodeBatchRecord(const BatchRecord& record) {
  ByteWriter payload;
  WriteLink(record, payload);
  for (const std::string& event : record.events) payload.Bytes(event);
  return Frame(kRecordVersion, payload.bytes());
}

absl::StatusOr<BatchRecord> DecodeBatchRecord(absl::string_view value) {
  const absl::StatusOr<Framed> framed = Unframe(value, kRecordVersion);
  if (!framed.ok()) return framed.status();
  ByteReader reader(framed->payload);
  const bool is_record = reader.Uint8() == kRecordPrefix;
  BatchRecord record;
  record.store_incarnation = reader.Bytes();
  record.broker = reader.Bytes();
  record.batch = reader.Uint64();
  record.time = reader.Time();
  record.previous_hash = reader.Bytes();
  record.events_root = reader.Bytes();
  const uint32_t count = reader.Uint32();
  for (uint32_t index = 0; index < count && reader.ok(); ++index) record.events.push_back(reader.Bytes());
  const bool lengths_hold =
      record.store_incarnation.size() == kIncarnationBytes && record.previous_hash.size() == contract::kHashBytes;
  if (!is_record || !reader.AtEnd() || !lengths_hold) return absl::DataLossError("a journal record is malformed");
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
