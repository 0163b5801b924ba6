#ifndef ENVEJ_BROKER_OPERATIONS_ATTENDANCE_KEEPER_H_
#define ENVEJ_BROKER_OPERATIONS_ATTENDANCE_KEEPER_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "broker/inbox/scheduler.h"
#include "broker/operations/attendance.h"
#include "broker/store/ordered_store.h"

namespace envej::operations {

// Keeps in the store who called, with which certificates, and who pulled, so that operations are not blind after a
// restart: each kEvery in which something changed, all of it in one commit of one record (attendance_record.h), never
// on the way of a call; and at a stop. A crash loses at most what came since the last of these commits. They carry no
// time of their own and no event, so that no clock and no journal moves by them.
//
// Thread safety: Restore, then Start, once each; the rest is the scheduler's and the store's. Keep from any thread but
// theirs.
class AttendanceKeeper {
 public:
  static constexpr absl::Duration kEvery = absl::Minutes(1);

  // What it works with. All must outlive it, and it the scheduler's tasks and the store's callbacks.
  struct Parts {
    store::OrderedStore& store;
    inbox::Scheduler& scheduler;
    Attendance& attendance;
    // Called on a thread of the store's, once each kEvery at most: it was not taken, and is tried again.
    std::function<void(const absl::Status& why)> not_kept;
  };

  explicit AttendanceKeeper(Parts parts);

  // Gives the attendance what is stored of before, if anything is; before anybody is seen. What cannot be read is an
  // error and is passed over: DATA_LOSS or FAILED_PRECONDITION of the record, or the store's.
  absl::Status Restore(absl::Time now);
  // Begins to keep it.
  void Start();
  // Keeps it as it is now, and waits for that: it is on the disk when this returns OK; UNAVAILABLE if it is not.
  absl::Status Keep();

 private:
  void Round();
  void Next();

  const Parts parts_;
  std::string kept_;  // what is stored, as far as is known; a round's alone
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_ATTENDANCE_KEEPER_H_
