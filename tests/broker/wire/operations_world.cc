#include "tests/broker/wire/operations_world.h"

#include "tests/support/notice_messages.h"
#include "tests/support/trust_changes.h"

namespace envej::wire {

using support::CallContext;

void OperationsTest::SetUp() {
  support::AddToParticipant(broker_, support::kCode, "on_call: {name: IT-vagten, phone_number: \"+4599000009\"}");
  ASSERT_TRUE(broker_.Start());
}

v1::OperationsService::Stub& OperationsTest::As(const std::string& who) {
  std::unique_ptr<v1::OperationsService::Stub>& stub = stubs_[{who, broker_.address()}];
  if (stub == nullptr) stub = broker_.Operations(who);
  return *stub;
}

std::string OperationsTest::Submit(const char* municipality_code, const char* region) {
  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = support::NewNotice(municipality_code);
  v1::SubmitNoticeResponse answer;
  const grpc::Status status = broker_.Intake(region)->SubmitNotice(CallContext().get(), request, &answer);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return request.notice().envelope().notice_id();
}

v1::PullNoticesResponse OperationsTest::Pull() {
  v1::PullNoticesRequest request;
  request.set_municipality_code(support::kCode);
  request.set_max_notices(500);
  v1::PullNoticesResponse answer;
  EXPECT_TRUE(broker_.Inbox(support::kMunicipality)->PullNotices(CallContext().get(), request, &answer).ok());
  return answer;
}

void OperationsTest::Deliver() {
  v1::AcknowledgeNoticesRequest request;
  request.set_municipality_code(support::kCode);
  const v1::PullNoticesResponse pulled = Pull();
  for (const v1::InboxItem& item : pulled.items()) *request.add_leases() = item.lease().name();
  v1::AcknowledgeNoticesResponse answer;
  EXPECT_TRUE(broker_.Inbox(support::kMunicipality)->AcknowledgeNotices(CallContext().get(), request, &answer).ok());
}

grpc::Status OperationsTest::Suspend(const std::string& participant, const char* who,
                                     v1::SuspendParticipantResponse* answer) {
  v1::SuspendParticipantRequest request;
  request.set_participant(participant);
  v1::SuspendParticipantResponse unused;
  return Call(&v1::OperationsService::Stub::SuspendParticipant, request, answer == nullptr ? unused : *answer, who);
}

grpc::Status OperationsTest::Resume(const std::string& participant, v1::ResumeParticipantResponse* answer) {
  v1::ResumeParticipantRequest request;
  request.set_participant(participant);
  v1::ResumeParticipantResponse unused;
  return Call(&v1::OperationsService::Stub::ResumeParticipant, request, answer == nullptr ? unused : *answer);
}

grpc::Status OperationsTest::ListAs(const char* region) {
  v1::ListNoticesRequest request;
  request.set_municipality_code(support::kCode);
  v1::ListNoticesResponse answer;
  return broker_.Intake(region)->ListNotices(CallContext().get(), request, &answer);
}

v1::OperationsNoticeName OperationsTest::NameOf(const std::string& id, const std::string& municipality_code) {
  v1::OperationsNoticeName name;
  name.set_region_code("1081");
  name.set_municipality_code(municipality_code);
  name.set_notice_id(id);
  return name;
}

}  // namespace envej::wire
