#ifndef ENVEJ_CERTS_CALL_TRACING_H_
#define ENVEJ_CERTS_CALL_TRACING_H_

#include <grpcpp/support/client_interceptor.h>

#include <memory>
#include <string>
#include <vector>

namespace envej::certs {

// Every call of a client says to which trace it belongs (`traceparent`, proto/contract/trace_context.h), so that the
// run of a program can be found again in the broker's log. A run is one trace: that of the environment variable
// TRACEPARENT, where it holds one, and otherwise a new, random one. Each call, and each attempt of one, is a span of
// its own. Where the system gives no random bytes, calls go without. Thread-safe.

using ClientInterceptors = std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>;

// What a channel is made with, so that its calls say it.
ClientInterceptors TracingInterceptors();

// One line for whoever asks operations about this run, ended by a line feed; empty if it made no call.
std::string TraceToAskAbout();

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_CALL_TRACING_H_
