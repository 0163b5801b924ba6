#include "certs/call_tracing.h"

#include <atomic>
#include <cstdlib>
#include <optional>

#include "absl/strings/str_cat.h"
#include "proto/contract/trace_context.h"

namespace envej::certs {
namespace {

using contract::TraceContext;
using grpc::experimental::ClientRpcInfo;
using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;

const std::optional<TraceContext>& TraceOfRun() {
  static const std::optional<TraceContext> trace = [] {
    const char* given = std::getenv("TRACEPARENT");
    const std::optional<TraceContext> parent = given != nullptr ? TraceContext::Parse(given) : std::nullopt;
    return parent.has_value() ? parent : TraceContext::New();
  }();
  return trace;
}

std::atomic<bool>& AnyCall() {
  static std::atomic<bool> any{false};
  return any;
}

class TracingInterceptor final : public Interceptor {
 public:
  void Intercept(InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      AnyCall() = true;
      const std::optional<TraceContext> span = TraceOfRun().has_value() ? TraceOfRun()->Child() : std::nullopt;
      if (span.has_value()) methods->GetSendInitialMetadata()->emplace(contract::kTraceparent, span->ToString());
    }
    methods->Proceed();
  }
};

class TracingInterceptorFactory final : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  Interceptor* CreateClientInterceptor(ClientRpcInfo* /*info*/) override { return new TracingInterceptor; }
};

}  // namespace

ClientInterceptors TracingInterceptors() {
  ClientInterceptors interceptors;
  interceptors.push_back(std::make_unique<TracingInterceptorFactory>());
  return interceptors;
}

std::string TraceToAskAbout() {
  if (!AnyCall() || !TraceOfRun().has_value()) return {};
  return absl::StrCat("for operations: this run is trace_id ", TraceOfRun()->trace_id(), " in the broker's log\n");
}

}  // namespace envej::certs
