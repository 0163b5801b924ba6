#include "broker/wire/operations_service.h"

#include <optional>
#include <utility>
#include <vector>

#include "broker/wire/answer_memory.h"
#include "broker/wire/operations_messages.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/rejection.h"

namespace envej::wire {

using admission::Method;
using contract::Reason;
using operations::Answers;

namespace {

// What became of each that was asked for, into its place. The first error that is no refusal is the store's, and fails
// the whole call, which may be repeated.
absl::Status WriteRedriven(const std::vector<absl::StatusOr<bool>>& redriven, const std::vector<int>& places,
                           const Refusals& refusals, const Caller& caller, v1::RedriveNoticesResponse& response) {
  for (size_t index = 0; index < redriven.size(); ++index) {
    v1::RedriveNoticeResult& result = *response.mutable_results(places[index]);
    if (redriven[index].ok()) {
      result.set_redriven(*redriven[index]);
    } else if (std::optional<v1::Rejection> rejection = refusals.OfItem(caller, redriven[index].status())) {
      *result.mutable_rejected() = *std::move(rejection);
    } else {
      return redriven[index].status();
    }
  }
  return absl::OkStatus();
}

}  // namespace

template <typename Request, typename Response>
grpc::ServerUnaryReactor* OperationsService::Answer(grpc::CallbackServerContext& context, Method method,
                                                    absl::StatusOr<Response> (Answers::*ask)(const Request& request),
                                                    const Request* request, Response* response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(context, method);
  if (!caller.ok()) return share().Finish(context, caller);
  return share().Do(context, *caller, MemoryOf(*request),
                    [this, caller = *caller, ask, request, response](grpc::ServerUnaryReactor& reactor) {
                      absl::StatusOr<Response> answer = (parts_.answers.*ask)(*request);
                      if (answer.ok()) *response = *std::move(answer);
                      reactor.Finish(parts_.refusals.OfCall(caller, answer.status()));
                      return false;
                    });
}

grpc::ServerUnaryReactor* OperationsService::ListInboxes(grpc::CallbackServerContext* context,
                                                         const v1::ListInboxesRequest* request,
                                                         v1::ListInboxesResponse* response) {
  return Answer(*context, Method::kListInboxes, &Answers::ListInboxes, request, response);
}

grpc::ServerUnaryReactor* OperationsService::ListNotices(grpc::CallbackServerContext* context,
                                                         const v1::ListOperationsNoticesRequest* request,
                                                         v1::ListOperationsNoticesResponse* response) {
  return Answer(*context, Method::kListOperationsNotices, &Answers::ListNotices, request, response);
}

grpc::ServerUnaryReactor* OperationsService::TraceNotice(grpc::CallbackServerContext* context,
                                                         const v1::TraceNoticeRequest* request,
                                                         v1::TraceNoticeResponse* response) {
  return Answer(*context, Method::kTraceNotice, &Answers::TraceNotice, request, response);
}

grpc::ServerUnaryReactor* OperationsService::ListParticipants(grpc::CallbackServerContext* context,
                                                              const v1::ListParticipantsRequest* request,
                                                              v1::ListParticipantsResponse* response) {
  return Answer(*context, Method::kListParticipants, &Answers::ListParticipants, request, response);
}

grpc::ServerUnaryReactor* OperationsService::GetBrokerStatus(grpc::CallbackServerContext* context,
                                                             const v1::GetBrokerStatusRequest* request,
                                                             v1::GetBrokerStatusResponse* response) {
  return Answer(*context, Method::kGetBrokerStatus, &Answers::GetBrokerStatus, request, response);
}

grpc::ServerUnaryReactor* OperationsService::RedriveNotices(grpc::CallbackServerContext* context,
                                                            const v1::RedriveNoticesRequest* request,
                                                            v1::RedriveNoticesResponse* response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(*context, Method::kRedriveNotices);
  if (!caller.ok()) return share().Finish(*context, caller);
  const absl::Status admitted = AdmitRedrive(*request, *caller, share());
  if (!admitted.ok()) return share().Finish(*context, caller, admitted);
  std::vector<store::NoticeKey> notices;
  std::vector<int> places;
  for (const v1::OperationsNoticeName& name : request->notices()) {
    v1::RedriveNoticeResult& result = *response->add_results();
    *result.mutable_notice() = name;
    if (std::optional<store::NoticeKey> notice = ToNoticeKey(name)) {
      notices.push_back(*std::move(notice));
      places.push_back(response->results_size() - 1);
    } else {
      *result.mutable_rejected() = *parts_.refusals.OfItem(*caller, contract::Refusal(Reason::kNoticeNotFound));
    }
  }
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  parts_.inboxes.RedriveAll({.actor = caller->certificate.fingerprint()}, notices,
                            [this, reactor, response, caller = *caller,
                             places = std::move(places)](const std::vector<absl::StatusOr<bool>>& redriven) {
                              const absl::Status written =
                                  WriteRedriven(redriven, places, parts_.refusals, caller, *response);
                              reactor->Finish(parts_.refusals.OfCall(caller, written));
                            });
  return reactor;
}

grpc::ServerUnaryReactor* OperationsService::ReturnNotice(grpc::CallbackServerContext* context,
                                                          const v1::ReturnNoticeRequest* request,
                                                          v1::ReturnNoticeResponse* response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(*context, Method::kReturnNotice);
  if (!caller.ok()) return share().Finish(*context, caller);
  const std::optional<store::NoticeKey> notice = ToNoticeKey(request->notice());
  if (!notice.has_value()) return share().Finish(*context, caller, contract::Refusal(Reason::kNoticeNotFound));
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  parts_.inboxes.ReturnByOperations(
      {.actor = caller->certificate.fingerprint()},
      {.operator_uri = certs::ToUri(caller->identity), .confirmed_proposal_id = request->confirmed_proposal_id()},
      *notice,
      [this, reactor, response, caller = *caller](const absl::StatusOr<inbox::ReturnedByOperations>& returned) {
        if (returned.ok()) *response = ToMessage(*returned);
        reactor->Finish(parts_.refusals.OfCall(caller, returned.status()));
      });
  return reactor;
}

grpc::ServerUnaryReactor* OperationsService::SuspendParticipant(grpc::CallbackServerContext* context,
                                                                const v1::SuspendParticipantRequest* request,
                                                                v1::SuspendParticipantResponse* response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(*context, Method::kSuspendParticipant);
  if (!caller.ok()) return share().Finish(*context, caller);
  const absl::StatusOr<certs::Identity> participant = ToParticipant(request->participant(), *caller);
  if (!participant.ok()) return share().Finish(*context, caller, participant.status());
  if (request->participant() == certs::ParticipantUri(caller->identity)) {
    return share().Finish(*context, caller, contract::Refusal(Reason::kParticipantIsCaller, "participant"));
  }
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  parts_.suspensions.Suspend(request->participant(), caller->certificate.fingerprint(), parts_.inboxes.Now(),
                             WhoMayStay(*participant, *caller),
                             [this, reactor, response, caller = *caller](const absl::StatusOr<absl::Time>& since) {
                               if (since.ok()) *response->mutable_suspended_at() = contract::ToMessage(*since);
                               if (since.ok() && parts_.suspended) parts_.suspended();
                               reactor->Finish(parts_.refusals.OfCall(caller, since.status()));
                             });
  return reactor;
}

grpc::ServerUnaryReactor* OperationsService::ResumeParticipant(grpc::CallbackServerContext* context,
                                                               const v1::ResumeParticipantRequest* request,
                                                               v1::ResumeParticipantResponse* response) {
  const absl::StatusOr<Caller> caller = parts_.gate.Enter(*context, Method::kResumeParticipant);
  if (!caller.ok()) return share().Finish(*context, caller);
  const absl::StatusOr<certs::Identity> participant = ToParticipant(request->participant(), *caller);
  const bool has_left = !participant.ok() && parts_.suspensions.Find(request->participant()).has_value();
  if (!participant.ok() && !has_left) return share().Finish(*context, caller, participant.status());
  if (!has_left && caller->trust->participants().Suspended(*participant)) {
    return share().Finish(*context, caller, contract::Refusal(Reason::kSuspendedInRegister, "participant"));
  }
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  parts_.suspensions.Resume(request->participant(), caller->certificate.fingerprint(), parts_.inboxes.Now(),
                            [this, reactor, response, caller = *caller](const absl::StatusOr<bool>& was_suspended) {
                              if (was_suspended.ok()) response->set_was_suspended(*was_suspended);
                              reactor->Finish(parts_.refusals.OfCall(caller, was_suspended.status()));
                            });
  return reactor;
}

}  // namespace envej::wire
