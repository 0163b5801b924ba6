#ifndef ENVEJ_TESTS_CRASH_KILLS_H_
#define ENVEJ_TESTS_CRASH_KILLS_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/crash/old_store.h"
#include "tests/support/broker_process.h"
#include "tests/support/skipped_time.h"

namespace envej::crash {

// Writes certificate and key anew, as IssueFiles: for hours, since stamps are ahead once time was skipped.
void IssueForLong(const support::BrokerProcess& broker, const std::string& name, certs::LeafRequest request);

// Kills a broker, or a backup of its store, in the midst of something, and holds what lies on the disk then against
// what must hold of it. What is wrong is recorded as failures.
//
// Thread safety: one thread.
class Kills {
 public:
  // How many kills fell inside; one may count as several kinds of upkeep.
  struct Counts {
    int load = 0;
    int start = 0;
    int broker_in_backup = 0;
    int backup = 0;  // the copying program
    int compaction = 0;
    int forgetting = 0;
    int pruning = 0;
  };
  enum class Upkeep { kCompaction, kRetention };

  // How the broker must be set up. `skipped` outlives the broker.
  static support::BrokerSettings SettingsOf(const std::string& listen, const support::SkippedTime& skipped);

  // Both must outlive it. The broker is one with these settings, and was never started: it gets a store with a past
  // that is enough for so many kills.
  Kills(support::BrokerProcess& broker, const support::SkippedTime& skipped, int upkeep_kills, unsigned seed);

  // While the broker serves: kills at a random moment, and starts it again; false if it does not serve afterwards.
  bool UnderLoad();
  bool UnderLoadAndWhileItStarts();
  bool DuringBackup();
  bool DuringUpkeep(Upkeep what);

  // Lets the broker that serves forget the rest of what is to be forgotten; and then: that it has, and nothing else.
  void ForgetTheRest();
  void ExpectTheRestIsForgotten();

  // Of the newest whole backup a store can be made, and of its journal nothing is missing. At the end, as it makes one.
  void ExpectNewestBackupRestores();
  support::Ended VerifyJournal(const std::string& config) const;

  const Counts& counts() const { return counts_; }

 private:
  // What upkeep has left to do.
  struct Retained {
    size_t to_be_forgotten = 0;
    uint64_t oldest_batch = 0;
  };

  void SleepUpTo(int milliseconds);
  std::set<std::string> Unfinished() const;
  std::set<std::string> Tables() const;
  std::vector<std::string> BackupArguments() const;
  support::Ended Restore(const std::string& backup) const;
  void ExpectRefused(const std::string& unfinished) const;
  void ExpectNextBackup();
  Retained LookAtStore() const;

  support::BrokerProcess& broker_;
  const support::SkippedTime& skipped_;
  std::mt19937 random_;
  const std::string mirror_;
  const std::string backups_;
  const std::string restored_;
  OldStore old_;
  std::string authorities_;
  std::string store_config_;      // of the broker's store alone
  std::string restoring_config_;  // of one in another place
  Retained retained_;
  std::string newest_backup_;
  int backup_milliseconds_ = 100;
  Counts counts_;
};

}  // namespace envej::crash

#endif  // ENVEJ_TESTS_CRASH_KILLS_H_
