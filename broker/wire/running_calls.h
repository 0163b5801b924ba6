#ifndef ENVEJ_BROKER_WIRE_RUNNING_CALLS_H_
#define ENVEJ_BROKER_WIRE_RUNNING_CALLS_H_

#include <grpcpp/server_context.h>

#include <cstdint>
#include <memory>

#include "absl/time/time.h"
#include "broker/clock.h"
#include "broker/mutex.h"

namespace envej::wire {

// How many calls of a server are running, so that a stop waits for them and for nothing else. Thread-safe.
class RunningCalls {
 public:
  // What a server is built with, so that its calls are counted. The RunningCalls outlive the server.
  std::unique_ptr<grpc::ContextAllocator> Counter();

  // Returns when every call that has begun by now has ended, at the latest at `deadline`. Calls that begin later are
  // not waited for.
  void WaitForEnd(const Clock& clock, absl::Time deadline);

 private:
  class Context;
  class Contexts;

  // False if the call is not counted.
  bool Begin();
  void End();

  Mutex mutex_;
  ConditionVariable ended_;
  bool stopping_ ENVEJ_GUARDED_BY(mutex_) = false;
  int64_t running_ ENVEJ_GUARDED_BY(mutex_) = 0;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_RUNNING_CALLS_H_
