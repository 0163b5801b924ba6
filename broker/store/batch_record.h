#ifndef ENVEJ_BROKER_STORE_BATCH_RECORD_H_
#define ENVEJ_BROKER_STORE_BATCH_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "proto/contract/batch_header.h"

namespace envej::store {

using contract::kIncarnationBytes;

// One link of the journal: what a batch did, bound to everything before it. Its hash is that of its header. Batches
// are counted from 1; one without events makes no record and takes no number.
struct BatchRecord {
  std::string store_incarnation;  // 16 bytes
  std::string broker;
  uint64_t batch = 0;
  absl::Time time;            // whole microseconds
  std::string previous_hash;  // 32 bytes; of batch 1: all zero
  std::string events_root;    // 32 bytes
  std::vector<std::string> events;
};

contract::BatchHeader HeaderOf(const BatchRecord& record);
std::string HashOf(const BatchRecord& record);
std::string EncodeBatchRecord(const BatchRecord& record);  // framed
// DATA_LOSS if the frame, the form or the events' root does not hold.
absl::StatusOr<BatchRecord> DecodeBatchRecord(absl::string_view value);

// The newest batch, as the store and the high-water mark name it.
struct BatchHead {
  std::string store_incarnation;
  uint64_t batch = 0;
  std::string hash;  // 32 bytes; of batch 0: all zero
  absl::Time time;   // of the newest batch, with events or without; whole microseconds
};

// The head of a store that was never written to. `incarnation` is 16 bytes.
BatchHead FirstHead(absl::string_view incarnation);

std::string EncodeBatchHead(const BatchHead& head);  // framed
absl::StatusOr<BatchHead> DecodeBatchHead(absl::string_view value);

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_BATCH_RECORD_H_
