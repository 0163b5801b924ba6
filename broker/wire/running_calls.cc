#include "broker/wire/running_calls.h"

#include <grpc/grpc.h>
#include <grpcpp/generic/async_generic_service.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace envej::wire {

// What gRPC knows of one call. It lives as long as the call: gRPC gives it back when the answer has been written.
class RunningCalls::Context final : public grpc::CallbackServerContext {
 public:
  explicit Context(RunningCalls& calls) : calls_(calls) {
    const MutexLock lock(calls_.mutex_);
    if (!calls_.stopping_) calls_.running_.splice(calls_.running_.end(), place_);
  }
  ~Context() override {
    const MutexLock lock(calls_.mutex_);
    if (place_.empty()) place_.splice(place_.end(), calls_.running_, in_place_);
    if (calls_.running_.empty()) calls_.ended_.NotifyAll();
  }

  void Tell(const Call& call) {
    const MutexLock lock(calls_.mutex_);
    call_ = call;
  }
  // These two with the calls' lock. Whose it is, where that is known and it was not ended yet.
  const std::optional<Call>& call() const { return call_; }
  grpc_call* TakeToEnd() {
    call_.reset();
    grpc_call_ref(c_call());
    return c_call();
  }

 private:
  RunningCalls& calls_;
  std::optional<Call> call_;
  std::list<Context*> place_{this};  // among the running ones, as long as it is one
  const std::list<Context*>::iterator in_place_ = place_.begin();
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

void RunningCalls::Tell(grpc::ServerContextBase& context, const Call& call) {
  if (auto* const counted = dynamic_cast<Context*>(&context)) counted->Tell(call);
}

// A call that is ended may give its context back before that returns, so none is ended with the lock held, and gRPC's
// own reference keeps each until it is.
size_t RunningCalls::EndThose(const std::function<bool(const Call& call)>& may_go_on) {
  const auto kind_of = [](const Call& call) { return std::pair(call.caller.fingerprint(), call.method); };
  std::map<std::pair<std::string, admission::Method>, Call> kinds;
  {
    const MutexLock lock(mutex_);
    for (const Context* const context : running_) {
      if (context->call().has_value()) kinds.try_emplace(kind_of(*context->call()), *context->call());
    }
  }
  std::erase_if(kinds, [&](const auto& kind) { return may_go_on(kind.second); });
  if (kinds.empty()) return 0;
  std::vector<grpc_call*> ending;
  {
    const MutexLock lock(mutex_);
    for (Context* const context : running_) {
      if (!context->call().has_value() || !kinds.contains(kind_of(*context->call()))) continue;
      ending.push_back(context->TakeToEnd());
    }
  }
  for (grpc_call* const call : ending) {
    grpc_call_cancel_with_status(call, GRPC_STATUS_UNAUTHENTICATED, "the caller may no longer call", nullptr);
    grpc_call_unref(call);
  }
  return ending.size();
}

void RunningCalls::WaitForEnd(const Clock& clock, absl::Time deadline) {
  const MutexLock lock(mutex_);
  stopping_ = true;
  while (!running_.empty()) {
    const absl::Duration left = deadline - clock.Now();
    if (left <= absl::ZeroDuration()) return;
    ended_.WaitFor(mutex_, left);
  }
}

}  // namespace envej::wire
