#include "broker/wire/running_calls.h"

#include <grpcpp/generic/async_generic_service.h>

namespace envej::wire {

// What gRPC knows of one call. It lives as long as the call: gRPC gives it back when the answer has been written.
class RunningCalls::Context final : public grpc::CallbackServerContext {
 public:
  explicit Context(RunningCalls& calls) : calls_(calls), counted_(calls.Begin()) {}
  ~Context() override {
    if (counted_) calls_.End();
  }

 private:
  RunningCalls& calls_;
  const bool counted_;
};

// Those of calls that nobody serves must be made here too, uncounted: gRPC gives them back like all others, also if it
// has made them itself.
class RunningCalls::Contexts final : public grpc::ContextAllocator {
 public:
  explicit Contexts(RunningCalls& calls) : calls_(calls) {}

  grpc::CallbackServerContext* NewCallbackServerContext() override { return new Context(calls_); }
  grpc::GenericCallbackServerContext* NewGenericCallbackServerContext() override {
    return new grpc::GenericCallbackServerContext;
  }
  void Release(grpc::CallbackServerContext* context) override { delete context; }
  void Release(grpc::GenericCallbackServerContext* context) override { delete context; }

 private:
  RunningCalls& calls_;
};

std::unique_ptr<grpc::ContextAllocator> RunningCalls::Counter() { return std::make_unique<Contexts>(*this); }

bool RunningCalls::Begin() {
  const MutexLock lock(mutex_);
  if (stopping_) return false;
  ++running_;
  return true;
}

void RunningCalls::End() {
  const MutexLock lock(mutex_);
  if (--running_ == 0) ended_.NotifyAll();
}

void RunningCalls::WaitForEnd(const Clock& clock, absl::Time deadline) {
  const MutexLock lock(mutex_);
  stopping_ = true;
  while (running_ > 0) {
    const absl::Duration left = deadline - clock.Now();
    if (left <= absl::ZeroDuration()) return;
    ended_.WaitFor(mutex_, left);
  }
}

}  // namespace envej::wire
