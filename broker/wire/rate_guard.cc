#include "broker/wire/rate_guard.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "broker/wire/status.h"
#include "proto/contract/rejection.h"
#include "proto/contract/status_codec.h"

namespace envej::wire {
namespace {

// Whom a refusal of Admit is for, beside its reason.
constexpr absl::string_view kParticipantPayload = "envej/participant";

}  // namespace

absl::Status RateGuard::Admit(const certs::Identity& caller, int cost) {
  const std::optional<absl::Duration> delay = limit_.Take(caller, cost, clock_.Elapsed());
  if (!delay.has_value()) return absl::OkStatus();
  const std::optional<int64_t> left_out = lines_.Admit();
  if (left_out.has_value()) {
    log_.Warning("rate_exceeded", {{"caller", certs::ToUri(caller)}, {"left_out", *left_out}});
  }
  absl::Status refusal = contract::RefusalFor(contract::Reason::kRateExceeded, *delay);
  refusal.SetPayload(kParticipantPayload, absl::Cord(absl::StrCat(certs::KindName(caller.kind), ":", caller.code)));
  return refusal;
}

grpc::ServerUnaryReactor* RateGuard::Refuse(grpc::CallbackServerContext* context, const absl::Status& status) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::optional<absl::Cord> participant = status.GetPayload(kParticipantPayload);
  if (!participant.has_value()) {
    reactor->Finish(ToCallStatus(status, log_));
    return reactor;
  }
  contract::Rejection rejection = contract::RejectionOf(status);
  const absl::Duration delay = rejection.retry_after.value_or(absl::ZeroDuration());
  held_.Hold(std::string(*participant), delay,
             [reactor, delay, rejection = std::move(rejection)](absl::Duration held) mutable {
               rejection.retry_after = std::max(delay - held, absl::ZeroDuration());
               reactor->Finish(contract::ToGrpcStatus(rejection));
             });
  return reactor;
}

}  // namespace envej::wire
