// What a running broker does with a participant that sends faster than agreed.

#include "broker/wire/fair_share.h"

#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <thread>

#include "absl/time/clock.h"
#include "proto/contract/status_codec.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"

namespace envej::wire {
namespace {

using contract::Reason;
using support::BrokerProcess;
using support::CallContext;

constexpr int kBurst = 500;

v1::SubmitNoticesRequest BatchOf(int notices) {
  v1::SubmitNoticesRequest request;
  for (int notice = 0; notice < notices; ++notice) *request.add_notices() = support::NewNotice(support::kCode);
  return request;
}

class FairShareTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(broker_.Start());
    intake_ = broker_.Intake(support::kRegion);
  }
  void TearDown() override { EXPECT_EQ(broker_.Stop().code, support::kDone); }

  grpc::Status Submit(const v1::SubmitNoticesRequest& request) {
    v1::SubmitNoticesResponse answer;
    return intake_->SubmitNotices(CallContext().get(), request, &answer);
  }
  BrokerProcess broker_{{.more = "limits: {participant_burst: 500, participant_notices_per_second: 100}\n"}};
  std::unique_ptr<v1::IntakeService::Stub> intake_;
};

TEST_F(FairShareTest, ABatchLargerThanWhatIsLeftIsRefusedWholeAndAcceptedAfterItsDelay) {
  const v1::SubmitNoticesRequest batch = BatchOf(200);
  ASSERT_TRUE(Submit(BatchOf(kBurst - 10)).ok());
  const grpc::Status refused = Submit(batch);
  support::ExpectRefused(refused, Reason::kRateExceeded);
  const absl::Duration delay = contract::RetryDelayOf(refused).value();
  EXPECT_LE(delay, absl::Seconds(2));
  absl::SleepFor(delay + absl::Milliseconds(200));  // the clocks of both sides
  v1::SubmitNoticesResponse answer;
  EXPECT_TRUE(intake_->SubmitNotices(CallContext().get(), batch, &answer).ok());
  EXPECT_EQ(answer.results_size(), batch.notices_size());
  for (const v1::SubmitNoticeResult& result : answer.results()) {
    EXPECT_TRUE(result.has_accepted());
    EXPECT_FALSE(result.accepted().repeated_submission()) << "something of the refused batch was carried out";
  }
}

TEST_F(FairShareTest, AnotherParticipantIsServedMeanwhile) {
  const v1::SubmitNoticesRequest more = BatchOf(300);
  ASSERT_TRUE(Submit(BatchOf(kBurst)).ok());
  support::ExpectRefused(Submit(more), Reason::kRateExceeded);
  v1::SubmitNoticesResponse answer;
  EXPECT_TRUE(broker_.Intake(support::kOtherRegion)->SubmitNotices(CallContext().get(), BatchOf(kBurst), &answer).ok());
}

TEST_F(FairShareTest, TheRefusalComesOnlyAfterAWhile) {
  const v1::SubmitNoticesRequest more = BatchOf(300);
  ASSERT_TRUE(Submit(BatchOf(kBurst)).ok());
  const absl::Time begin = absl::Now();
  const grpc::Status refused = Submit(more);
  support::ExpectRefused(refused, Reason::kRateExceeded);
  EXPECT_GE(absl::Now() - begin, absl::Milliseconds(900));
  EXPECT_LE(contract::RetryDelayOf(refused).value(), absl::Seconds(2));
}

TEST_F(FairShareTest, AStopGivesWhatIsHeldBackAtOnce) {
  const v1::SubmitNoticesRequest more = BatchOf(300);
  ASSERT_TRUE(Submit(BatchOf(kBurst)).ok());
  grpc::Status refused;
  std::thread held([&] { refused = Submit(more); });
  absl::SleepFor(absl::Milliseconds(300));
  broker_.Signal(SIGTERM);
  held.join();
  support::ExpectRefused(refused, Reason::kRateExceeded);
  EXPECT_GT(contract::RetryDelayOf(refused).value(), absl::ZeroDuration());
}

TEST_F(FairShareTest, ACallThatIsGivenUpWhileItsAnswerIsHeldBackHarmsNothing) {
  const v1::SubmitNoticesRequest more = BatchOf(300);
  ASSERT_TRUE(Submit(BatchOf(kBurst)).ok());
  for (int call = 0; call < 20; ++call) {
    v1::SubmitNoticesResponse answer;
    const grpc::Status status = intake_->SubmitNotices(CallContext(absl::Milliseconds(20)).get(), more, &answer);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  }
  absl::SleepFor(absl::Seconds(3));
  EXPECT_TRUE(Submit(BatchOf(100)).ok());
}

}  // namespace
}  // namespace envej::wire
