#ifndef ENVEJ_PROTO_CONTRACT_BATCH_HEADER_H_
#define ENVEJ_PROTO_CONTRACT_BATCH_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "proto/contract/byte_codec.h"

namespace envej::contract {

// Of what names a store from its making to its loss or restoring.
inline constexpr size_t kIncarnationBytes = 16;

// What binds a batch's journal record to everything before it: the record without its events, which their root and
// count stand for.
struct BatchHeader {
  std::string store_incarnation;  // kIncarnationBytes
  std::string broker;
  uint64_t batch = 0;         // from 1
  absl::Time time;            // whole microseconds
  std::string previous_hash;  // 32 bytes; of batch 1: all zero
  std::string events_root;    // 32 bytes
  uint32_t event_count = 0;

  bool operator==(const BatchHeader&) const = default;
};

// The canonical form, which the journal stores and hashes.
void Write(const BatchHeader& header, ByteWriter& writer);
// Nothing if what comes next is no header.
std::optional<BatchHeader> ReadBatchHeader(ByteReader& reader);

// SHA-256 of the canonical form: the hash of the batch's record.
std::string HashOf(const BatchHeader& header);

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_BATCH_HEADER_H_
