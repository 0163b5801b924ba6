#ifndef ENVEJ_BROKER_COMMANDS_NEW_INCARNATION_H_
#define ENVEJ_BROKER_COMMANDS_NEW_INCARNATION_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/commands/replay_journal.h"
#include "broker/journal/recovery_mark.h"
#include "broker/store/high_water_mark.h"
#include "broker/store/offline_store.h"

namespace envej::commands {

// What a store that is restored is to become.
struct Incarnation {
  std::string store_incarnation;  // 16 random bytes
  std::string broker;             // stands in its positions
  absl::Time now;
  uint64_t backup_epoch = 0;  // the start epoch in the backup
};

struct NewIncarnation {
  store::HighWaterMark mark;  // beside the store
  journal::RecoveryMark recovery;
};

// Makes the store a new incarnation, which leads on from what it reached: ends every lease, journals that it was
// restored and which notices are missing, and writes `recovery` into it, with those of its fields filled that are
// known here: former, restored_at, missing.
//
// Its start epochs lie 2^32 times a random number above the backup's. A lost store was not started 2^32 times after its
// backup, and two restores of one backup get the same number once in 2^24: so no lease token is given twice.
absl::StatusOr<NewIncarnation> Begin(store::OfflineStore& store, const Reached& reached, const Incarnation& incarnation,
                                     journal::RecoveryMark recovery);

// The first start epoch of a store with these random bytes, restored from a backup with this one.
uint64_t EpochAfterRestore(uint64_t backup_epoch, const std::string& store_incarnation);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_NEW_INCARNATION_H_
