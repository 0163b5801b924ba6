#ifndef ENVEJ_BROKER_COMMANDS_RESTORE_H_
#define ENVEJ_BROKER_COMMANDS_RESTORE_H_

#include <string>

#include "absl/time/time.h"

namespace envej::commands {

// What `envej-broker restore` is asked.
struct RestoreOptions {
  std::string from;        // a backup: a folder that `envej-broker backup` made
  std::string config;      // the broker's configuration: names the place, and the mirror
  std::string mirror;      // takes the place of the configuration's
  bool no_mirror = false;  // there is none, or it is lost: nothing is replayed
  std::string
      lost_data;  // what is left of the lost data directory: its mark says where its journal ended; may be empty
  std::string authorities;   // PEM: whose brokers' signatures of checkpoints count; empty: they are not looked at
  std::string wait = "10m";  // how long pulls are refused when the mirror was replayed and nobody knows what it lacks
  std::string output = "text";
};

// Makes a store from a backup in the configuration's data directory, which must be empty or not there: a new
// incarnation in recovery mode. What the mirror has of the lost store's journal after the backup is replayed: what
// ended there has ended, and what was accepted there is missing until its region sends it again. All leases are over.
// The backup is checked against its manifest before anything is made, and the store is opened and read before it gets
// its place: a restore that fails leaves the place as it was, and one that was killed is made anew when it is run
// again; no broker starts in between.
//
// The mirror that is named must have the journal of the backup's store, and be readable: what it knows of
// acknowledgements and withdrawals is not to be missed by mistake. `no_mirror` says that there is none.
//
// Pulls are refused until: at once not, if the journal was replayed up to the end that `lost_data` names; else `wait`
// after the broker serves, if the mirror was replayed as far as it says it goes; else operations accept what is
// missing.
//
// The exit code: CopyExitCode of exit_codes.h.
int Restore(const RestoreOptions& options, absl::Time now);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_RESTORE_H_
