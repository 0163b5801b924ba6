// What is refused in the later life of a notice, at a running broker.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/broker/wire/world.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"

namespace envej::wire {
namespace {

using contract::Reason;
using support::CallContext;
using support::ExpectRefused;
using support::kOtherCode;
using support::NewNotice;

class LifeRefusalsTest : public WorldTest {};

void ExpectClaimRefused(World& world, const v1::LeaseName& lease, Reason reason) {
  ExpectRefused(world.Acknowledge(lease).rejected(), reason);
  ExpectRefused(world.Extend(lease).rejected(), reason);
  ExpectRefused(world.Return(lease, v1::RETURN_REASON_NOT_RESIDENT).rejected(), reason);
}

TEST_F(LifeRefusalsTest, GarbageIsNoTokenOfAWatch) {
  for (const char* const token : {"x", "AAAA", "AQAAABBtZW1vcnktc3RvcmUtMDAwAAAAAAAAAAA="}) {
    v1::WatchNoticesRequest request;
    request.set_resume_token(token);
    const auto context = CallContext();
    const auto watch = world().intake().WatchNotices(context.get(), request);
    v1::WatchNoticesResponse answer;
    EXPECT_FALSE(watch->Read(&answer)) << token;
    ExpectRefused(watch->Finish(), Reason::kWatchTokenInvalid, {"resume_token"});
  }
}

TEST_F(LifeRefusalsTest, AWithdrawalSaysWhy) {
  const v1::Notice notice = NewNotice(kOtherCode);
  for (const v1::WithdrawalReason reason : {v1::WITHDRAWAL_REASON_UNSPECIFIED, static_cast<v1::WithdrawalReason>(99)}) {
    ExpectRefused(world().Withdraw(support::WithdrawalOf(notice, reason)), Reason::kWithdrawalReasonMissing,
                  {"withdrawal.reason"});
  }
}

TEST_F(LifeRefusalsTest, WhatIsNotNewerThanWhatWasAcceptedIsStale) {
  const v1::Notice notice = NewNotice(kOtherCode);
  ASSERT_TRUE(world().Submit(notice).ok());
  const v1::Notice revised = support::Revised(notice);
  ASSERT_TRUE(world().Revise(support::Revised(revised)).ok());
  ExpectRefused(world().Revise(revised), Reason::kRevisionStale);
  ExpectRefused(world().Withdraw(support::WithdrawalOf(notice)), Reason::kRevisionStale);
}

TEST_F(LifeRefusalsTest, ALeaseOnWhatWasRevisedIsOver) {
  const v1::Notice notice = NewNotice(kOtherCode);
  ASSERT_TRUE(world().Submit(notice).ok());
  const v1::LeaseName lease = world().PullOne(notice.envelope().notice_id());
  ASSERT_TRUE(world().Revise(support::Revised(notice)).ok());
  ExpectClaimRefused(world(), lease, Reason::kNoticeRevised);
}

TEST_F(LifeRefusalsTest, WhatWasWithdrawnIsGoneForEverybody) {
  const v1::Notice notice = NewNotice(kOtherCode);
  ASSERT_TRUE(world().Submit(notice).ok());
  const v1::LeaseName lease = world().PullOne(notice.envelope().notice_id());
  ASSERT_TRUE(world().Withdraw(support::WithdrawalOf(notice)).ok());
  ExpectClaimRefused(world(), lease, Reason::kNoticeWithdrawn);
  ExpectRefused(world().Revise(support::Revised(support::Revised(notice))), Reason::kNoticeWithdrawn);
  const v1::Notice never_submitted = NewNotice(kOtherCode);
  ASSERT_TRUE(world().Withdraw(support::WithdrawalOf(never_submitted)).ok());
  ExpectRefused(world().Submit(never_submitted), Reason::kNoticeWithdrawn);
}

TEST_F(LifeRefusalsTest, WhatWaitsHasNoOutcome) {
  const v1::LeaseName lease = world().Leased();
  ExpectRefused(world().AcknowledgeOutcome(kOtherCode, lease.notice_id()), Reason::kOutcomeNotReached);
}

}  // namespace
}  // namespace envej::wire
