#include "tests/support/every_call.h"

#include <gtest/gtest.h>

#include "tests/support/broker_process.h"
#include "tests/support/notice_messages.h"

namespace envej::support {
namespace {

constexpr int kMost = 500;
constexpr char kNobody[] = "urn:envej:municipality:0151";

v1::OperationsNoticeName NameOf(const std::string& code, const v1::LeaseName& lease) {
  v1::OperationsNoticeName name;
  name.set_municipality_code(code);
  name.set_region_code(lease.region_code());
  name.set_notice_id(lease.notice_id());
  return name;
}

template <typename Response>
Answered OfOneItem(const grpc::Status& status, const Response& response) {
  Answered answered{.status = status};
  if (!status.ok()) return answered;
  EXPECT_EQ(response.results_size(), 1);
  if (response.results_size() == 0) return answered;
  answered.has_rejected = response.results(0).has_rejected();
  answered.rejected = response.results(0).rejected();
  return answered;
}

}  // namespace

Caller::Caller(const std::shared_ptr<grpc::Channel>& channel)
    : intake_(v1::IntakeService::NewStub(channel)),
      inbox_(v1::InboxService::NewStub(channel)),
      operations_(v1::OperationsService::NewStub(channel)),
      health_(grpc::health::v1::Health::NewStub(channel)) {}

Answered Caller::Submit(const std::string& code) {
  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = NewNotice(code);
  v1::SubmitNoticeResponse response;
  return {.status = intake_->SubmitNotice(CallContext().get(), request, &response)};
}

Answered Caller::SubmitBatch(const std::string& code) {
  v1::SubmitNoticesRequest request;
  *request.add_notices() = NewNotice(code);
  v1::SubmitNoticesResponse response;
  return OfOneItem(intake_->SubmitNotices(CallContext().get(), request, &response), response);
}

Answered Caller::Revise(const std::string& code, const std::string& id) {
  v1::ReviseNoticeRequest request;
  v1::Notice notice = NewNotice(code);
  notice.mutable_envelope()->set_notice_id(id);
  *request.mutable_notice() = Revised(notice);
  v1::ReviseNoticeResponse response;
  return {.status = intake_->ReviseNotice(CallContext().get(), request, &response)};
}

Answered Caller::Withdraw(const std::string& code, const std::string& id) {
  v1::WithdrawNoticeRequest request;
  v1::Notice notice = NewNotice(code);
  notice.mutable_envelope()->set_notice_id(id);
  *request.mutable_withdrawal() = WithdrawalOf(notice);
  v1::WithdrawNoticeResponse response;
  return {.status = intake_->WithdrawNotice(CallContext().get(), request, &response)};
}

Answered Caller::AcknowledgeOutcome(const std::string& code, const std::string& id) {
  v1::AcknowledgeOutcomeRequest request;
  request.set_municipality_code(code);
  request.set_notice_id(id);
  v1::AcknowledgeOutcomeResponse response;
  return {.status = intake_->AcknowledgeOutcome(CallContext().get(), request, &response)};
}

Answered Caller::WatchNotices() {
  const std::unique_ptr<grpc::ClientContext> context = CallContext();
  const auto watch = intake_->WatchNotices(context.get(), {});
  v1::WatchNoticesResponse response;
  if (!watch->Read(&response)) return {.status = watch->Finish()};
  EXPECT_GT(response.changes_size(), 0);
  context->TryCancel();
  while (watch->Read(&response)) {
  }
  EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::CANCELLED);
  return {.status = grpc::Status::OK};
}

Answered Caller::Get(const std::string& code, const std::string& id) {
  v1::GetNoticeRequest request;
  request.set_municipality_code(code);
  request.set_notice_id(id);
  v1::GetNoticeResponse response;
  const grpc::Status status = intake_->GetNotice(CallContext().get(), request, &response);
  if (status.ok()) {
    EXPECT_EQ(response.status().notice_id(), id);
  }
  return {.status = status};
}

Answered Caller::List(const std::string& code, std::vector<std::string>* ids) {
  v1::ListNoticesRequest request;
  request.set_municipality_code(code);
  request.set_page_size(kMost);
  v1::ListNoticesResponse response;
  const grpc::Status status = intake_->ListNotices(CallContext().get(), request, &response);
  if (ids != nullptr) {
    for (const v1::NoticeStatus& notice : response.notices()) ids->push_back(notice.notice_id());
  }
  return {.status = status};
}

Answered Caller::Municipalities() {
  v1::ListMunicipalitiesResponse response;
  const grpc::Status status = intake_->ListMunicipalities(CallContext().get(), {}, &response);
  if (status.ok()) {
    EXPECT_EQ(response.municipalities_size(), 4);
  }
  return {.status = status};
}

Answered Caller::Info() {
  v1::GetServiceInfoResponse response;
  const grpc::Status status = intake_->GetServiceInfo(CallContext().get(), {}, &response);
  if (status.ok()) {
    EXPECT_EQ(response.broker(), "broker-1");
  }
  return {.status = status};
}

