#ifndef ENVEJ_BROKER_RECOVERY_MODE_H_
#define ENVEJ_BROKER_RECOVERY_MODE_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "broker/clock.h"
#include "broker/inbox/scheduler.h"
#include "broker/journal/recovery_mark.h"
#include "broker/log.h"
#include "broker/operations/metrics.h"
#include "broker/store/ordered_store.h"

namespace envej {

// The file in a data directory by which operations accept what a restored store lacks, and what it holds: it names the
// incarnation, so that it counts for no other.
std::string AcceptancePath(const std::string& data_directory);
std::string AcceptanceOf(absl::string_view store_incarnation);

// Recovery mode of a broker whose store was restored: nothing is handed out until it is known what was delivered. It
// ends when the broker has served for as long as the store's recovery mark says, or operations accept what is missing;
// that is in the store, synced, before anything is handed out.
class RecoveryMode {
 public:
  static constexpr absl::Duration kLookEvery = absl::Seconds(1);

  struct Parts {
    store::OrderedStore& store;
    inbox::Scheduler& scheduler;
    const Clock& clock;
    const Log& log;
    operations::Metrics& metrics;
    std::string data_directory;
    std::function<void(bool hold)> hold_pulls;  // any thread
  };
  // All of it must outlive this; the scheduler and the store must run no more of its tasks when it is destroyed.
  explicit RecoveryMode(Parts parts) : parts_(std::move(parts)) {}

  // Reads the store's mark, holds the pulls if it is recovering, and begins to count. To be called once, before anybody
  // is served. Errors: of the mark's decoding, and the store's.
  absl::Status Start();

 private:
  void Look();
  void LookAgain();
  bool IsAccepted() const;
  void End(journal::RecoveryMark::End end);
  void Ended(const store::Outcome& outcome, journal::RecoveryMark::End end);

  const Parts parts_;
  journal::RecoveryMark mark_;
  std::string acceptance_;  // that counts here
  absl::Duration began_;
};

}  // namespace envej

#endif  // ENVEJ_BROKER_RECOVERY_MODE_H_
