#include "broker/wire/refusals.h"

#include "absl/strings/cord.h"
#include "broker/wire/call_trace.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/rejection.h"
#include "proto/contract/status_codec.h"

namespace envej::wire {
namespace {

// By which an error of ours takes the call's trace to the log.
constexpr absl::string_view kTracePayload = "envej/trace";

CallTrace TraceOfError(const absl::Status& status) {
  const absl::optional<absl::Cord> trace = status.GetPayload(kTracePayload);
  if (!trace.has_value()) return std::nullopt;
  return contract::TraceContext::Parse(std::string(*trace));
}

}  // namespace

absl::Status Refusals::Counted(const Caller& caller, absl::Status status) const {
  const contract::Reason reason = contract::RejectionOf(status).reason;
  if (reason != contract::Reason::kNone && logs_calls_) {
    log_.Info("call_refused", {{"caller", certs::ToUri(caller.identity)},
                               {"reason", std::string(contract::Describe(reason).name)},
                               TraceField(caller.trace),
                               SpanField(caller.trace)});
  }
  return CountedQuietly(caller, std::move(status));
}

absl::Status Refusals::CountedQuietly(const Caller& caller, absl::Status status) const {
  const contract::Reason reason = contract::RejectionOf(status).reason;
  if (reason == contract::Reason::kNone) {
    if (!status.ok() && caller.trace.has_value()) {
      status.SetPayload(kTracePayload, absl::Cord(caller.trace->ToString()));
    }
    return status;
  }
  count_({.caller = certs::ToUri(caller.identity),
          .actor = caller.certificate.fingerprint(),
          .reason = static_cast<uint32_t>(reason)});
  return status;
}

absl::Status Refusals::CountedOfUnknown(absl::Status status, const certs::Certificate* certificate) const {
  const contract::Reason reason = contract::RejectionOf(status).reason;
  const bool is_stranger = certificate == nullptr || reason == contract::Reason::kCallerUnknown;
  count_({.caller = {},
          .actor = is_stranger ? std::string() : certificate->fingerprint(),
          .reason = static_cast<uint32_t>(reason)});
  return status;
}

grpc::Status Refusals::OfCall(const Caller& caller, const absl::Status& status) const {
  return OfEntry(Counted(caller, status));
}

std::optional<v1::Rejection> Refusals::OfItem(const Caller& caller, const absl::Status& status) const {
  const contract::Rejection rejection = contract::RejectionOf(CountedQuietly(caller, status));
  if (rejection.reason == contract::Reason::kNone) return std::nullopt;
  return contract::ToMessage(rejection);
}

grpc::Status Refusals::OfEntry(const absl::Status& status) const {
  if (status.ok()) return grpc::Status::OK;
  const contract::Rejection rejection = contract::RejectionOf(status);
  if (rejection.reason != contract::Reason::kNone) return contract::ToGrpcStatus(rejection);
  if (absl::IsCancelled(status)) return grpc::Status::CANCELLED;
  const CallTrace trace = TraceOfError(status);
  const std::string error = status.ToString(absl::StatusToStringMode::kWithNoExtraData);
  if (absl::IsDataLoss(status)) {
    log_.Error("call_failed", {{"error", error},
                               TraceField(trace),
                               {"next",
                                "what is stored is damaged: stop the broker, keep its files, look with envej-broker "
                                "journal verify, and restore a backup"}});
  } else {
    log_.Error("call_failed", {{"error", error}, TraceField(trace)});
  }
  if (absl::IsUnavailable(status)) {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE,
                        "the broker cannot answer now; repeat the call with the same ids");
  }
  return grpc::Status(grpc::StatusCode::INTERNAL, "the broker failed; its operations staff find the error in the log");
}

}  // namespace envej::wire