Answered Caller::Pull(const std::string& code, std::vector<v1::LeaseName>* leases) {
  v1::PullNoticesRequest request;
  request.set_municipality_code(code);
  request.set_max_notices(kMost);
  request.mutable_lease_duration()->set_seconds(600);
  v1::PullNoticesResponse response;
  const grpc::Status status = inbox_->PullNotices(CallContext().get(), request, &response);
  if (leases != nullptr) {
    for (const v1::InboxItem& item : response.items()) leases->push_back(item.lease().name());
  }
  return {.status = status};
}

Answered Caller::Extend(const std::string& code, const v1::LeaseName& lease) {
  v1::ExtendLeasesRequest request;
  request.set_municipality_code(code);
  *request.add_leases() = lease;
  v1::ExtendLeasesResponse response;
  return OfOneItem(inbox_->ExtendLeases(CallContext().get(), request, &response), response);
}

Answered Caller::Acknowledge(const std::string& code, const v1::LeaseName& lease) {
  v1::AcknowledgeNoticesRequest request;
  request.set_municipality_code(code);
  *request.add_leases() = lease;
  v1::AcknowledgeNoticesResponse response;
  return OfOneItem(inbox_->AcknowledgeNotices(CallContext().get(), request, &response), response);
}

Answered Caller::Return(const std::string& code, const v1::LeaseName& lease) {
  v1::ReturnNoticesRequest request;
  request.set_municipality_code(code);
  *request.add_returns()->mutable_lease() = lease;
  request.mutable_returns(0)->set_reason(v1::RETURN_REASON_NOT_RESIDENT);
  v1::ReturnNoticesResponse response;
  return OfOneItem(inbox_->ReturnNotices(CallContext().get(), request, &response), response);
}

Answered Caller::ListInboxes() {
  v1::ListInboxesResponse response;
  const grpc::Status status = operations_->ListInboxes(CallContext().get(), {}, &response);
  if (status.ok()) {
    EXPECT_EQ(response.inboxes_size(), 3);
  }
  return {.status = status};
}

Answered Caller::ListAllNotices() {
  v1::ListOperationsNoticesResponse response;
  return {.status = operations_->ListNotices(CallContext().get(), {}, &response)};
}

Answered Caller::Trace(const std::string& id) {
  v1::TraceNoticeRequest request;
  request.set_notice_id(id);
  v1::TraceNoticeResponse response;
  const grpc::Status status = operations_->TraceNotice(CallContext().get(), request, &response);
  if (status.ok()) {
    EXPECT_EQ(response.traces_size(), 1);
  }
  return {.status = status};
}

Answered Caller::Redrive(const std::string& code, const v1::LeaseName& lease) {
  v1::RedriveNoticesRequest request;
  *request.add_notices() = NameOf(code, lease);
  v1::RedriveNoticesResponse response;
  return OfOneItem(operations_->RedriveNotices(CallContext().get(), request, &response), response);
}

Answered Caller::ReturnByOperations(const std::string& code, const v1::LeaseName& lease) {
  v1::ReturnNoticeRequest request;
  *request.mutable_notice() = NameOf(code, lease);
  v1::ReturnNoticeResponse response;
  const grpc::Status status = operations_->ReturnNotice(CallContext().get(), request, &response);
  if (status.ok()) {
    EXPECT_TRUE(response.has_proposal());
  }
  return {.status = status};
}

Answered Caller::Suspend() {
  v1::SuspendParticipantRequest request;
  request.set_participant(kNobody);
  v1::SuspendParticipantResponse response;
  return {.status = operations_->SuspendParticipant(CallContext().get(), request, &response)};
}

Answered Caller::Resume() {
  v1::ResumeParticipantRequest request;
  request.set_participant(kNobody);
  v1::ResumeParticipantResponse response;
  return {.status = operations_->ResumeParticipant(CallContext().get(), request, &response)};
}

Answered Caller::Participants() {
  v1::ListParticipantsResponse response;
  const grpc::Status status = operations_->ListParticipants(CallContext().get(), {}, &response);
  if (status.ok()) {
    EXPECT_GT(response.participants_size(), 0);
  }
  return {.status = status};
}

Answered Caller::WatchEvents() {
  const std::unique_ptr<grpc::ClientContext> context = CallContext();
  const auto watch = operations_->WatchEvents(context.get(), {});
  v1::WatchEventsResponse response;
  if (!watch->Read(&response)) return {.status = watch->Finish()};
  EXPECT_FALSE(response.resume_token().empty());
  context->TryCancel();
  while (watch->Read(&response)) {
  }
  EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::CANCELLED);
  return {.status = grpc::Status::OK};
}

