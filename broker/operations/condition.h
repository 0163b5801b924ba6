#ifndef ENVEJ_BROKER_OPERATIONS_CONDITION_H_
#define ENVEJ_BROKER_OPERATIONS_CONDITION_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"

namespace envej::operations {

// A store of which a commit has been under way for so long hangs: nothing can be written. The one constant for it.
inline constexpr absl::Duration kStoreHangsAfter = absl::Seconds(10);

// How the broker itself is, as it was last told (Metrics). What is not known is absent, empty or 0.
struct Condition {
  std::string broker;
  std::string version;
  std::optional<absl::Time> started_at;
  std::string cannot_write;      // why nothing can be written: one line; empty: it can
  absl::Duration oldest_commit;  // for how long the oldest commit has been under way that is not answered yet
  bool recovering = false;       // pulls are refused because the store was restored

  uint64_t free_bytes = 0;     // on the disk of the store
  uint64_t reserve_bytes = 0;  // with less than that free, nothing new is taken
  bool nearly_full = false;    // nothing new is taken
  bool damaged = false;        // the last verification of the store found damage

  std::optional<absl::Time> checkpoint_at;  // when checkpoints last covered all of the journal
  uint64_t newest_batch = 0;
  std::optional<uint64_t> mirrored_batch;  // nothing: no mirror is configured

  std::optional<absl::Time> certificate_expires_at;  // the broker's own
  std::optional<absl::Time> lists_expire_at;         // the first revocation list; nothing where none is asked
  bool reload_refused = false;                       // what was read last of the trust's files is broken
  std::string configuration_hash;                    // SHA-256, 64 hexadecimal digits
  std::string register_hash;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_CONDITION_H_
