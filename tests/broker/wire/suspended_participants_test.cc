// Participants whom operations suspend at a running broker.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "proto/contract/message_codec.h"
#include "tests/broker/wire/operations_world.h"
#include "tests/support/exit_codes.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/trust_changes.h"

namespace envej::wire {
namespace {

using contract::Reason;
using support::CallContext;
using support::ExpectRefused;
using support::kCode;

class SuspendedParticipantsTest : public OperationsTest {
 protected:
  v1::Participant Participant(const std::string& uri) {
    v1::ListParticipantsResponse answer;
    EXPECT_TRUE(Call(&v1::OperationsService::Stub::ListParticipants, v1::ListParticipantsRequest(), answer).ok());
    for (const v1::Participant& each : answer.participants()) {
      if (each.participant() == uri) return each;
    }
    ADD_FAILURE() << uri << " is not listed";
    return {};
  }
};

TEST_F(SuspendedParticipantsTest, MayMakeNoCallUntilTheyAreResumed) {
  ASSERT_TRUE(ListAs(support::kRegion).ok());
  v1::SuspendParticipantResponse suspended;
  ASSERT_TRUE(Suspend(support::kRegion, support::kOperations, &suspended).ok());
  ExpectRefused(ListAs(support::kRegion), Reason::kParticipantSuspended);
  ExpectRefused(ListAs("urn:envej:region:1081:psykiatri-nord"), Reason::kParticipantSuspended);
  EXPECT_TRUE(ListAs(support::kOtherRegion).ok());
  v1::SuspendParticipantResponse again;
  ASSERT_TRUE(Suspend(support::kRegion, support::kOtherOperations, &again).ok());
  EXPECT_EQ(again.SerializeAsString(), suspended.SerializeAsString()) << "since when it is first";
  const v1::Participant told = Participant(support::kRegion);
  EXPECT_TRUE(told.suspended());
  EXPECT_FALSE(told.suspended_in_register());
  EXPECT_EQ(told.suspended_at().SerializeAsString(), suspended.suspended_at().SerializeAsString());

  v1::ResumeParticipantResponse resumed;
  ASSERT_TRUE(Resume(support::kRegion, &resumed).ok());
  EXPECT_TRUE(resumed.was_suspended());
  EXPECT_TRUE(ListAs(support::kRegion).ok());
  ASSERT_TRUE(Resume(support::kRegion, &resumed).ok());
  EXPECT_FALSE(resumed.was_suspended());
}

TEST_F(SuspendedParticipantsTest, StaySoAfterARestart) {
  ASSERT_TRUE(Suspend(support::kMunicipality).ok());
  broker_.Kill();
  ASSERT_TRUE(broker_.Start());
  v1::PullNoticesRequest request;
  request.set_municipality_code(kCode);
  v1::PullNoticesResponse answer;
  ExpectRefused(broker_.Inbox(support::kMunicipality)->PullNotices(CallContext().get(), request, &answer),
                Reason::kParticipantSuspended);
  v1::ListInboxesResponse inboxes;
  ASSERT_TRUE(Call(&v1::OperationsService::Stub::ListInboxes, v1::ListInboxesRequest(), inboxes).ok());
  EXPECT_TRUE(inboxes.inboxes(0).suspended());
  EXPECT_FALSE(inboxes.inboxes(1).suspended());
}

TEST_F(SuspendedParticipantsTest, LoseTheirOpenStreams) {
  Submit();
  const auto intake = broker_.Intake(support::kRegion);
  const auto context = CallContext();
  const auto watch = intake->WatchNotices(context.get(), {});
  v1::WatchNoticesResponse answer;
  ASSERT_TRUE(watch->Read(&answer));
  ASSERT_TRUE(Suspend(support::kRegion).ok());
  while (watch->Read(&answer)) {
  }
  EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(SuspendedParticipantsTest, LoseTheirWaitingPulls) {
  v1::PullNoticesRequest request;
  request.set_municipality_code(kCode);
  *request.mutable_wait() = contract::ToMessage(absl::Seconds(20));
  grpc::Status status;
  std::thread waits([&] {
    v1::PullNoticesResponse answer;
    status = broker_.Inbox(support::kMunicipality)->PullNotices(CallContext(absl::Seconds(30)).get(), request, &answer);
  });
  v1::ListInboxesResponse inboxes;
  for (int round = 0; round < 3000 && (inboxes.inboxes().empty() || inboxes.inboxes(0).consumers_connected() == 0);
       ++round) {
    Call(&v1::OperationsService::Stub::ListInboxes, v1::ListInboxesRequest(), inboxes);
  }
  EXPECT_EQ(inboxes.inboxes(0).consumers_connected(), 1u);
  EXPECT_TRUE(Suspend(support::kMunicipality).ok());
  waits.join();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(SuspendedParticipantsTest, MustBeOfTheRegisterAndSomebodyElse) {
  for (const char* const nobody : {"", "x", "urn:envej:region:9999", "urn:envej:region:1081:psykiatri-nord",
                                   "urn:envej:operations:stranger", "urn:envej:broker:broker-1"}) {
    ExpectRefused(Suspend(nobody), Reason::kParticipantUnknown, {"participant"});
    ExpectRefused(Resume(nobody), Reason::kParticipantUnknown, {"participant"});
  }
  ExpectRefused(Suspend(support::kOperations), Reason::kParticipantIsCaller, {"participant"});
  EXPECT_TRUE(Suspend(support::kOtherOperations).ok());
  ExpectRefused(Suspend(support::kRegion, support::kOtherOperations), Reason::kParticipantSuspended);
}

constexpr char kThird[] = "urn:envej:operations:evening-watch";

// Nobody would be left who could take it back.
TEST_F(SuspendedParticipantsTest, AreNeverAllOtherOperators) {
  ASSERT_TRUE(Suspend(kThird).ok());
  ExpectRefused(Suspend(support::kOtherOperations), Reason::kOperationsLeftToCaller, {"participant"});
  EXPECT_TRUE(Suspend(kThird).ok()) << "it is suspended already";
  ExpectRefused(Suspend(support::kOperations, support::kOtherOperations), Reason::kOperationsLeftToCaller,
                {"participant"});
  ASSERT_TRUE(Resume(kThird).ok());
  EXPECT_TRUE(Suspend(support::kOtherOperations).ok());
}

TEST_F(SuspendedParticipantsTest, AreListedAndResumedAlsoOnceTheyHaveLeftTheRegister) {
  support::TrustChanges changes(broker_);
  ASSERT_TRUE(Suspend(kThird).ok());
  changes.TakeOut(", evening-watch");
  const v1::Participant told = Participant(kThird);
  EXPECT_TRUE(told.left_register());
  EXPECT_TRUE(told.suspended());
  EXPECT_FALSE(told.suspended_in_register());
  EXPECT_TRUE(told.has_suspended_at());
  EXPECT_EQ(told.name(), "evening-watch");
  EXPECT_FALSE(Participant(support::kRegion).left_register());
  ASSERT_TRUE(Suspend("urn:envej:municipality:0151").ok());
  EXPECT_TRUE(Participant("urn:envej:municipality:0151").suspended()) << "it takes no part, and was never seen";
  v1::ResumeParticipantResponse resumed;
  ASSERT_TRUE(Resume(kThird, &resumed).ok());
  EXPECT_TRUE(resumed.was_suspended());
  ExpectRefused(Resume(kThird), Reason::kParticipantUnknown, {"participant"});
}

TEST_F(SuspendedParticipantsTest, WhomTheRegisterSuspendsNoCallResumes) {
  support::TrustChanges changes(broker_);
  changes.Suspend("1081");
  EXPECT_TRUE(Participant(support::kRegion).suspended_in_register());
  EXPECT_FALSE(Participant(support::kRegion).has_suspended_at());
  ExpectRefused(Resume(support::kRegion), Reason::kSuspendedInRegister, {"participant"});
  changes.LetIn("1081");
  EXPECT_TRUE(Resume(support::kRegion).ok());
}

}  // namespace
}  // namespace envej::wire