Answered Caller::BrokerStatus() {
  v1::GetBrokerStatusResponse response;
  const grpc::Status status = operations_->GetBrokerStatus(CallContext().get(), {}, &response);
  if (status.ok()) {
    EXPECT_EQ(response.broker(), "broker-1");
  }
  return {.status = status};
}

Answered Caller::CheckHealth() {
  grpc::health::v1::HealthCheckResponse response;
  const grpc::Status status = health_->Check(CallContext().get(), {}, &response);
  if (status.ok()) {
    EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING);
  }
  return {.status = status};
}

Answered Caller::WatchHealth() {
  const std::unique_ptr<grpc::ClientContext> context = CallContext();
  const auto watch = health_->Watch(context.get(), {});
  grpc::health::v1::HealthCheckResponse response;
  if (!watch->Read(&response)) return {.status = watch->Finish()};
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING);
  context->TryCancel();
  EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::CANCELLED);
  return {.status = grpc::Status::OK};
}

const std::vector<KnownCall>& EveryCall() {
  using Code = const std::string&;
  using Lease = const v1::LeaseName&;
  static const auto* const calls = new std::vector<KnownCall>{
      {"envej.v1.IntakeService/SubmitNotice", [](Caller& caller, Code code, Lease) { return caller.Submit(code); }},
      {"envej.v1.IntakeService/SubmitNotices",
       [](Caller& caller, Code code, Lease) { return caller.SubmitBatch(code); }},
      {"envej.v1.IntakeService/GetNotice",
       [](Caller& caller, Code code, Lease lease) { return caller.Get(code, lease.notice_id()); }},
      {"envej.v1.IntakeService/ListNotices", [](Caller& caller, Code code, Lease) { return caller.List(code); }},
      {"envej.v1.IntakeService/ListMunicipalities",
       [](Caller& caller, Code, Lease) { return caller.Municipalities(); }},
      {"envej.v1.IntakeService/GetServiceInfo", [](Caller& caller, Code, Lease) { return caller.Info(); }},
      {"envej.v1.InboxService/PullNotices", [](Caller& caller, Code code, Lease) { return caller.Pull(code); }},
      {"envej.v1.InboxService/ExtendLeases",
       [](Caller& caller, Code code, Lease lease) { return caller.Extend(code, lease); }},
      {"envej.v1.InboxService/AcknowledgeNotices",
       [](Caller& caller, Code code, Lease lease) { return caller.Acknowledge(code, lease); }},
      {"envej.v1.InboxService/ReturnNotices",
       [](Caller& caller, Code code, Lease lease) { return caller.Return(code, lease); }},
      {"grpc.health.v1.Health/Check", [](Caller& caller, Code, Lease) { return caller.CheckHealth(); }},
      {"grpc.health.v1.Health/Watch", [](Caller& caller, Code, Lease) { return caller.WatchHealth(); }},
      {"envej.v1.IntakeService/ReviseNotice",
       [](Caller& caller, Code code, Lease lease) { return caller.Revise(code, lease.notice_id()); }},
      {"envej.v1.IntakeService/WithdrawNotice",
       [](Caller& caller, Code code, Lease lease) { return caller.Withdraw(code, lease.notice_id()); }},
      {"envej.v1.IntakeService/AcknowledgeOutcome",
       [](Caller& caller, Code code, Lease lease) { return caller.AcknowledgeOutcome(code, lease.notice_id()); }},
      {"envej.v1.IntakeService/WatchNotices", [](Caller& caller, Code, Lease) { return caller.WatchNotices(); }},
      {"envej.v1.OperationsService/ListInboxes", [](Caller& caller, Code, Lease) { return caller.ListInboxes(); }},
      {"envej.v1.OperationsService/ListNotices", [](Caller& caller, Code, Lease) { return caller.ListAllNotices(); }},
      {"envej.v1.OperationsService/TraceNotice",
       [](Caller& caller, Code, Lease lease) { return caller.Trace(lease.notice_id()); }},
      {"envej.v1.OperationsService/RedriveNotices",
       [](Caller& caller, Code code, Lease lease) { return caller.Redrive(code, lease); }},
      {"envej.v1.OperationsService/ReturnNotice",
       [](Caller& caller, Code code, Lease lease) { return caller.ReturnByOperations(code, lease); }},
      {"envej.v1.OperationsService/SuspendParticipant", [](Caller& caller, Code, Lease) { return caller.Suspend(); }},
      {"envej.v1.OperationsService/ResumeParticipant", [](Caller& caller, Code, Lease) { return caller.Resume(); }},
      {"envej.v1.OperationsService/ListParticipants",
       [](Caller& caller, Code, Lease) { return caller.Participants(); }},
      {"envej.v1.OperationsService/WatchEvents", [](Caller& caller, Code, Lease) { return caller.WatchEvents(); }},
      {"envej.v1.OperationsService/GetBrokerStatus", [](Caller& caller, Code, Lease) { return caller.BrokerStatus(); }},
  };
  return *calls;
}

}  // namespace envej::support
