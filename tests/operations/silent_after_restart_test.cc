// Of an inbox that nobody empties operations are told also where others of the municipality call, and soon after a
// restart, which forgets nobody who was seen.

#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "envej/v1/operations_service.grpc.pb.h"
#include "tests/certs/test_files.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"
#include "tests/support/skipped_time.h"

namespace envej::operations {
namespace {

using support::CallContext;
using support::kCode;

constexpr int kSilentMinutes = 11;
constexpr int kDownMinutes = 30;
constexpr int kGraceMinutes = 2;
constexpr absl::Duration kTold = absl::Seconds(20);

class SilentAfterRestartTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(broker_.Start());
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = support::NewNotice(kCode);
    v1::SubmitNoticeResponse answer;
    ASSERT_TRUE(broker_.Intake(support::kRegion)->SubmitNotice(CallContext().get(), request, &answer).ok());
  }

  v1::InboxStatus Inbox() {
    v1::ListInboxesRequest request;
    request.set_municipality_code(kCode);
    v1::ListInboxesResponse answer;
    const grpc::Status status =
        broker_.Operations(support::kOperations)->ListInboxes(CallContext().get(), request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return answer.inboxes_size() == 1 ? answer.inboxes(0) : v1::InboxStatus();
  }
  v1::Participant Municipality() {
    v1::ListParticipantsResponse answer;
    const grpc::Status status =
        broker_.Operations(support::kOperations)->ListParticipants(CallContext().get(), {}, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    for (const v1::Participant& each : answer.participants()) {
      if (each.participant() == support::kMunicipality) return each;
    }
    return {};
  }
  bool IsToldAs(bool silent) {
    const absl::Time until = absl::Now() + kTold;
    while (Inbox().silent() != silent && absl::Now() < until) absl::SleepFor(absl::Milliseconds(100));
    return Inbox().silent() == silent;
  }
  size_t Pull() {
    v1::PullNoticesRequest request;
    request.set_municipality_code(kCode);
    v1::PullNoticesResponse answer;
    EXPECT_TRUE(broker_.Inbox(support::kMunicipality)->PullNotices(CallContext().get(), request, &answer).ok());
    return static_cast<size_t>(answer.items_size());
  }
  // A call that empties nothing: nobody has such a lease.
  void Acknowledge() {
    v1::AcknowledgeNoticesRequest request;
    request.set_municipality_code(kCode);
    v1::LeaseName& lease = *request.add_leases();
    lease.set_region_code("1081");
    lease.set_notice_id(support::NewNoticeId());
    lease.set_revision(1);
    lease.set_token("never given");
    v1::AcknowledgeNoticesResponse answer;
    const auto inbox = broker_.Inbox(support::kMunicipality);
    EXPECT_TRUE(inbox->AcknowledgeNotices(CallContext().get(), request, &answer).ok());
  }

  // Before any is made: hours are to pass.
  const bool certificates_hold_ = (certs::LetHoldFor(absl::Hours(12)), true);
  const support::SkippedTime skipped_;
  support::BrokerProcess broker_{{.environment = skipped_.Environment(support::SkippedTime::Clocks::kAll)}};
};

TEST_F(SilentAfterRestartTest, ItIsToldTwoMinutesLaterAndSinceWhenAndWhoWasSeen) {
  EXPECT_FALSE(Inbox().silent());
  skipped_.Skip(kSilentMinutes);
  ASSERT_TRUE(IsToldAs(true));
  Acknowledge();
  const v1::InboxStatus before = Inbox();
  EXPECT_TRUE(before.has_last_seen_at());
  EXPECT_TRUE(before.silent()) << "whoever only calls empties nothing";

  ASSERT_EQ(broker_.Stop().code, support::kDone);
  skipped_.Skip(kDownMinutes);
  ASSERT_TRUE(broker_.Start());
  const v1::InboxStatus after = Inbox();
  EXPECT_FALSE(after.silent()) << "its consumer may come back yet";
  EXPECT_TRUE(after.silence_unknown());
  EXPECT_EQ(after.last_seen_at().seconds(), before.last_seen_at().seconds());
  ASSERT_EQ(Municipality().certificates_size(), 1);
  EXPECT_TRUE(Municipality().certificates(0).has_expires_at());
  skipped_.Skip(kGraceMinutes);
  EXPECT_TRUE(IsToldAs(true));
  EXPECT_EQ(Inbox().silent_since().seconds(), before.silent_since().seconds());
  EXPECT_EQ(Pull(), 1u);
  EXPECT_TRUE(IsToldAs(false));
}

TEST_F(SilentAfterRestartTest, WhatWasNotSilentIsNotSoForTheTimeInWhichTheBrokerWasDown) {
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  skipped_.Skip(kDownMinutes);
  ASSERT_TRUE(broker_.Start());
  ASSERT_TRUE(broker_.WaitForLog("\"standing_counted\""));
  EXPECT_FALSE(Inbox().silent());
  EXPECT_FALSE(Inbox().silence_unknown());
  skipped_.Skip(kSilentMinutes);
  EXPECT_TRUE(IsToldAs(true));
}

}  // namespace
}  // namespace envej::operations
