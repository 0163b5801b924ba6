#ifndef ENVEJ_PROTO_CONTRACT_TRACE_CONTEXT_H_
#define ENVEJ_PROTO_CONTRACT_TRACE_CONTEXT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace envej::contract {

// The name of the metadata (and HTTP header) that carries a trace context.
inline constexpr char kTraceparent[] = "traceparent";

// By which a caller lets one request be found again in the logs of all who handled it: a trace, and the span of it that
// a call is, as W3C Trace Context has them (https://www.w3.org/TR/trace-context/), in version 00. Both are random and
// mean nothing; nothing is decided by them, since the caller chooses them.
class TraceContext {
 public:
  // From the text of a traceparent; nothing unless it is one of version 00, to the letter: lower-case hexadecimal
  // digits, neither id zero. Never looks further than a traceparent is long.
  static std::optional<TraceContext> Parse(absl::string_view traceparent);

  // A trace and a span of their own; sampled. Nothing if the system gives no random bytes.
  static std::optional<TraceContext> New();

  // Another span of the same trace, with the same flags. Nothing if the system gives no random bytes.
  std::optional<TraceContext> Child() const;

  // The text of the traceparent, 55 characters. Of the flags only what version 00 defines is passed on.
  std::string ToString() const;

  // In lower-case hexadecimal digits: 32, and 16.
  std::string trace_id() const;
  std::string span_id() const;

  bool operator==(const TraceContext&) const = default;

 private:
  std::array<uint8_t, 16> trace_{};
  std::array<uint8_t, 8> span_{};
  uint8_t flags_ = 0;
};

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_TRACE_CONTEXT_H_
