#ifndef ENVEJ_BROKER_WIRE_GATE_H_
#define ENVEJ_BROKER_WIRE_GATE_H_

#include <grpcpp/server_context.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/admission/access_policy.h"
#include "broker/log.h"
#include "broker/log_limit.h"
#include "broker/trust/trust.h"
#include "broker/wire/call_trace.h"
#include "broker/wire/caller.h"
#include "broker/wire/fair_share.h"
#include "broker/wire/refusals.h"
#include "broker/wire/running_calls.h"
#include "certs/certificate.h"
#include "certs/identity.h"
#include "certs/peer_certificates.h"
#include "proto/contract/rejection.h"

namespace envej::wire {

// The first step of every call: who is calling, whether that kind of caller may, whether there is still time, and
// whether it calls no faster than agreed.
// None of our code looks at the request before. gRPC has by then decoded those of the calls that do not submit, and has
// itself refused what is no message, whoever sent it. Thread-safe.
class Gate {
 public:
  // Whether operations have suspended who calls. Any thread; must not block.
  using Suspended = std::function<bool(const certs::Identity& caller)>;

  // All must outlive it. Without `suspended` only the register suspends.
  Gate(const trust::CurrentTrust& trust, FairShare& share, const Refusals& refusals, const Clock& clock, const Log& log,
       Suspended suspended = nullptr)
      : trust_(trust),
        suspended_(std::move(suspended)),
        share_(share),
        refusals_(refusals),
        clock_(clock),
        log_(log),
        unknown_lines_(clock),
        refused_lines_(clock) {}

  // The caller, judged anew at every call, whatever was found at the handshake or at an earlier call; or a refusal,
  // which is counted: CALLER_UNKNOWN, CALLER_REVOKED, CALLER_STANDING_UNKNOWN, PARTICIPANT_SUSPENDED,
  // CALLER_KIND_NOT_ALLOWED, BROKER_STOPPING, BROKER_RECOVERING, DEADLINE_PASSED, RATE_EXCEEDED. Log lines about it,
  // here and later, name the trace that the caller gives.
  absl::StatusOr<Caller> Enter(grpc::ServerContextBase& context, admission::Method method) const;

  // Whose certificate this is, if it may make such a call now; or a refusal as Enter's, which is counted. For whoever
  // comes by another way than a call.
  absl::StatusOr<Caller> Judge(const certs::Certificate& certificate, admission::Method method) const {
    return Judge(certificate, method, std::nullopt);
  }

  // Whether a call that has entered would still be let in, but for the time. Must not be asked with a lock that an
  // entering call takes.
  bool MayGoOn(const RunningCalls::Call& call) const;

  // How the work of those who entered is done, and how calls are ended.
  FairShare& share() const { return share_; }

  // Told of every call of a participant that may make it, also if it is then refused because it is too early, too late
  // or too much. Any thread; must not block. To be set before the first call.
  using Seen = std::function<void(const Caller& caller, absl::Time now)>;
  void TellSeen(Seen seen) { seen_ = std::move(seen); }

  // Whether pulls are refused with BROKER_RECOVERING; at first they are not. Those that wait already go on.
  void HoldPulls(bool hold) { pulls_held_ = hold; }

  // From now on every call is refused with BROKER_STOPPING.
  void Close() {
    closed_ = true;
    share_.Release();
  }

 private:
  absl::StatusOr<Caller> Judge(const certs::Certificate& certificate, admission::Method method,
                               const CallTrace& trace) const;
  absl::StatusOr<Caller> Identify(const certs::Certificate& certificate, const CallTrace& trace) const;
  absl::Status Authorise(const Caller& caller, admission::Method method) const;
  void LogCall(const Caller& caller, admission::Method method) const;
  absl::Status Unidentified(contract::Reason reason, const absl::Status& why, const CallTrace& trace) const;

  std::optional<contract::Rejection> Forbids(const Caller& caller, admission::Method method) const;

  const trust::CurrentTrust& trust_;
  const Suspended suspended_;
  FairShare& share_;
  const Refusals& refusals_;
  const Clock& clock_;
  const Log& log_;
  Seen seen_;
  mutable LogLimit unknown_lines_;
  mutable LogLimit refused_lines_;
  mutable certs::PeerCertificates certificates_;  // a cache
  std::atomic<bool> closed_ = false;
  std::atomic<bool> pulls_held_ = false;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_GATE_H_
