#include "broker/wire/health_service.h"

#include <algorithm>
#include <array>

#include "absl/strings/string_view.h"
#include "proto/contract/rejection.h"

namespace envej::wire {
namespace {

using admission::Method;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

constexpr std::array<absl::string_view, 3> kServices = {"", "envej.v1.IntakeService", "envej.v1.InboxService"};

bool IsKnown(const HealthCheckRequest& request) {
  return std::find(kServices.begin(), kServices.end(), request.service()) != kServices.end();
}

HealthCheckResponse::ServingStatus StatusOf(bool serving) {
  return serving ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
}

}  // namespace

// One watch. Says at most two things: what is so when it begins, and that the server stops. Deletes itself when gRPC is
// done with it. Guarded by the service's lock but for gRPC's callbacks.
class HealthService::Watcher final : public grpc::ServerWriteReactor<HealthCheckResponse> {
 public:
  // Ends at once if the watch is refused.
  explicit Watcher(const grpc::Status& refused) : service_(nullptr) { Finish(refused); }
  explicit Watcher(HealthService& service) : service_(&service) {}

  void Say(HealthCheckResponse::ServingStatus status) {
    next_ = status;
    if (!writing_) Write();
  }

  void OnWriteDone(bool sent) override {
    const MutexLock lock(service_->mutex_);
    writing_ = false;
    if (!sent || ended_) return;
    if (next_ != HealthCheckResponse::UNKNOWN) return Write();
    if (answer_.status() != HealthCheckResponse::NOT_SERVING) return;
    service_->watchers_.erase(this);
    ended_ = true;
    Finish(grpc::Status::OK);
  }

  void OnCancel() override {
    if (service_ == nullptr) return;
    const MutexLock lock(service_->mutex_);
    service_->watchers_.erase(this);
    if (!ended_) Finish(grpc::Status::CANCELLED);
    ended_ = true;
  }

  void OnDone() override {
    if (service_ != nullptr) {
      const MutexLock lock(service_->mutex_);
      service_->watchers_.erase(this);
    }
    delete this;
  }

 private:
  void Write() {
    writing_ = true;
    answer_.set_status(next_);
    next_ = HealthCheckResponse::UNKNOWN;
    StartWrite(&answer_);
  }

  HealthService* const service_;
  HealthCheckResponse answer_;
  HealthCheckResponse::ServingStatus next_ = HealthCheckResponse::UNKNOWN;
  bool writing_ = false;
  bool ended_ = false;
};

void HealthService::SayNotServing() {
  const MutexLock lock(mutex_);
  serving_ = false;
  for (Watcher* const watcher : watchers_) watcher->Say(HealthCheckResponse::NOT_SERVING);
}

grpc::ServerUnaryReactor* HealthService::Check(grpc::CallbackServerContext* context, const HealthCheckRequest* request,
                                               HealthCheckResponse* response) {
  const absl::StatusOr<Caller> caller = gate_.Enter(*context, Method::kCheckHealth);
  if (!caller.ok()) return gate_.share().Finish(*context, caller);
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  if (!IsKnown(*request)) {
    reactor->Finish(grpc::Status(grpc::StatusCode::NOT_FOUND, "the server does not have this service"));
  } else {
    const MutexLock lock(mutex_);
    response->set_status(StatusOf(serving_));
    reactor->Finish(grpc::Status::OK);
  }
  return reactor;
}

grpc::ServerWriteReactor<HealthCheckResponse>* HealthService::Watch(grpc::CallbackServerContext* context,
                                                                    const HealthCheckRequest* request) {
  const absl::StatusOr<Caller> caller = gate_.Enter(*context, Method::kWatchHealth);
  if (!caller.ok()) return new Watcher(refusals_.OfEntry(caller.status()));
  const MutexLock lock(mutex_);
  if (watchers_.size() >= kWatchesMost) {
    return new Watcher(refusals_.OfCall(*caller, contract::Refusal(contract::Reason::kBrokerBusy)));
  }
  auto* const watcher = new Watcher(*this);
  watchers_.insert(watcher);
  watcher->Say(IsKnown(*request) ? StatusOf(serving_) : HealthCheckResponse::SERVICE_UNKNOWN);
  return watcher;
}

}  // namespace envej::wire
