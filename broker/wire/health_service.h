#ifndef ENVEJ_BROKER_WIRE_HEALTH_SERVICE_H_
#define ENVEJ_BROKER_WIRE_HEALTH_SERVICE_H_

#include <cstddef>
#include <set>
#include <string>

#include "broker/mutex.h"
#include "broker/wire/gate.h"
#include "broker/wire/refusals.h"
#include "grpc/health/v1/health_service.grpc.pb.h"

namespace envej::wire {

// Says whether the broker serves, to everybody who may ask: gRPC's own health service would tell whoever gets a
// connection, whether in the register or not, and would go on telling one whose certificate was revoked. All that it is
// given must outlive it.
class HealthService final : public grpc::health::v1::Health::CallbackService {
 public:
  static constexpr size_t kWatchesMost = 1000;  // beyond them the broker is busy

  HealthService(const Gate& gate, const Refusals& refusals) : gate_(gate), refusals_(refusals) {}

  // Tells all who watch, and all who ask from now on, not to come any more, and ends the watches: a stop does not wait
  // for them.
  void SayNotServing();

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const grpc::health::v1::HealthCheckRequest* request,
                                  grpc::health::v1::HealthCheckResponse* response) override;
  grpc::ServerWriteReactor<grpc::health::v1::HealthCheckResponse>* Watch(
      grpc::CallbackServerContext* context, const grpc::health::v1::HealthCheckRequest* request) override;

 private:
  class Watcher;

  const Gate& gate_;
  const Refusals& refusals_;
  Mutex mutex_;
  bool serving_ ENVEJ_GUARDED_BY(mutex_) = true;
  std::set<Watcher*> watchers_ ENVEJ_GUARDED_BY(mutex_);
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_HEALTH_SERVICE_H_
