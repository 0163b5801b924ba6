// A broker whose disk is nearly full, as the configuration has it: what is new is refused, and nothing else.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "proto/contract/status_codec.h"
#include "tests/support/broker_process.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"

namespace envej::wire {
namespace {

using contract::Reason;
using support::CallContext;
using support::ExpectRefused;
using support::kCode;

constexpr uint64_t kLargestReserve = uint64_t{1} << 40;

class StorageNearlyFullTest : public testing::Test {
 protected:
  void SetUp() override {
    if (std::filesystem::space(testing::TempDir()).available >= kLargestReserve) {
      GTEST_SKIP() << "more is free than any reserve";
    }
    ASSERT_TRUE(broker_.Start());
  }

  // From now on the disk is nearly full.
  void StartAgainNearlyFull() {
    ASSERT_EQ(broker_.Stop().code, 0);
    std::ofstream(broker_.config(), std::ios::app) << "storage: {reserve_mib: 1048576}\n";
    ASSERT_TRUE(broker_.Start());
  }

  grpc::Status Submit(const v1::Notice& notice, v1::SubmitNoticeResponse* answer = nullptr) {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = notice;
    v1::SubmitNoticeResponse own;
    return broker_.Intake(support::kRegion)
        ->SubmitNotice(CallContext().get(), request, answer == nullptr ? &own : answer);
  }
  v1::Notice Submitted() {
    v1::Notice notice = support::NewNotice(kCode);
    EXPECT_TRUE(Submit(notice).ok());
    return notice;
  }
  v1::PullNoticesResponse Pull() {
    v1::PullNoticesRequest request;
    request.set_municipality_code(kCode);
    v1::PullNoticesResponse answer;
    EXPECT_TRUE(broker_.Inbox(support::kMunicipality)->PullNotices(CallContext().get(), request, &answer).ok());
    return answer;
  }

  support::BrokerProcess broker_;
};

TEST_F(StorageNearlyFullTest, NewNoticesAndRevisionsAreRefusedWithADelay) {
  const v1::Notice old = Submitted();
  StartAgainNearlyFull();
  const grpc::Status refused = Submit(support::NewNotice(kCode));
  ExpectRefused(refused, Reason::kStorageNearlyFull);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(contract::RetryDelayOf(refused).has_value());

  v1::ReviseNoticeRequest revise;
  *revise.mutable_notice() = support::Revised(old);
  v1::ReviseNoticeResponse revised;
  ExpectRefused(broker_.Intake(support::kRegion)->ReviseNotice(CallContext().get(), revise, &revised),
                Reason::kStorageNearlyFull);

  v1::SubmitNoticesRequest batch;
  *batch.add_notices() = support::NewNotice(kCode);
  *batch.add_notices() = old;
  v1::SubmitNoticesResponse results;
  ASSERT_TRUE(broker_.Intake(support::kRegion)->SubmitNotices(CallContext().get(), batch, &results).ok());
  ExpectRefused(results.results(0).rejected(), Reason::kStorageNearlyFull);
  EXPECT_TRUE(results.results(1).has_accepted()) << "what is repeated has its receipt";
  EXPECT_TRUE(broker_.WaitForLog("storage_nearly_full"));
}

TEST_F(StorageNearlyFullTest, WhatIsWrongAnywayIsRefusedForThat) {
  StartAgainNearlyFull();
  v1::Notice notice = support::NewNotice(kCode);
  notice.mutable_envelope()->set_revision(7);
  ExpectRefused(Submit(notice), Reason::kRevisionOutOfOrder, {"envelope.revision"});
}

TEST_F(StorageNearlyFullTest, EverythingElseGoesOn) {
  const v1::Notice withdrawn = Submitted();
  Submitted();
  Submitted();
  StartAgainNearlyFull();
  v1::WithdrawNoticeRequest withdraw;
  *withdraw.mutable_withdrawal() = support::WithdrawalOf(withdrawn);
  v1::WithdrawNoticeResponse answer;
  EXPECT_TRUE(broker_.Intake(support::kRegion)->WithdrawNotice(CallContext().get(), withdraw, &answer).ok());

  const v1::PullNoticesResponse pulled = Pull();
  ASSERT_EQ(pulled.items_size(), 2);
  v1::AcknowledgeNoticesRequest acknowledge;
  acknowledge.set_municipality_code(kCode);
  *acknowledge.add_leases() = pulled.items(0).lease().name();
  v1::AcknowledgeNoticesResponse acknowledged;
  ASSERT_TRUE(
      broker_.Inbox(support::kMunicipality)->AcknowledgeNotices(CallContext().get(), acknowledge, &acknowledged).ok());
  EXPECT_TRUE(acknowledged.results(0).has_acknowledged_at());

  v1::ReturnNoticesRequest give_back;
  give_back.set_municipality_code(kCode);
  v1::NoticeReturn& item = *give_back.add_returns();
  *item.mutable_lease() = pulled.items(1).lease().name();
  item.set_reason(v1::RETURN_REASON_NOT_RESIDENT);
  v1::ReturnNoticesResponse returned;
  ASSERT_TRUE(broker_.Inbox(support::kMunicipality)->ReturnNotices(CallContext().get(), give_back, &returned).ok());
  EXPECT_TRUE(returned.results(0).has_returned_at());

  v1::AcknowledgeOutcomeRequest outcome;
  outcome.set_municipality_code(kCode);
  outcome.set_notice_id(pulled.items(1).lease().name().notice_id());
  v1::AcknowledgeOutcomeResponse noted;
  EXPECT_TRUE(broker_.Intake(support::kRegion)->AcknowledgeOutcome(CallContext().get(), outcome, &noted).ok());
}

}  // namespace
}  // namespace envej::wire
