#ifndef ENVEJ_REGION_CLIENT_AGENT_STORE_MARK_H_
#define ENVEJ_REGION_CLIENT_AGENT_STORE_MARK_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace envej::region {

// How far a store had come, in a file outside it. A store that was put back to an earlier state, as by a restore from a
// backup, holds nothing that says so: consents that were registered since are in neither, and nobody else knows them.
struct StoreMark {
  uint64_t writes = 0;  // AgentStore::writes
  absl::Time at;        // whole seconds

  bool operator==(const StoreMark&) const = default;
};

// Nothing where there is none yet. DATA_LOSS if the file is none; UNAVAILABLE if it cannot be read.
absl::StatusOr<std::optional<StoreMark>> ReadStoreMark(const std::string& path);

// Whole and durable, or not at all. `mark` was read of the store after what it counts was durable.
absl::Status WriteStoreMark(const std::string& path, const StoreMark& mark);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_STORE_MARK_H_
