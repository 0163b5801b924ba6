#include "broker/wire/gate.h"

#include <optional>
#include <string>

#include "proto/contract/rejection.h"

namespace envej::wire {
namespace {

contract::Reason ReasonFor(const absl::Status& unidentified) {
  if (absl::IsPermissionDenied(unidentified)) return contract::Reason::kCallerRevoked;
  if (absl::IsUnavailable(unidentified)) return contract::Reason::kCallerStandingUnknown;
  return contract::Reason::kCallerUnknown;
}

}  // namespace

absl::StatusOr<Caller> Gate::Enter(grpc::ServerContextBase& context, admission::Method method) const {
  const absl::StatusOr<certs::Certificate> certificate = certificates_.Of(*context.auth_context());
  if (!certificate.ok()) return Refuse(contract::Reason::kCallerUnknown, certificate.status());
  absl::StatusOr<Caller> caller = Judge(*certificate, method);
  if (!caller.ok()) return caller;
  if (closed_) return contract::Refusal(contract::Reason::kBrokerStopping);
  if (absl::FromChrono(context.deadline()) <= clock_.Now()) {
    return contract::Refusal(contract::Reason::kDeadlinePassed);
  }
  RunningCalls::Tell(context, {.caller = *certificate, .method = method});
  return caller;
}

bool Gate::MayGoOn(const RunningCalls::Call& call) const { return Judge(call.caller, call.method).ok(); }

absl::StatusOr<Caller> Gate::Judge(const certs::Certificate& certificate, admission::Method method) const {
  std::shared_ptr<const trust::Trust> trust = trust_.Get();
  absl::StatusOr<certs::Identity> identity = trust->Identify(certificate, clock_.Now());
  if (!identity.ok()) return Refuse(ReasonFor(identity.status()), identity.status());
  if (const std::optional<contract::Rejection> rejection = trust->admission().Authorise(*identity, method)) {
    log_.Warning("caller_refused", {{"caller", certs::ToUri(*identity)},
                                    {"reason", std::string(contract::Describe(rejection->reason).name)}});
    return contract::ToStatus(*rejection);
  }
  return Caller{.identity = *std::move(identity), .certificate = certificate, .trust = std::move(trust)};
}

absl::Status Gate::Refuse(contract::Reason reason, const absl::Status& why) const {
  log_.Warning("caller_unknown",
               {{"reason", std::string(contract::Describe(reason).name)}, {"error", std::string(why.message())}});
  return contract::Refusal(reason);
}

}  // namespace envej::wire
