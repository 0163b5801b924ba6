#ifndef ENVEJ_BROKER_COMMANDS_REPLAY_MIRROR_H_
#define ENVEJ_BROKER_COMMANDS_REPLAY_MIRROR_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/commands/replay_journal.h"

namespace envej::commands {

// ReplayJournal from the folder of the store's incarnation in a mirror, and how far that goes. `progress` is called
// with each batch; it may be empty. UNAVAILABLE if the folder cannot be read.
absl::StatusOr<Reached> ReplayMirror(store::OfflineStore& store, const store::BatchHead& from,
                                     const std::string& folder, const journal::CheckSignatureFunction& check,
                                     absl::Time now, const std::function<void(uint64_t batch)>& progress = nullptr);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_REPLAY_MIRROR_H_
