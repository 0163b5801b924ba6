#ifndef ENVEJ_BROKER_WATCHING_H_
#define ENVEJ_BROKER_WATCHING_H_

#include <functional>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "broker/clock.h"
#include "broker/inbox/change.h"
#include "broker/inbox/inboxes.h"
#include "broker/inbox/scheduler.h"
#include "broker/journal/mirror.h"
#include "broker/log.h"
#include "broker/operations/attendance.h"
#include "broker/operations/attendance_keeper.h"
#include "broker/operations/board.h"
#include "broker/operations/board_metrics.h"
#include "broker/operations/durations.h"
#include "broker/operations/metrics.h"
#include "broker/operations/today.h"
#include "broker/store/ordered_store.h"
#include "broker/trust/trust.h"
#include "broker/trust/trust_reader.h"
#include "certs/certificate.h"
#include "certs/identity.h"

namespace envej {

// What is counted while the broker serves, wired together: the board, who called, how long things take, and the metrics
// of all that.
class Watching {
 public:
  // What it works with. All must outlive it.
  struct Parts {
    store::OrderedStore& store;
    inbox::Scheduler& scheduler;
    const trust::CurrentTrust& trust;
    operations::Durations& durations;
    operations::Metrics& metrics;
    const Clock& clock;
    const Log& log;
    absl::TimeZone copenhagen;
    absl::Time ran_until;                                                         // operations::RanUntil
    std::function<bool(const certs::Identity& participant)> suspended = nullptr;  // BoardMetrics::Parts
  };

  explicit Watching(Parts parts);

  // Counts what is under way, and reads who was last seen, which is passed over if it cannot be read: to be called
  // once, before anything changes. Errors are the store's.
  absl::Status Begin();
  // What the inboxes are to tell of each change.
  inbox::Changed changed();
  // Begins to read what the journal has from before: of today, and of silence. And to ask the inboxes who waits, and to
  // keep who was last seen.
  void Start(inbox::Inboxes& inboxes);
  // The broker serves from now on: to be called once.
  void Serve() { board_.Serve(); }
  // A caller was let in.
  void See(const certs::Identity& caller, const certs::Certificate& certificate, absl::Time now);
  // A pull of a caller that was seen was let in.
  void SeePull(const certs::Identity& caller, absl::Time now);
  // To be called when the broker has stopped to serve: the next start knows then until when it did, and who was seen.
  void NoteEnd();
  // Asks nobody anything any more. Nothing that reads may be left by then.
  void Stop();

  operations::Board& board() { return board_; }
  operations::Attendance& attendance() { return attendance_; }

 private:
  void RestoreAttendance();

  const Parts parts_;
  operations::Attendance attendance_;
  operations::AttendanceKeeper attendance_keeper_;
  operations::Board board_;
  std::shared_ptr<operations::BoardMetrics> board_metrics_;
  uint64_t last_batch_before_ = 0;
  std::optional<operations::TodayReader> today_;
};

// Tells what is known of the trust that was taken: its register's hash, and when the broker's certificate expires.
void TellTrust(const trust::TrustFiles& taken, const std::string& configuration_hash, operations::Metrics& metrics);
// Who this is, where its journal and the mirror of it (null: none) are, and how long the oldest commit is under way.
void TellStart(const std::string& broker, uint64_t reserve_bytes, store::OrderedStore& store,
               std::function<absl::Duration()> oldest_commit_age, const std::shared_ptr<journal::Mirror>& mirror,
               operations::Metrics& metrics, const Clock& clock);

}  // namespace envej

#endif  // ENVEJ_BROKER_WATCHING_H_
