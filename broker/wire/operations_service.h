#ifndef ENVEJ_BROKER_WIRE_OPERATIONS_SERVICE_H_
#define ENVEJ_BROKER_WIRE_OPERATIONS_SERVICE_H_

#include <functional>
#include <string>

#include "broker/inbox/inboxes.h"
#include "broker/operations/answers.h"
#include "broker/suspensions.h"
#include "broker/wire/event_watches.h"
#include "broker/wire/gate.h"
#include "broker/wire/refusals.h"
#include "envej/v1/operations_service.grpc.pb.h"

namespace envej::wire {

// What operations see and do. Each call: who and may (Gate), then an answer, or a change in the name of the certificate
// that calls. All that it is given must outlive it.
class OperationsService final : public v1::OperationsService::CallbackService {
 public:
  struct Parts {
    const Gate& gate;
    operations::Answers& answers;
    inbox::Inboxes& inboxes;
    Suspensions& suspensions;
    EventWatches& watches;
    const Refusals& refusals;
    // Somebody may no longer call, so that open calls are to be ended: any thread; must not block.
    std::function<void()> suspended = nullptr;
  };

  explicit OperationsService(Parts parts) : parts_(std::move(parts)) {}

  grpc::ServerUnaryReactor* ListInboxes(grpc::CallbackServerContext* context, const v1::ListInboxesRequest* request,
                                        v1::ListInboxesResponse* response) override;
  grpc::ServerUnaryReactor* ListNotices(grpc::CallbackServerContext* context,
                                        const v1::ListOperationsNoticesRequest* request,
                                        v1::ListOperationsNoticesResponse* response) override;
  grpc::ServerUnaryReactor* TraceNotice(grpc::CallbackServerContext* context, const v1::TraceNoticeRequest* request,
                                        v1::TraceNoticeResponse* response) override;
  grpc::ServerUnaryReactor* RedriveNotices(grpc::CallbackServerContext* context,
                                           const v1::RedriveNoticesRequest* request,
                                           v1::RedriveNoticesResponse* response) override;
  grpc::ServerUnaryReactor* ReturnNotice(grpc::CallbackServerContext* context, const v1::ReturnNoticeRequest* request,
                                         v1::ReturnNoticeResponse* response) override;
  grpc::ServerUnaryReactor* SuspendParticipant(grpc::CallbackServerContext* context,
                                               const v1::SuspendParticipantRequest* request,
                                               v1::SuspendParticipantResponse* response) override;
  grpc::ServerUnaryReactor* ResumeParticipant(grpc::CallbackServerContext* context,
                                              const v1::ResumeParticipantRequest* request,
                                              v1::ResumeParticipantResponse* response) override;
  grpc::ServerUnaryReactor* ListParticipants(grpc::CallbackServerContext* context,
                                             const v1::ListParticipantsRequest* request,
                                             v1::ListParticipantsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchEventsResponse>* WatchEvents(grpc::CallbackServerContext* context,
                                                                 const v1::WatchEventsRequest* request) override {
    return parts_.watches.Watch(*context, *request);
  }
  grpc::ServerUnaryReactor* GetBrokerStatus(grpc::CallbackServerContext* context,
                                            const v1::GetBrokerStatusRequest* request,
                                            v1::GetBrokerStatusResponse* response) override;

 private:
  FairShare& share() const { return parts_.gate.share(); }
  // A call that changes nothing.
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext& context, admission::Method method,
                                   absl::StatusOr<Response> (operations::Answers::*ask)(const Request& request),
                                   const Request* request, Response* response);

  const Parts parts_;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_OPERATIONS_SERVICE_H_
