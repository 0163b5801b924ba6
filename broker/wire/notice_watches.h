#ifndef ENVEJ_BROKER_WIRE_NOTICE_WATCHES_H_
#define ENVEJ_BROKER_WIRE_NOTICE_WATCHES_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <map>
#include <set>
#include <string>

#include "broker/inbox/inboxes.h"
#include "broker/inbox/scheduler.h"
#include "broker/mutex.h"
#include "broker/wire/gate.h"
#include "broker/wire/refusals.h"
#include "envej/v1/intake_service.pb.h"

namespace envej::wire {

// The streams by which regions see what becomes of their notices. A stream reads the journal as fast as its reader
// takes it, and looks again for what is new five times a second; it keeps nothing but its place there. Thread-safe.
class NoticeWatches {
 public:
  static constexpr size_t kMost = 1000;
  static constexpr size_t kEachMost = 50;  // of one region
  static constexpr absl::Duration kInterval = absl::Milliseconds(200);
  // After so long without anything to tell, a stream tells its token alone: so that the next one need not read it
  // again.
  static constexpr absl::Duration kQuiet = absl::Seconds(30);

  // All must outlive it; the scheduler is stopped before it ends, and no stream is left.
  NoticeWatches(inbox::Inboxes& inboxes, inbox::Scheduler& scheduler, const trust::CurrentTrust& trust,
                const Gate& gate, const Refusals& refusals, const Clock& clock)
      : inboxes_(inboxes), scheduler_(scheduler), trust_(trust), gate_(gate), refusals_(refusals), clock_(clock) {}
  NoticeWatches(const NoticeWatches&) = delete;
  NoticeWatches& operator=(const NoticeWatches&) = delete;

  // Call once.
  void Start();
  // Ends all streams with BROKER_STOPPING, and takes no more.
  void End();

  using Reactor = grpc::ServerWriteReactor<v1::WatchNoticesResponse>;
  // Refused: what Gate::Enter refuses, WATCH_TOKEN_INVALID, BROKER_BUSY.
  Reactor* Watch(grpc::CallbackServerContext& context, const v1::WatchNoticesRequest& request);

 private:
  class Watcher;

  void Look();
  // Whose notices a region is told of, now.
  std::set<std::string> RegionsOf(const certs::Identity& caller) const;

  inbox::Inboxes& inboxes_;
  inbox::Scheduler& scheduler_;
  const trust::CurrentTrust& trust_;
  const Gate& gate_;
  const Refusals& refusals_;
  const Clock& clock_;
  Mutex mutex_;
  bool ended_ ENVEJ_GUARDED_BY(mutex_) = false;
  std::set<Watcher*> watchers_ ENVEJ_GUARDED_BY(mutex_);
  std::map<std::string, size_t> of_region_ ENVEJ_GUARDED_BY(mutex_);  // how many
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_NOTICE_WATCHES_H_
