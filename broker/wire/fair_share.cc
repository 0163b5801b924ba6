#include "broker/wire/fair_share.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "proto/contract/rejection.h"
#include "proto/contract/status_codec.h"

namespace envej::wire {
namespace {

using contract::Reason;

// Whose refusal is held back, beside its reason.
constexpr absl::string_view kParticipantPayload = "envej/participant";

absl::Status ToBeHeld(absl::Status refusal, const std::string& participant) {
  refusal.SetPayload(kParticipantPayload, absl::Cord(participant));
  return refusal;
}

// Between two refusals of one certificate that is not let in.
constexpr absl::Duration kBetweenRefused = absl::Milliseconds(10);

}  // namespace

absl::Status FairShare::Admit(const Caller& caller, int cost) {
  const std::optional<absl::Duration> delay = limit_.Take(caller.identity, cost, clock_.Elapsed());
  if (!delay.has_value()) return absl::OkStatus();
  const std::optional<int64_t> left_out = lines_.Admit();
  if (left_out.has_value()) {
    log_.Warning("rate_exceeded",
                 {{"caller", certs::ToUri(caller.identity)}, TraceField(caller.trace), {"left_out", *left_out}});
  }
  return ToBeHeld(contract::RefusalFor(Reason::kRateExceeded, *delay), certs::ParticipantUri(caller.identity));
}

absl::Status FairShare::Refused(absl::Status refusal, absl::string_view fingerprint) const {
  return ToBeHeld(std::move(refusal), absl::StrCat("certificate:", fingerprint));
}

absl::Status FairShare::AdmitBatch(const Caller& caller, size_t notices) {
  return notices > 1 ? Admit(caller, static_cast<int>(notices - 1)) : absl::OkStatus();
}

grpc::ServerUnaryReactor* FairShare::Do(grpc::CallbackServerContext& context, const Caller& caller, size_t bytes,
                                        Piece piece) {
  grpc::ServerUnaryReactor* reactor = context.DefaultReactor();
  const auto work = [this, &context, reactor, caller, piece = std::move(piece), begun = false]() mutable {
    if (!std::exchange(begun, true)) {
      const bool too_late = absl::FromChrono(context.deadline()) <= clock_.Now();
      if (too_late || context.IsCancelled()) {
        const absl::Status end = too_late ? contract::Refusal(Reason::kDeadlinePassed) : absl::CancelledError();
        End(*reactor, refusals_.Counted(caller, end));
        return false;
      }
    }
    return piece(*reactor);
  };
  const absl::Duration now = clock_.Elapsed();
  if (!turns_.Begin(certs::ParticipantUri(caller.identity), bytes, limit_.IsCalm(caller.identity, now), now, work)) {
    End(*reactor, refusals_.Counted(caller, ToBeHeld(contract::Refusal(Reason::kBrokerBusy),
                                                     certs::ParticipantUri(caller.identity))));
  }
  return reactor;
}

grpc::ServerUnaryReactor* FairShare::Finish(grpc::CallbackServerContext& context, const absl::StatusOr<Caller>& caller,
                                            const absl::Status& status) {
  grpc::ServerUnaryReactor* reactor = context.DefaultReactor();
  End(*reactor, caller.ok() ? refusals_.Counted(*caller, status) : caller.status());
  return reactor;
}

void FairShare::End(grpc::ServerUnaryReactor& reactor, const absl::Status& status) {
  const absl::optional<absl::Cord> participant = status.GetPayload(kParticipantPayload);
  if (!participant.has_value()) return reactor.Finish(refusals_.OfEntry(status));
  contract::Rejection rejection = contract::RejectionOf(status);
  const std::optional<absl::Duration> delay =
      rejection.retry_after.has_value() ? rejection.retry_after : contract::RetryDelay(rejection.reason);
  held_.Hold(std::string(*participant), delay.value_or(kBetweenRefused),
             [&reactor, delay, rejection = std::move(rejection)](absl::Duration held) mutable {
               if (delay.has_value()) rejection.retry_after = std::max(*delay - held, absl::ZeroDuration());
               reactor.Finish(contract::ToGrpcStatus(rejection));
             });
}

}  // namespace envej::wire
