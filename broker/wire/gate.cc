#include "broker/wire/gate.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "broker/admission/call_cost.h"
#include "proto/contract/rejection.h"

namespace envej::wire {
namespace {

contract::Reason ReasonFor(const absl::Status& unidentified) {
  if (absl::IsPermissionDenied(unidentified)) return contract::Reason::kCallerRevoked;
  if (absl::IsUnavailable(unidentified)) return contract::Reason::kCallerStandingUnknown;
  return contract::Reason::kCallerUnknown;
}

absl::string_view PathOf(admission::Method method) {
  const auto* rule = std::find_if(admission::kAccessPolicy.begin(), admission::kAccessPolicy.end(),
                                  [&](const admission::AccessRule& row) { return row.method == method; });
  return rule != admission::kAccessPolicy.end() ? rule->path : absl::string_view();
}

}  // namespace

absl::StatusOr<Caller> Gate::Enter(grpc::ServerContextBase& context, admission::Method method) const {
  const CallTrace trace = TraceOf(context);
  const absl::StatusOr<certs::Certificate> certificate = certificates_.Of(*context.auth_context());
  if (!certificate.ok()) {
    return refusals_.CountedOfUnknown(Unidentified(contract::Reason::kCallerUnknown, certificate.status(), trace),
                                      nullptr);
  }
  absl::StatusOr<Caller> caller = Judge(*certificate, method, trace);
  if (!caller.ok()) return share_.Refused(caller.status(), certificate->fingerprint());
  absl::Status refusal;
  const absl::Time now = clock_.Now();
  if (closed_) refusal = contract::Refusal(contract::Reason::kBrokerStopping);
  if (refusal.ok() && pulls_held_ && method == admission::Method::kPullNotices) {
    refusal = contract::Refusal(contract::Reason::kBrokerRecovering);
  }
  if (refusal.ok() && absl::FromChrono(context.deadline()) <= now) {
    refusal = contract::Refusal(contract::Reason::kDeadlinePassed);
  }
  if (refusal.ok()) refusal = share_.Admit(*caller, admission::CostOf(method));
  if (!refusal.ok()) return refusals_.Counted(*caller, refusal);
  RunningCalls::Tell(context, {.caller = *certificate, .method = method});
  if (refusals_.logs_calls()) LogCall(*caller, method);
  return caller;
}

absl::StatusOr<Caller> Gate::Judge(const certs::Certificate& certificate, admission::Method method,
                                   const CallTrace& trace) const {
  absl::StatusOr<Caller> caller = Identify(certificate, trace);
  if (!caller.ok()) return refusals_.CountedOfUnknown(caller.status(), &certificate);
  const absl::Status refusal = Authorise(*caller, method);
  if (!refusal.ok()) {
    const bool is_stranger = contract::RejectionOf(refusal).reason == contract::Reason::kCallerUnknown;
    return is_stranger ? refusals_.CountedOfUnknown(refusal, nullptr) : refusals_.Counted(*caller, refusal);
  }
  if (seen_) seen_(*caller, clock_.Now());
  return caller;
}

bool Gate::MayGoOn(const RunningCalls::Call& call) const {
  const absl::StatusOr<Caller> caller = Identify(call.caller, std::nullopt);
  return caller.ok() && Authorise(*caller, call.method).ok();
}

absl::StatusOr<Caller> Gate::Identify(const certs::Certificate& certificate, const CallTrace& trace) const {
  std::shared_ptr<const trust::Trust> trust = trust_.Get();
  absl::StatusOr<certs::Identity> identity = trust->Identify(certificate, clock_.Now());
  if (!identity.ok()) return Unidentified(ReasonFor(identity.status()), identity.status(), trace);
  return Caller{
      .identity = *std::move(identity), .certificate = certificate, .trust = std::move(trust), .trace = trace};
}

void Gate::LogCall(const Caller& caller, admission::Method method) const {
  log_.Info("call", {{"method", std::string(PathOf(method))},
                     {"caller", certs::ToUri(caller.identity)},
                     TraceField(caller.trace),
                     SpanField(caller.trace)});
}

std::optional<contract::Rejection> Gate::Forbids(const Caller& caller, admission::Method method) const {
  std::optional<contract::Rejection> rejection = caller.trust->admission().Authorise(caller.identity, method);
  const bool is_stranger = rejection.has_value() && rejection->reason == contract::Reason::kCallerUnknown;
  if (is_stranger || !suspended_ || !suspended_(caller.identity)) return rejection;
  return contract::Rejection{.reason = contract::Reason::kParticipantSuspended, .violations = {}};
}

absl::Status Gate::Authorise(const Caller& caller, admission::Method method) const {
  const std::optional<contract::Rejection> rejection = Forbids(caller, method);
  if (!rejection.has_value()) return absl::OkStatus();
  if (const std::optional<int64_t> left_out = refused_lines_.Admit()) {
    log_.Warning("caller_refused", {{"caller", certs::ToUri(caller.identity)},
                                    {"reason", std::string(contract::Describe(rejection->reason).name)},
                                    TraceField(caller.trace),
                                    {"left_out", *left_out}});
  }
  return contract::ToStatus(*rejection);
}

absl::Status Gate::Unidentified(contract::Reason reason, const absl::Status& why, const CallTrace& trace) const {
  if (const std::optional<int64_t> left_out = unknown_lines_.Admit()) {
    log_.Warning("caller_unknown", {{"reason", std::string(contract::Describe(reason).name)},
                                    {"error", std::string(why.message())},
                                    TraceField(trace),
                                    {"left_out", *left_out}});
  }
  return contract::Refusal(reason);
}

}  // namespace envej::wire
