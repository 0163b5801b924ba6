#ifndef ENVEJ_BROKER_COMMANDS_VERIFY_JOURNAL_H_
#define ENVEJ_BROKER_COMMANDS_VERIFY_JOURNAL_H_

#include <string>

#include "absl/time/time.h"

namespace envej::commands {

// What `envej-broker journal verify` is asked. Of `config` and `data` at most one; of all three at least one.
struct VerifyJournalOptions {
  std::string config;            // the broker's configuration: names store and mirror
  std::string data;              // a data directory: a store's, running or not, or a copy
  std::string mirror;            // a mirror; takes the place of the configuration's
  std::string authorities;       // PEM: those whose brokers' signatures count
  std::string revocation_lists;  // their lists, a file or folder; empty: the configuration's, if it names some
  std::string output = "text";   // or "json": one object on one line
};

// Verifies a store's journal, a mirror's, or both against one another, and tells on standard output what is wrong, one
// line each, and then what was verified. With a store and a mirror, a mirror that does not go as far as the store's
// signed checkpoints is wrong too; a broker that runs has two seconds to copy the newest. What is no file in a mirror,
// as a pipe, cannot be read, and is not waited for.
//
// Where there are revocation lists, a checkpoint is wrong too whose signer was revoked at its time, or cannot be judged
// because no list that is current at `now` says anything of it.
//
// The exit code: 0 whole, 1 something is wrong, 2 usage, 4 something cannot be read.
int VerifyJournal(const VerifyJournalOptions& options, absl::Time now);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_VERIFY_JOURNAL_H_
