#include "broker/wire/gate.h"

#include <string>

#include "broker/wire/status.h"
#include "certs/peer_identity.h"
#include "proto/contract/rejection.h"

namespace envej::wire {

absl::StatusOr<Caller> Gate::Enter(const grpc::ServerContextBase& context, admission::Method method) const {
  const auto peer = certificates_.Of(*context.auth_context());
  if (!peer.ok()) return Unknown(peer.status());
  const absl::StatusOr<certs::Identity> caller = certs::PeerIdentity(**peer, admission_.subjects());
  if (!caller.ok()) return Unknown(caller.status());
  if (const std::optional<contract::Rejection> rejection = admission_.Authorise(*caller, method)) {
    log_.Warning("caller_refused", {{"caller", certs::ToUri(*caller)},
                                    {"reason", std::string(contract::Describe(rejection->reason).name)}});
    return contract::ToStatus(*rejection);
  }
  if (closed_) return contract::Refusal(contract::Reason::kBrokerStopping);
  if (absl::FromChrono(context.deadline()) <= clock_.Now()) return contract::Refusal(contract::Reason::kDeadlinePassed);
  const absl::Status admitted = share_.Admit(*caller, admission::CostOf(method));
  if (!admitted.ok()) return admitted;
  return Caller{.identity = *caller, .certificate = (*peer)->certificate};
}

absl::Status Gate::Unknown(const absl::Status& why) const {
  log_.Warning("caller_unknown", {{"error", std::string(why.message())}});
  return contract::Refusal(contract::Reason::kCallerUnknown);
}

}  // namespace envej::wire
