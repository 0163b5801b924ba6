#ifndef ENVEJ_BROKER_WIRE_RUNNING_CALLS_H_
#define ENVEJ_BROKER_WIRE_RUNNING_CALLS_H_

#include <grpcpp/server_context.h>

#include <cstddef>
#include <functional>
#include <list>
#include <memory>

#include "absl/time/time.h"
#include "broker/admission/access_policy.h"
#include "broker/clock.h"
#include "broker/mutex.h"
#include "certs/certificate.h"

namespace envej::wire {

// The calls of a server that are running, so that a stop waits for them and for nothing else, and so that those of a
// caller who may no longer call are ended. Thread-safe.
class RunningCalls {
 public:
  // Who makes a call, and which.
  struct Call {
    certs::Certificate caller;
    admission::Method method;
  };

  // What a server is built with, so that its calls are known here. The RunningCalls outlive the server.
  std::unique_ptr<grpc::ContextAllocator> Counter();

  // Says whose a running call is. Of a context that is no server's with a Counter nothing is remembered.
  static void Tell(grpc::ServerContextBase& context, const Call& call);

  // Ends every call of which it was told whose it is and that may not go on: its caller gets UNAUTHENTICATED. Returns
  // how many. `may_go_on` is asked once for all calls of a method that one certificate makes.
  size_t EndThose(const std::function<bool(const Call& call)>& may_go_on);

  // Returns when every call that has begun by now has ended, at the latest at `deadline`. Calls that begin later are
  // not waited for.
  void WaitForEnd(const Clock& clock, absl::Time deadline);

 private:
  class Context;
  class Contexts;

  Mutex mutex_;
  ConditionVariable ended_;
  bool stopping_ ENVEJ_GUARDED_BY(mutex_) = false;
  std::list<Context*> running_ ENVEJ_GUARDED_BY(mutex_);
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_RUNNING_CALLS_H_
