// What a region may do with the notices of those that it has succeeded, at a running broker.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/broker_process.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"

namespace envej::wire {
namespace {

using contract::Reason;
using support::BrokerProcess;
using support::CallContext;
using support::ExpectRefused;
using support::kCode;
using support::NewNotice;
using support::Revised;

constexpr char kPredecessorCode[] = "1081";
constexpr char kNotYetCode[] = "1082";

class SuccessorsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    broker_ = std::make_unique<BrokerProcess>(support::BrokerSettings{.more = "limits: {participant_burst: 100000}\n"});
    ASSERT_TRUE(broker_->Start());
  }
  static void TearDownTestSuite() { broker_.reset(); }

  void SetUp() override { ASSERT_TRUE(Submit(notice_, *region_).ok()); }

  static grpc::Status Submit(const v1::Notice& notice, v1::IntakeService::Stub& region,
                             const std::string& region_code = "", v1::SubmitNoticeResponse* answer = nullptr) {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = notice;
    request.set_region_code(region_code);
    v1::SubmitNoticeResponse ignored;
    return region.SubmitNotice(CallContext().get(), request, answer == nullptr ? &ignored : answer);
  }

  grpc::Status Get(const std::string& region_code, v1::GetNoticeResponse* answer = nullptr) {
    v1::GetNoticeRequest request;
    request.set_municipality_code(kCode);
    request.set_notice_id(id());
    request.set_region_code(region_code);
    v1::GetNoticeResponse ignored;
    return successor_->GetNotice(CallContext().get(), request, answer == nullptr ? &ignored : answer);
  }

  grpc::Status Revise(const v1::Notice& notice, const std::string& region_code) {
    v1::ReviseNoticeRequest request;
    *request.mutable_notice() = notice;
    request.set_region_code(region_code);
    return successor_->ReviseNotice(CallContext().get(), request, &revised_);
  }

  grpc::Status Withdraw(const v1::Withdrawal& withdrawal, const std::string& region_code) {
    v1::WithdrawNoticeRequest request;
    *request.mutable_withdrawal() = withdrawal;
    request.set_region_code(region_code);
    v1::WithdrawNoticeResponse answer;
    return successor_->WithdrawNotice(CallContext().get(), request, &answer);
  }

  // The successor's ids among that region's notices.
  grpc::Status List(const std::string& region_code, std::vector<std::string>& ids) {
    v1::ListNoticesRequest request;
    request.set_municipality_code(kCode);
    request.set_region_code(region_code);
    request.set_page_size(500);
    v1::ListNoticesResponse answer;
    const grpc::Status status = successor_->ListNotices(CallContext().get(), request, &answer);
    for (const v1::NoticeStatus& notice : answer.notices()) ids.push_back(notice.notice_id());
    return status;
  }

  std::string id() const { return notice_.envelope().notice_id(); }

  static std::unique_ptr<BrokerProcess> broker_;
  const std::unique_ptr<v1::IntakeService::Stub> region_ = broker_->Intake(support::kRegion);
  const std::unique_ptr<v1::IntakeService::Stub> successor_ = broker_->Intake(support::kSuccessor);
  const v1::Notice notice_ = NewNotice(kCode);
  v1::ReviseNoticeResponse revised_;
};

std::unique_ptr<BrokerProcess> SuccessorsTest::broker_;

TEST_F(SuccessorsTest, ASuccessorReadsWhatItsPredecessorSent) {
  v1::GetNoticeResponse answer;
  ASSERT_TRUE(Get(kPredecessorCode, &answer).ok());
  EXPECT_EQ(answer.receipt().region_code(), kPredecessorCode);
  EXPECT_EQ(answer.status().state(), v1::NOTICE_STATE_WAITING);
  std::vector<std::string> ids;
  ASSERT_TRUE(List(kPredecessorCode, ids).ok());
  EXPECT_THAT(ids, testing::Contains(id()));
}

TEST_F(SuccessorsTest, ItsOwnNoticesAreOthers) {
  ExpectRefused(Get(""), Reason::kNoticeNotFound);
  ExpectRefused(Get("1086"), Reason::kNoticeNotFound);
  std::vector<std::string> ids;
  ASSERT_TRUE(List("", ids).ok());
  EXPECT_THAT(ids, testing::Not(testing::Contains(id())));
}

TEST_F(SuccessorsTest, ASuccessorRevisesAndTheMunicipalityGetsItAsThePredecessorsNotice) {
  ASSERT_TRUE(Revise(Revised(notice_), kPredecessorCode).ok());
  EXPECT_EQ(revised_.receipt().region_code(), kPredecessorCode);
  v1::PullNoticesRequest pull;
  pull.set_municipality_code(kCode);
  pull.set_max_notices(500);
  v1::PullNoticesResponse pulled;
  ASSERT_TRUE(broker_->Inbox(support::kMunicipality)->PullNotices(CallContext().get(), pull, &pulled).ok());
  for (const v1::InboxItem& item : pulled.items()) {
    if (item.lease().name().notice_id() != id()) continue;
    EXPECT_EQ(item.lease().name().region_code(), kPredecessorCode);
    EXPECT_EQ(item.lease().name().revision(), 2);
    EXPECT_EQ(support::Opened(item, pulled).envelope().notice_id(), id());
    return;
  }
  ADD_FAILURE() << "the revision does not wait";
}

