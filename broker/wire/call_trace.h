#ifndef ENVEJ_BROKER_WIRE_CALL_TRACE_H_
#define ENVEJ_BROKER_WIRE_CALL_TRACE_H_

#include <grpcpp/server_context.h>

#include <optional>
#include <utility>

#include "absl/strings/string_view.h"
#include "broker/log.h"
#include "proto/contract/trace_context.h"

namespace envej::wire {

// The trace that a call belongs to, as its caller says; nothing unless it says one, once, in the form of the contract.
// The caller chooses it, so it stands in log lines about the call and nothing else comes of it.
using CallTrace = std::optional<contract::TraceContext>;

CallTrace TraceOf(const grpc::ServerContextBase& context);

// Fields of a log line about a call: `trace_id` and `span_id`; empty, and so left out, where the caller named no trace.
using LogField = std::pair<absl::string_view, Log::Value>;
LogField TraceField(const CallTrace& trace);
LogField SpanField(const CallTrace& trace);

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_CALL_TRACE_H_
