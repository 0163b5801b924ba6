#include "broker/wire/call_trace.h"

#include <iterator>
#include <string>

namespace envej::wire {

CallTrace TraceOf(const grpc::ServerContextBase& context) {
  const auto [first, end] = context.client_metadata().equal_range(contract::kTraceparent);
  if (first == end || std::next(first) != end) return std::nullopt;
  return contract::TraceContext::Parse(absl::string_view(first->second.data(), first->second.size()));
}

LogField TraceField(const CallTrace& trace) {
  return {"trace_id", trace.has_value() ? trace->trace_id() : std::string()};
}

LogField SpanField(const CallTrace& trace) { return {"span_id", trace.has_value() ? trace->span_id() : std::string()}; }

}  // namespace envej::wire