TEST_F(SuccessorsTest, ASuccessorWithdraws) {
  ASSERT_TRUE(Withdraw(support::WithdrawalOf(notice_), kPredecessorCode).ok());
  v1::GetNoticeResponse answer;
  ASSERT_TRUE(Get(kPredecessorCode, &answer).ok());
  EXPECT_EQ(answer.status().state(), v1::NOTICE_STATE_WITHDRAWN);
}

TEST_F(SuccessorsTest, WhatThePredecessorSubmittedIsRecognisedFromItsSuccessor) {
  v1::GetNoticeResponse before;
  ASSERT_TRUE(Get(kPredecessorCode, &before).ok());
  v1::SubmitNoticeResponse again;
  ASSERT_TRUE(Submit(notice_, *successor_, kPredecessorCode, &again).ok());
  EXPECT_TRUE(again.repeated_submission());
  EXPECT_EQ(again.receipt().SerializeAsString(), before.receipt().SerializeAsString());
  ExpectRefused(Get(""), Reason::kNoticeNotFound);
  v1::Notice other = notice_;
  other.mutable_citizen()->set_name("Opdigtet Anden");
  ExpectRefused(Submit(other, *successor_, kPredecessorCode), Reason::kNoticeIdReused);
}

// A store without a mirror knows nothing of what came after its backup.
TEST_F(SuccessorsTest, WhatTheBrokerNoLongerKnowsIsTheirPredecessorsByTheRulesOfTheDay) {
  const v1::Notice lost = NewNotice(kCode);
  v1::SubmitNoticeResponse answer;
  ASSERT_TRUE(Submit(lost, *successor_, kPredecessorCode, &answer).ok());
  EXPECT_EQ(answer.receipt().region_code(), kPredecessorCode);
  ASSERT_TRUE(Submit(lost, *region_, "", &answer).ok());
  EXPECT_TRUE(answer.repeated_submission());
  v1::Notice lapsed = NewNotice(kCode);
  lapsed.mutable_envelope()->mutable_consent()->mutable_contact()->set_given_on("2020-01-01");
  ExpectRefused(Submit(lapsed, *successor_, kPredecessorCode), Reason::kConsentToContactTooOld,
                {"envelope.consent.contact.given_on"});
}

TEST_F(SuccessorsTest, ThePredecessorGoesOn) {
  v1::ReviseNoticeRequest request;
  *request.mutable_notice() = Revised(notice_);
  EXPECT_TRUE(region_->ReviseNotice(CallContext().get(), request, &revised_).ok());
}

TEST_F(SuccessorsTest, AnotherRegionsNoticesAreRefusedWithEveryCall) {
  // Before its day; not at all; no code.
  for (const std::string code : {kNotYetCode, "1083", "9999", "x"}) {
    const std::vector<std::string> field = {"region_code"};
    ExpectRefused(Get(code), Reason::kRegionNotSucceeded, field);
    ExpectRefused(Submit(notice_, *successor_, code), Reason::kRegionNotSucceeded, field);
    ExpectRefused(Revise(Revised(notice_), code), Reason::kRegionNotSucceeded, field);
    ExpectRefused(Withdraw(support::WithdrawalOf(notice_), code), Reason::kRegionNotSucceeded, field);
    std::vector<std::string> ids;
    ExpectRefused(List(code, ids), Reason::kRegionNotSucceeded, field);
    EXPECT_TRUE(ids.empty());
    v1::AcknowledgeOutcomeRequest outcome;
    outcome.set_municipality_code(kCode);
    outcome.set_notice_id(id());
    outcome.set_region_code(code);
    v1::AcknowledgeOutcomeResponse acknowledged;
    ExpectRefused(successor_->AcknowledgeOutcome(CallContext().get(), outcome, &acknowledged),
                  Reason::kRegionNotSucceeded, field);
  }
  v1::GetNoticeRequest back;
  back.set_municipality_code(kCode);
  back.set_notice_id(id());
  back.set_region_code("1086");
  v1::GetNoticeResponse answer;
  ExpectRefused(region_->GetNotice(CallContext().get(), back, &answer), Reason::kRegionNotSucceeded, {"region_code"});
}

TEST_F(SuccessorsTest, TheStreamTellsOfBoth) {
  const v1::Notice of_another = NewNotice(kCode);
  ASSERT_TRUE(Submit(of_another, *broker_->Intake(support::kOtherRegion)).ok());
  ASSERT_TRUE(Revise(Revised(notice_), kPredecessorCode).ok());
  const auto context = CallContext();
  const auto watch = successor_->WatchNotices(context.get(), {});
  v1::WatchNoticesResponse answer;
  std::vector<v1::ChangeKind> kinds;
  while (kinds.size() < 2 && watch->Read(&answer)) {
    for (const v1::NoticeChange& change : answer.changes()) {
      EXPECT_EQ(change.region_code(), kPredecessorCode);
      if (change.notice_id() == id()) kinds.push_back(change.kind());
    }
  }
  EXPECT_THAT(kinds, testing::ElementsAre(v1::CHANGE_KIND_ACCEPTED, v1::CHANGE_KIND_REVISED));
  context->TryCancel();
  while (watch->Read(&answer)) {
  }
  watch->Finish();
}

}  // namespace
}  // namespace envej::wire
