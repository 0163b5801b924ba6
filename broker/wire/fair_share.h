#ifndef ENVEJ_BROKER_WIRE_FAIR_SHARE_H_
#define ENVEJ_BROKER_WIRE_FAIR_SHARE_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "broker/admission/rate_limit.h"
#include "broker/clock.h"
#include "broker/inbox/scheduler.h"
#include "broker/log.h"
#include "broker/log_limit.h"
#include "broker/wire/caller.h"
#include "broker/wire/held_answers.h"
#include "broker/wire/refusals.h"
#include "broker/wire/turns.h"
#include "certs/identity.h"

namespace envej::wire {

// No participant takes more than its share: it sends no faster than agreed (admission/rate_limit.h), gains nothing by
// asking again at once (held_answers.h), and its work waits for its own turn (turns.h). Thread-safe.
class FairShare {
 public:
  // All must outlive this object; the scheduler is stopped before it ends, and no call comes any more.
  FairShare(const admission::RateLimit::Options& limit, inbox::Scheduler& scheduler, const Refusals& refusals,
            const Clock& clock, const Log& log)
      : limit_(limit), refusals_(refusals), clock_(clock), log_(log), lines_(clock), held_(scheduler, clock) {}

  // Takes `cost` from what the caller may do now, or refuses with RATE_EXCEEDED and the delay after which it may.
  absl::Status Admit(const Caller& caller, int cost);
  // What a batch takes beyond the call itself.
  absl::Status AdmitBatch(const Caller& caller, size_t notices);

  // The refusal of a caller on its way in, by the fingerprint of its certificate: those of one certificate are held
  // back one after the other, since no allowance bounds them.
  absl::Status Refused(absl::Status refusal, absl::string_view fingerprint) const;

  // One piece of a call's work; the last one has the reactor finished, at once or later. True if there is more.
  using Piece = std::function<bool(grpc::ServerUnaryReactor& reactor)>;

  // Does the call's work in the caller's turn, and gives the call's reactor. `bytes`: what the work keeps in memory.
  // Refused: BROKER_BUSY, if too much of the caller's or of all waits. A call whose caller has gone away, or whose
  // deadline has passed, before its turn came is ended without any.
  grpc::ServerUnaryReactor* Do(grpc::CallbackServerContext& context, const Caller& caller, size_t bytes, Piece piece);

  // Ends the call with the status, or with what refused its caller on its way in. What came too fast, or is refused on
  // its way in, is held back for a while, which counts as part of its delay.
  grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext& context, const absl::StatusOr<Caller>& caller,
                                   const absl::Status& status = absl::OkStatus());

  // Nothing is held back any more: the broker stops.
  void Release() { held_.Release(); }

 private:
  // `status` is counted.
  void End(grpc::ServerUnaryReactor& reactor, const absl::Status& status);

  admission::RateLimit limit_;
  const Refusals& refusals_;
  const Clock& clock_;
  const Log& log_;
  LogLimit lines_;
  HeldAnswers held_;
  Turns turns_;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_FAIR_SHARE_H_
