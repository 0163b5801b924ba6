#ifndef ENVEJ_BROKER_WIRE_RATE_GUARD_H_
#define ENVEJ_BROKER_WIRE_RATE_GUARD_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "absl/status/status.h"
#include "broker/admission/rate_limit.h"
#include "broker/clock.h"
#include "broker/inbox/scheduler.h"
#include "broker/log.h"
#include "broker/log_limit.h"
#include "broker/wire/held_answers.h"
#include "certs/identity.h"

namespace envej::wire {

// No participant sends faster than agreed. Thread-safe.
class RateGuard {
 public:
  // All must outlive this object; the scheduler is stopped before it ends.
  RateGuard(const admission::RateLimit::Options& limit, inbox::Scheduler& scheduler, const Clock& clock, const Log& log)
      : limit_(limit), clock_(clock), log_(log), lines_(clock), held_(scheduler, clock) {}

  // Takes `cost` from what the caller may do now, or refuses with RATE_EXCEEDED and the delay after which it may.
  absl::Status Admit(const certs::Identity& caller, int cost);

  // Finishes the call with what is not OK. What Admit gave is held back for a while, which counts as part of its delay.
  grpc::ServerUnaryReactor* Refuse(grpc::CallbackServerContext* context, const absl::Status& status);

  // Nothing is held back any more: the broker stops.
  void Release() { held_.Release(); }

 private:
  admission::RateLimit limit_;
  const Clock& clock_;
  const Log& log_;
  LogLimit lines_;
  HeldAnswers held_;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_RATE_GUARD_H_
