#ifndef ENVEJ_BROKER_WIRE_EVENT_WATCHES_H_
#define ENVEJ_BROKER_WIRE_EVENT_WATCHES_H_

#include <grpcpp/server_context.h>

#include "broker/inbox/inboxes.h"
#include "broker/inbox/scheduler.h"
#include "broker/operations/answers.h"
#include "broker/wire/gate.h"
#include "broker/wire/journal_watches.h"
#include "broker/wire/refusals.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::wire {

// The streams by which operations see all that the journal records. One that begins with what happens from now on
// tells its token at once, so that nothing is missed if it breaks off before there was anything to tell. Thread-safe.
class EventWatches {
 public:
  // All must outlive it; the scheduler is stopped before it ends, and no stream is left.
  EventWatches(inbox::Inboxes& inboxes, operations::Answers& answers, inbox::Scheduler& scheduler, const Gate& gate,
               const Refusals& refusals, const Clock& clock)
      : answers_(answers), gate_(gate), refusals_(refusals), watches_(inboxes, scheduler, refusals, clock) {}

  // Call once.
  void Start() { watches_.Start(); }
  // Ends all streams with BROKER_STOPPING, and takes no more.
  void End() { watches_.End(); }

  using Reactor = grpc::ServerWriteReactor<v1::WatchEventsResponse>;
  // Refused: what Gate::Enter refuses, REQUEST_OUT_OF_RANGE, MUNICIPALITY_UNKNOWN, WATCH_TOKEN_INVALID, BROKER_BUSY.
  Reactor* Watch(grpc::CallbackServerContext& context, const v1::WatchEventsRequest& request);

 private:
  operations::Answers& answers_;
  const Gate& gate_;
  const Refusals& refusals_;
  JournalWatches<v1::WatchEventsResponse> watches_;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_EVENT_WATCHES_H_
