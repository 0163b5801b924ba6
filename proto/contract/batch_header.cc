#include "proto/contract/batch_header.h"

#include "proto/contract/merkle_tree.h"

namespace envej::contract {
namespace {

// Keeps what a record hashes apart from the leaves (0) and nodes (1) of a tree.
constexpr uint8_t kRecordPrefix = 2;

}  // namespace

void Write(const BatchHeader& header, ByteWriter& writer) {
  writer.Uint8(kRecordPrefix);
  writer.Bytes(header.store_incarnation);
  writer.Bytes(header.broker);
  writer.Uint64(header.batch);
  writer.Time(header.time);
  writer.Bytes(header.previous_hash);
  writer.Bytes(header.events_root);
  writer.Uint32(header.event_count);
}

std::optional<BatchHeader> ReadBatchHeader(ByteReader& reader) {
  const bool is_header = reader.Uint8() == kRecordPrefix;
  BatchHeader header;
  header.store_incarnation = reader.Bytes();
  header.broker = reader.Bytes();
  header.batch = reader.Uint64();
  header.time = reader.Time();
  header.previous_hash = reader.Bytes();
  header.events_root = reader.Bytes();
  header.event_count = reader.Uint32();
  const bool lengths_hold = header.store_incarnation.size() == kIncarnationBytes &&
                            header.previous_hash.size() == kHashBytes && header.events_root.size() == kHashBytes;
  if (!is_header || !reader.ok() || !lengths_hold) return std::nullopt;
  return header;
}

std::string HashOf(const BatchHeader& header) {
  ByteWriter writer;
  Write(header, writer);
  return Sha256(writer.bytes());
}

}  // namespace envej::contract
