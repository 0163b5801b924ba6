#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "envej/v1/operations_service.grpc.pb.h"
#include "tests/privacy/traffic.h"

namespace envej::privacy {
namespace {

using support::CallContext;
using Stub = v1::OperationsService::Stub;

// All that the journal has until now.
std::string Events(Stub& stub) {
  const auto context = CallContext();
  v1::WatchEventsRequest request;
  request.set_from_the_beginning(true);
  const auto watch = stub.WatchEvents(context.get(), request);
  std::string told;
  v1::WatchEventsResponse answer;
  bool has_all = false;
  while (!has_all && watch->Read(&answer)) {
    absl::StrAppend(&told, answer.SerializeAsString());
    for (const v1::OperationsEvent& event : answer.events()) {
      has_all = has_all || event.kind() == v1::EVENT_KIND_RETURN_PROPOSED;
    }
  }
  context->TryCancel();
  while (watch->Read(&answer)) {
  }
  watch->Finish();
  EXPECT_TRUE(has_all);
  return told;
}

}  // namespace

// Each notice is looked at in every way that there is; the last thing that happens is a proposal.
void Traffic::AskOperations() {
  const std::unique_ptr<Stub> stub = broker_.Operations(support::kOperations);
  v1::ListInboxesResponse inboxes;
  EXPECT_TRUE(stub->ListInboxes(CallContext().get(), {}, &inboxes).ok());
  Told("ListInboxes", inboxes);
  v1::ListOperationsNoticesResponse listed;
  EXPECT_TRUE(stub->ListNotices(CallContext().get(), {}, &listed).ok());
  EXPECT_GT(listed.notices_size(), 0);
  Told("ListNotices for operations", listed);
  for (const v1::OperationsNotice& notice : listed.notices()) {
    v1::TraceNoticeRequest request;
    request.set_notice_id(notice.notice_id());
    v1::TraceNoticeResponse trace;
    EXPECT_TRUE(stub->TraceNotice(CallContext().get(), request, &trace).ok());
    Told("TraceNotice", trace);
  }
  v1::ListParticipantsResponse participants;
  EXPECT_TRUE(stub->ListParticipants(CallContext().get(), {}, &participants).ok());
  Told("ListParticipants", participants);
  v1::GetBrokerStatusResponse status;
  EXPECT_TRUE(stub->GetBrokerStatus(CallContext().get(), {}, &status).ok());
  Told("GetBrokerStatus", status);
  AskOperationsUnderNames(*stub);
  for (const v1::OperationsNotice& notice : listed.notices()) {
    if (notice.state() != v1::NOTICE_STATE_WAITING) continue;
    v1::ReturnNoticeRequest request;
    request.mutable_notice()->set_region_code(notice.region_code());
    request.mutable_notice()->set_municipality_code(notice.municipality_code());
    request.mutable_notice()->set_notice_id(notice.notice_id());
    v1::ReturnNoticeResponse proposed;
    EXPECT_TRUE(stub->ReturnNotice(CallContext().get(), request, &proposed).ok());
    Told("ReturnNotice", proposed);
    break;
  }
  told_.emplace_back("WatchEvents", Events(*stub));
}

// Where ids, names of participants and tokens belong.
void Traffic::AskOperationsUnderNames(Stub& stub) {
  const Person& id = people_.On("operations: as a notice's id");
  v1::TraceNoticeRequest trace;
  trace.set_notice_id(absl::StrCat(id.name, id.phone));
  v1::TraceNoticeResponse traced;
  Told("TraceNotice of a person", stub.TraceNotice(CallContext().get(), trace, &traced));
  v1::RedriveNoticesRequest redrive;
  redrive.add_notices()->set_notice_id(id.email);
  redrive.mutable_notices(0)->set_region_code(id.street);
  v1::RedriveNoticesResponse redriven;
  const grpc::Status redrive_status = stub.RedriveNotices(CallContext().get(), redrive, &redriven);
  Told("RedriveNotices of a person", redrive_status);
  ASSERT_EQ(redriven.results_size(), 1);
  redriven.mutable_results(0)->clear_notice();  // what was asked for, as its caller said it
  Told("RedriveNotices of a person", redriven);
  const Person& participant = people_.On("operations: as a participant");
  v1::SuspendParticipantRequest suspend;
  suspend.set_participant(absl::StrCat("urn:envej:operations:", participant.name, participant.email));
  v1::SuspendParticipantResponse suspended;
  Told("SuspendParticipant of a person", stub.SuspendParticipant(CallContext().get(), suspend, &suspended));
  v1::ResumeParticipantRequest resume;
  resume.set_participant(participant.phone);
  v1::ResumeParticipantResponse resumed;
  Told("ResumeParticipant of a person", stub.ResumeParticipant(CallContext().get(), resume, &resumed));
  const Person& token = people_.On("operations: as a token");
  v1::ListOperationsNoticesRequest list;
  list.set_page_token(absl::StrCat(token.name, token.phone));
  v1::ListOperationsNoticesResponse listed;
  Told("ListNotices with a person's token", stub.ListNotices(CallContext().get(), list, &listed));
  v1::WatchEventsRequest watch;
  watch.set_resume_token(token.email);
  const auto context = CallContext();
  const auto reader = stub.WatchEvents(context.get(), watch);
  v1::WatchEventsResponse none;
  EXPECT_FALSE(reader->Read(&none));
  Told("WatchEvents with a person's token", reader->Finish());
}

}  // namespace envej::privacy
