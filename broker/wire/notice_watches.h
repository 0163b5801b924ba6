#ifndef ENVEJ_BROKER_WIRE_NOTICE_WATCHES_H_
#define ENVEJ_BROKER_WIRE_NOTICE_WATCHES_H_

#include <grpcpp/server_context.h>

#include "broker/inbox/inboxes.h"
#include "broker/inbox/scheduler.h"
#include "broker/wire/gate.h"
#include "broker/wire/journal_watches.h"
#include "broker/wire/refusals.h"
#include "envej/v1/intake_service.pb.h"

namespace envej::wire {

// The streams by which regions see what becomes of their notices. Thread-safe.
class NoticeWatches {
 public:
  // All must outlive it; the scheduler is stopped before it ends, and no stream is left.
  NoticeWatches(inbox::Inboxes& inboxes, inbox::Scheduler& scheduler, const trust::CurrentTrust& trust,
                const Gate& gate, const Refusals& refusals, const Clock& clock)
      : trust_(trust), gate_(gate), refusals_(refusals), clock_(clock), watches_(inboxes, scheduler, refusals, clock) {}

  // Call once.
  void Start() { watches_.Start(); }
  // Ends all streams with BROKER_STOPPING, and takes no more.
  void End() { watches_.End(); }

  using Reactor = grpc::ServerWriteReactor<v1::WatchNoticesResponse>;
  // Refused: what Gate::Enter refuses, WATCH_TOKEN_INVALID, BROKER_BUSY.
  Reactor* Watch(grpc::CallbackServerContext& context, const v1::WatchNoticesRequest& request);

 private:
  // What a region is told of, now.
  journal::EventFilter FilterOf(const certs::Identity& caller) const;

  const trust::CurrentTrust& trust_;
  const Gate& gate_;
  const Refusals& refusals_;
  const Clock& clock_;
  JournalWatches<v1::WatchNoticesResponse> watches_;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_NOTICE_WATCHES_H_
