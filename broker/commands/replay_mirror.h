#ifndef ENVEJ_BROKER_COMMANDS_REPLAY_MIRROR_H_
#define ENVEJ_BROKER_COMMANDS_REPLAY_MIRROR_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/journal/checkpoint.h"
#include "broker/store/batch_record.h"
#include "broker/store/rocksdb_offline.h"

namespace envej::commands {

// How far a journal was replayed.
struct Reached {
  store::BatchHead head;        // the newest batch that is in the store now
  uint64_t mirror_end = 0;      // the last batch that the mirror says it has; 0: none
  uint64_t unfitting = 0;       // events that fitted no notice, and changed nothing
  std::string why_not_further;  // if it has more than could be replayed
};

// Brings a store made from a backup, whose newest batch is `from`, up to where the folder of its incarnation in a
// mirror ends: every journal record after that batch, with what its events did to notices (inbox/replay.h), and the
// checkpoints. A record counts if it leads on from the one before it and is the one that a checkpoint covers, whose
// signature `check` takes; at the first that does not, it ends. What is under way and changed is due at `now`. Of what
// the mirror has from before the backup nothing is read. `progress` is called with each batch; it may be empty.
//
// DATA_LOSS if the mirror's record of the batch `from` is another one: backup and mirror are not of one history.
// UNAVAILABLE if the folder cannot be read. Memory: a page, a record and a checkpoint.
absl::StatusOr<Reached> ReplayMirror(store::RocksDbOffline& store, const store::BatchHead& from,
                                     const std::string& folder, const journal::CheckSignatureFunction& check,
                                     absl::Time now, const std::function<void(uint64_t batch)>& progress = nullptr);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_REPLAY_MIRROR_H_
