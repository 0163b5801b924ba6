// What operations are answered by a running broker.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/broker/wire/operations_world.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"
#include "tests/support/trust_changes.h"

namespace envej::wire {
namespace {

using contract::Reason;
using support::ExpectRefused;
using support::kCode;
using support::kOtherCode;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using Stub = v1::OperationsService::Stub;

class OperationsServiceTest : public OperationsTest {
 protected:
  v1::ListInboxesResponse Inboxes(const std::string& municipality_code = "") {
    v1::ListInboxesRequest request;
    request.set_municipality_code(municipality_code);
    v1::ListInboxesResponse answer;
    EXPECT_TRUE(Call(&Stub::ListInboxes, request, answer).ok());
    return answer;
  }
  grpc::Status List(const v1::ListOperationsNoticesRequest& request, v1::ListOperationsNoticesResponse& answer) {
    return Call(&Stub::ListNotices, request, answer);
  }
  void ExpectListRefused(const v1::ListOperationsNoticesRequest& request, Reason reason, const std::string& field) {
    v1::ListOperationsNoticesResponse answer;
    ExpectRefused(List(request, answer), reason, {field});
  }
  v1::NoticeTrace Trace(const std::string& id) {
    v1::TraceNoticeRequest request;
    request.set_notice_id(id);
    v1::TraceNoticeResponse answer;
    EXPECT_TRUE(Call(&Stub::TraceNotice, request, answer).ok());
    EXPECT_EQ(answer.traces_size(), 1);
    return answer.traces_size() == 1 ? answer.traces(0) : v1::NoticeTrace();
  }
  static std::vector<v1::EventKind> KindsOf(const v1::NoticeTrace& trace) {
    std::vector<v1::EventKind> kinds;
    for (const v1::TraceHop& hop : trace.hops()) kinds.push_back(hop.kind());
    return kinds;
  }
  grpc::Status Return(const v1::OperationsNoticeName& name, v1::ReturnNoticeResponse& answer,
                      const char* who = support::kOperations, const std::string& confirmed_proposal_id = "") {
    v1::ReturnNoticeRequest request;
    *request.mutable_notice() = name;
    request.set_confirmed_proposal_id(confirmed_proposal_id);
    return Call(&Stub::ReturnNotice, request, answer, who);
  }
};

TEST_F(OperationsServiceTest, AnInboxIsSeenToFillAndToBeEmptied) {
  const v1::ListInboxesResponse before = Inboxes();
  ASSERT_THAT(before.inboxes(), SizeIs(3)) << "those that take part";
  EXPECT_EQ(before.inboxes(0).municipality_code(), kCode);
  EXPECT_EQ(before.inboxes(0).name(), "København");
  EXPECT_TRUE(before.inboxes(0).participating());
  EXPECT_EQ(before.inboxes(0).on_call().phone_number(), "+4599000009");
  EXPECT_EQ(before.inboxes(0).waiting(), 0u);
  EXPECT_FALSE(before.inboxes(0).has_last_seen_at());
  EXPECT_TRUE(before.has_counted_at());

  Submit();
  Submit();
  const v1::InboxStatus waits = Inboxes(kCode).inboxes(0);
  EXPECT_EQ(waits.waiting(), 2u);
  EXPECT_EQ(waits.accepted_today(), 2u);
  EXPECT_TRUE(waits.has_oldest_entered_at());
  EXPECT_FALSE(waits.silent()) << "nothing waits for ten minutes";

  Pull();
  const v1::InboxStatus leased = Inboxes(kCode).inboxes(0);
  EXPECT_EQ(leased.leased(), 2u);
  EXPECT_EQ(leased.waiting(), 0u);
  EXPECT_TRUE(leased.has_last_fetch_at());
  EXPECT_TRUE(leased.has_last_seen_at());
}

TEST_F(OperationsServiceTest, AnInboxOfNoMunicipalityIsRefused) {
  v1::ListInboxesRequest request;
  request.set_municipality_code("9999");
  v1::ListInboxesResponse answer;
  ExpectRefused(Call(&Stub::ListInboxes, request, answer), Reason::kMunicipalityUnknown, {"municipality_code"});
}

TEST_F(OperationsServiceTest, WhatIsAcknowledgedIsCountedAndMeasured) {
  Submit();
  Deliver();
  EXPECT_EQ(Inboxes(kCode).inboxes(0).acknowledged_today(), 1u);
  EXPECT_FALSE(Inboxes(kCode).inboxes(0).has_oldest_entered_at());
  v1::GetBrokerStatusResponse status;
  ASSERT_TRUE(Call(&Stub::GetBrokerStatus, v1::GetBrokerStatusRequest(), status).ok());
  EXPECT_EQ(status.accepted_to_fetched().count(), 1u);
  EXPECT_EQ(status.accepted_to_acknowledged().count(), 1u);
  EXPECT_GT(status.store().sync().count(), 0u);
}

TEST_F(OperationsServiceTest, NoticesOfAllInboxesAreListedPageByPage) {
  const std::string first = Submit();
  const std::string second = Submit(kOtherCode);
  const std::string third = Submit(kCode, support::kOtherRegion);
  Deliver();
  v1::ListOperationsNoticesRequest request;
  request.set_page_size(1);
  std::vector<std::string> ids;
  do {
    v1::ListOperationsNoticesResponse page;
    ASSERT_TRUE(List(request, page).ok());
    for (const v1::OperationsNotice& notice : page.notices()) ids.push_back(notice.notice_id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(ids, ElementsAre(first, third, second)) << "by municipality, region and id";
}

TEST_F(OperationsServiceTest, NoticesAreChosenByStateInboxRegionAndAge) {
  const std::string delivered = Submit();
  Deliver();
  const std::string waits = Submit();
  Submit(kOtherCode);
  v1::ListOperationsNoticesRequest request;
  request.set_municipality_code(kCode);
  request.set_region_code("1081");
  request.add_states(v1::NOTICE_STATE_WAITING);
  request.mutable_age_at_least()->set_seconds(0);
  v1::ListOperationsNoticesResponse answer;
  ASSERT_TRUE(List(request, answer).ok());
  ASSERT_THAT(answer.notices(), SizeIs(1));
  EXPECT_EQ(answer.notices(0).notice_id(), waits);
  EXPECT_EQ(answer.notices(0).state(), v1::NOTICE_STATE_WAITING);
  EXPECT_EQ(answer.notices(0).kind(), v1::ITEM_KIND_NOTICE);
  EXPECT_TRUE(answer.notices(0).has_entered_at());
  EXPECT_FALSE(answer.notices(0).has_concluded_at());
  request.mutable_age_at_least()->set_seconds(3600);
  answer.Clear();
  ASSERT_TRUE(List(request, answer).ok());
  EXPECT_THAT(answer.notices(), IsEmpty());
}

TEST_F(OperationsServiceTest, WhatCannotBeListedIsRefused) {
  v1::ListOperationsNoticesRequest request;
  request.set_municipality_code("9999");
  ExpectListRefused(request, Reason::kMunicipalityUnknown, "municipality_code");
  request.set_municipality_code(kCode);
  request.set_region_code("9999");
  ExpectListRefused(request, Reason::kParticipantUnknown, "region_code");
  request.set_region_code("");
  request.set_page_size(501);
  ExpectListRefused(request, Reason::kRequestOutOfRange, "page_size");
  request.set_page_size(0);
  request.add_states(static_cast<v1::NoticeState>(99));
  ExpectListRefused(request, Reason::kRequestOutOfRange, "states");
  request.clear_states();
  request.mutable_age_at_least()->set_seconds(-1);
  ExpectListRefused(request, Reason::kRequestOutOfRange, "age_at_least");
  request.clear_age_at_least();
  request.set_page_token("garbage");
  ExpectListRefused(request, Reason::kPageTokenInvalid, "page_token");
  request.set_late_only(true);
  ExpectListRefused(request, Reason::kPageTokenInvalid, "page_token");
}

TEST_F(OperationsServiceTest, ATokenIsOfItsFiltersAlone) {
  Submit();
  Submit();
  v1::ListOperationsNoticesRequest request;
  request.set_page_size(1);
  v1::ListOperationsNoticesResponse page;
  ASSERT_TRUE(List(request, page).ok());
  request.set_page_token(page.next_page_token());
  request.set_late_only(true);
  ExpectListRefused(request, Reason::kPageTokenInvalid, "page_token");
}

TEST_F(OperationsServiceTest, ATraceTellsEachHopAndWhoDidIt) {
  const std::string id = Submit();
  Deliver();
  const v1::NoticeTrace trace = Trace(id);
  EXPECT_THAT(KindsOf(trace), ElementsAre(v1::EVENT_KIND_ACCEPTED, v1::EVENT_KIND_LEASED, v1::EVENT_KIND_ACKNOWLEDGED));
  EXPECT_EQ(trace.notice().notice_id(), id);
  EXPECT_EQ(trace.notice().region_code(), "1081");
  EXPECT_EQ(trace.notice().state(), v1::NOTICE_STATE_ACKNOWLEDGED);
  EXPECT_TRUE(trace.notice().has_concluded_at());
  EXPECT_THAT(trace.hops(0).actor(), SizeIs(8));
  EXPECT_NE(trace.hops(0).actor(), trace.hops(1).actor());
  EXPECT_EQ(trace.hops(1).actor(), trace.hops(2).actor());
}

TEST_F(OperationsServiceTest, OfAnIdThatNobodySentThereIsNoTrace) {
  v1::TraceNoticeRequest request;
  v1::TraceNoticeResponse answer;
  request.set_notice_id("x");
  ExpectRefused(Call(&Stub::TraceNotice, request, answer), Reason::kNoticeIdNotRandomUuid, {"notice_id"});
  request.set_notice_id(support::NewNoticeId());
  ExpectRefused(Call(&Stub::TraceNotice, request, answer), Reason::kNoticeNotFound);
  request.set_notice_id(Submit());
  request.set_municipality_code(kOtherCode);
  ExpectRefused(Call(&Stub::TraceNotice, request, answer), Reason::kNoticeNotFound);
}

TEST_F(OperationsServiceTest, WhatIsNeitherParkedNorHeldBackIsLeftAsItIs) {
  v1::RedriveNoticesRequest request;
  *request.add_notices() = NameOf(Submit());
  *request.add_notices() = NameOf(support::NewNoticeId());
  *request.add_notices() = NameOf("x");
  v1::RedriveNoticesResponse answer;
  ASSERT_TRUE(Call(&Stub::RedriveNotices, request, answer).ok());
  ASSERT_EQ(answer.results_size(), 3);
  EXPECT_FALSE(answer.results(0).has_rejected());
  EXPECT_FALSE(answer.results(0).redriven());
  EXPECT_EQ(answer.results(0).notice().notice_id(), request.notices(0).notice_id());
  ExpectRefused(answer.results(1).rejected(), Reason::kNoticeNotFound);
  ExpectRefused(answer.results(2).rejected(), Reason::kNoticeNotFound);
}

TEST_F(OperationsServiceTest, ABatchToPutBackHasABound) {
  v1::RedriveNoticesRequest request;
  v1::RedriveNoticesResponse answer;
  ExpectRefused(Call(&Stub::RedriveNotices, request, answer), Reason::kBatchEmpty, {"notices"});
  for (int number = 0; number < 501; ++number) request.add_notices();
  ExpectRefused(Call(&Stub::RedriveNotices, request, answer), Reason::kBatchTooLarge, {"notices"});
}

// What they left behind is still somebody's to finish.
TEST_F(OperationsServiceTest, NoticesOfThoseWhoLeftTheRegisterAreSeen) {
  const std::string to_municipality = Submit(kOtherCode);
  const std::string of_region = Submit(kCode, support::kOtherRegion);
  support::TrustChanges changes(broker_);
  changes.TakeOut("  - {region: \"1081\", municipality: \"0147\", first_day: 2020-01-01, last_day: 2199-12-31}\n");
  changes.TakeOut(
      "  - {code: \"0147\", name: Frederiksberg, participating: true, scheme_name: Godt hjem, phone_number: "
      "\"+4599000002\",\n     leaflet_text: Ring til os.,\n     inbox_certificates: inbox-0147.pem}\n");
  changes.TakeOut("  - {region: \"1082\", municipality: \"0101\", first_day: 2020-01-01, last_day: 2199-12-31}\n");
  changes.TakeOut(", {region: \"1082\", from: 2099-01-01}");
  changes.TakeOut("  - {code: \"1082\", name: Region Midtjylland}\n");
  v1::ListOperationsNoticesRequest request;
  v1::ListOperationsNoticesResponse answer;
  request.set_municipality_code(kOtherCode);
  ASSERT_TRUE(List(request, answer).ok());
  ASSERT_THAT(answer.notices(), SizeIs(1));
  EXPECT_EQ(answer.notices(0).notice_id(), to_municipality);
  request.clear_municipality_code();
  request.set_region_code("1082");
  ASSERT_TRUE(List(request, answer).ok());
  ASSERT_THAT(answer.notices(), SizeIs(1));
  EXPECT_EQ(answer.notices(0).notice_id(), of_region);
  EXPECT_EQ(Trace(to_municipality).notice().municipality_code(), kOtherCode);
  EXPECT_EQ(Trace(of_region).notice().region_code(), "1082");
  const v1::InboxStatus inbox = Inboxes(kOtherCode).inboxes(0);
  EXPECT_EQ(inbox.waiting(), 1u);
  EXPECT_EQ(inbox.name(), "") << "which only the register knows";
}

TEST_F(OperationsServiceTest, ANoticeIsReturnedByTwoOperatorsAndNotByOne) {
  const std::string id = Submit();
  v1::ReturnNoticeResponse proposed;
  ASSERT_TRUE(Return(NameOf(id), proposed).ok());
  EXPECT_EQ(proposed.proposal().proposed_by(), support::kOperations);
  EXPECT_FALSE(proposed.has_returned_at());
  v1::ReturnNoticeResponse again;
  ASSERT_TRUE(Return(NameOf(id), again).ok());
  EXPECT_EQ(again.SerializeAsString(), proposed.SerializeAsString()) << "the same operator is one operator";
  ASSERT_TRUE(Return(NameOf(id), again, support::kOtherOperations).ok());
  EXPECT_EQ(again.SerializeAsString(), proposed.SerializeAsString()) << "another one who only proposes is told of it";
  const v1::ReturnProposal seen = Trace(id).notice().return_proposal();
  EXPECT_EQ(seen.SerializeAsString(), proposed.proposal().SerializeAsString());
  v1::ReturnNoticeResponse returned;
  ExpectRefused(Return(NameOf(id), returned, support::kOperations, seen.proposal_id()),
                Reason::kReturnProposerIsCaller);
  ExpectRefused(Return(NameOf(id), returned, support::kOtherOperations, "x"), Reason::kReturnProposalOver);
  ASSERT_TRUE(Return(NameOf(id), returned, support::kOtherOperations, seen.proposal_id()).ok());
  EXPECT_TRUE(returned.has_returned_at());
  EXPECT_FALSE(returned.has_proposal());
  const v1::NoticeTrace trace = Trace(id);
  EXPECT_EQ(trace.notice().state(), v1::NOTICE_STATE_RETURNED);
  EXPECT_EQ(trace.notice().return_reason(), v1::RETURN_REASON_NOT_DELIVERABLE);
  ASSERT_THAT(KindsOf(trace),
              ElementsAre(v1::EVENT_KIND_ACCEPTED, v1::EVENT_KIND_RETURN_PROPOSED, v1::EVENT_KIND_RETURNED));
  EXPECT_NE(trace.hops(1).actor(), trace.hops(2).actor());
}

TEST_F(OperationsServiceTest, WhatIsDeliveredOrWasNeverSentIsNotReturned) {
  v1::ReturnNoticeResponse answer;
  ExpectRefused(Return(NameOf(support::NewNoticeId()), answer), Reason::kNoticeNotFound);
  ExpectRefused(Return(NameOf("x"), answer), Reason::kNoticeNotFound);
  const std::string id = Submit();
  Deliver();
  ExpectRefused(Return(NameOf(id), answer), Reason::kNoticeAlreadyAcknowledged);
}

TEST_F(OperationsServiceTest, ParticipantsAreListedWithWhatTheyCalledWith) {
  Submit();
  v1::ListParticipantsResponse answer;
  ASSERT_TRUE(Call(&Stub::ListParticipants, v1::ListParticipantsRequest(), answer).ok());
  std::vector<std::string> names;
  std::vector<std::string> seen;
  for (const v1::Participant& each : answer.participants()) {
    names.push_back(each.participant());
    if (!each.certificates().empty()) seen.push_back(each.participant());
    EXPECT_FALSE(each.suspended()) << each.participant();
  }
  EXPECT_THAT(names, ElementsAre("urn:envej:region:1081", "urn:envej:region:1082", "urn:envej:region:1083",
                                 "urn:envej:region:1084", "urn:envej:region:1085", "urn:envej:region:1086",
                                 "urn:envej:municipality:0101", "urn:envej:municipality:0147",
                                 "urn:envej:municipality:0851", "urn:envej:operations:day-watch",
                                 "urn:envej:operations:evening-watch", "urn:envej:operations:night-watch"));
  EXPECT_THAT(seen, UnorderedElementsAre(support::kRegion, support::kOperations));
  const v1::Participant& region = answer.participants(0);
  EXPECT_EQ(region.name(), "Region Nordjylland");
  EXPECT_THAT(region.certificates(0).fingerprint(), SizeIs(8));
  EXPECT_TRUE(region.certificates(0).has_expires_at());
  const v1::Participant& municipality = answer.participants(6);
  EXPECT_EQ(municipality.on_call().name(), "IT-vagten");
  EXPECT_THAT(municipality.inbox_certificates_expire_at(), SizeIs(1));
}

TEST_F(OperationsServiceTest, TheBrokerTellsHowItIs) {
  Submit();
  v1::GetBrokerStatusResponse status;
  ASSERT_TRUE(Call(&Stub::GetBrokerStatus, v1::GetBrokerStatusRequest(), status).ok());
  EXPECT_EQ(status.broker(), "broker-1");
  EXPECT_FALSE(status.program_version().empty());
  EXPECT_TRUE(status.has_started_at());
  EXPECT_TRUE(status.can_write());
  EXPECT_FALSE(status.recovering());
  EXPECT_GT(status.store().free_bytes(), 0u);
  EXPECT_FALSE(status.store().nearly_full());
  EXPECT_GE(status.store().schema_version(), 2u);
  EXPECT_THAT(status.store().incarnation(), SizeIs(32));
  EXPECT_GT(status.journal().newest_batch(), 0u);
  EXPECT_FALSE(status.journal().mirrored());
  EXPECT_TRUE(status.trust().has_certificate_expires_at());
  EXPECT_FALSE(status.trust().has_revocation_lists_expire_at());
  EXPECT_THAT(status.trust().configuration_hash(), SizeIs(64));
  EXPECT_THAT(status.trust().register_hash(), SizeIs(64));
}

}  // namespace
}  // namespace envej::wire
