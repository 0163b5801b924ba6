// What a region and a municipality see of a notice that is revised, withdrawn or returned, at a running broker.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/broker/wire/world.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"

namespace envej::wire {
namespace {

using support::kOtherCode;
using support::NewNotice;
using support::Revised;
using support::WithdrawalOf;

class WholeLifeTest : public WorldTest {
 protected:
  static v1::NoticeStatus StatusOf(const v1::Notice& notice) { return Told(notice).status(); }
  static v1::GetNoticeResponse Told(const v1::Notice& notice) {
    v1::GetNoticeResponse answer;
    EXPECT_TRUE(world().Get(kOtherCode, notice.envelope().notice_id(), answer).ok());
    return answer;
  }
  static v1::InboxItem Pull(const v1::Notice& notice) { return world().PullItem(notice.envelope().notice_id()); }
  static void Acknowledge(const v1::InboxItem& item) {
    EXPECT_TRUE(world().Acknowledge(item.lease().name()).has_acknowledged_at());
  }
  // One that the municipality has.
  static v1::Notice Delivered() {
    v1::Notice notice = NewNotice(kOtherCode);
    EXPECT_TRUE(world().Submit(notice).ok());
    Acknowledge(Pull(notice));
    return notice;
  }
};

TEST_F(WholeLifeTest, WhatIsRevisedBeforeItIsTakenIsDeliveredOnceAsItIsNow) {
  const v1::Notice notice = NewNotice(kOtherCode);
  ASSERT_TRUE(world().Submit(notice).ok());
  v1::ReviseNoticeResponse answer;
  ASSERT_TRUE(world().Revise(Revised(notice), &answer).ok());
  EXPECT_FALSE(answer.repeated_revision());
  EXPECT_EQ(answer.receipt().revision(), 2u);
  const v1::InboxItem item = Pull(notice);
  EXPECT_EQ(item.kind(), v1::ITEM_KIND_NOTICE);
  EXPECT_EQ(item.notice().envelope().revision(), 2u);
  EXPECT_EQ(item.replaces_revision(), 0u);
  Acknowledge(item);
  EXPECT_EQ(StatusOf(notice).delivered_revision(), 2u);
}

TEST_F(WholeLifeTest, RevisionRepeatedIsAnsweredWithItsReceiptAndSoIsTheSubmission) {
  const v1::Notice notice = NewNotice(kOtherCode);
  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = notice;
  v1::SubmitNoticeResponse first;
  ASSERT_TRUE(world().intake().SubmitNotice(support::CallContext().get(), request, &first).ok());
  v1::ReviseNoticeResponse revised;
  ASSERT_TRUE(world().Revise(Revised(notice), &revised).ok());
  v1::ReviseNoticeResponse repeated;
  ASSERT_TRUE(world().Revise(Revised(notice), &repeated).ok());
  EXPECT_TRUE(repeated.repeated_revision());
  EXPECT_EQ(repeated.receipt().SerializeAsString(), revised.receipt().SerializeAsString());
  v1::SubmitNoticeResponse again;
  ASSERT_TRUE(world().intake().SubmitNotice(support::CallContext().get(), request, &again).ok());
  EXPECT_EQ(again.receipt().SerializeAsString(), first.receipt().SerializeAsString());
  EXPECT_EQ(Told(notice).receipt().SerializeAsString(), revised.receipt().SerializeAsString());
}

TEST_F(WholeLifeTest, WhatIsRevisedAfterItWasTakenIsAnItemThatNamesWhatItReplaces) {
  const v1::Notice notice = Delivered();
  ASSERT_TRUE(world().Revise(Revised(notice)).ok());
  const v1::InboxItem item = Pull(notice);
  EXPECT_EQ(item.kind(), v1::ITEM_KIND_REVISION);
  EXPECT_EQ(item.replaces_revision(), 1u);
  EXPECT_EQ(item.notice().envelope().revision(), 2u);
  Acknowledge(item);
  EXPECT_EQ(StatusOf(notice).state(), v1::NOTICE_STATE_ACKNOWLEDGED);
}

TEST_F(WholeLifeTest, WhatIsWithdrawnBeforeItIsTakenIsNeverHandedOut) {
  const v1::Notice notice = NewNotice(kOtherCode);
  ASSERT_TRUE(world().Submit(notice).ok());
  v1::WithdrawNoticeResponse answer;
  ASSERT_TRUE(world().Withdraw(WithdrawalOf(notice), &answer).ok());
  EXPECT_EQ(answer.receipt().withdrawal_reason(), v1::WITHDRAWAL_REASON_CONSENT_WITHDRAWN);
  v1::WithdrawNoticeResponse repeated;
  ASSERT_TRUE(world().Withdraw(WithdrawalOf(notice), &repeated).ok());
  EXPECT_TRUE(repeated.repeated_withdrawal());
  EXPECT_EQ(repeated.receipt().SerializeAsString(), answer.receipt().SerializeAsString());
  v1::PullNoticesRequest request;
  request.set_municipality_code(kOtherCode);
  request.set_max_notices(500);
  v1::PullNoticesResponse pulled;
  ASSERT_TRUE(world().Pull(request, pulled).ok());
  for (const v1::InboxItem& item : pulled.items()) {
    EXPECT_NE(item.lease().name().notice_id(), notice.envelope().notice_id());
  }
  const v1::NoticeStatus status = StatusOf(notice);
  EXPECT_EQ(status.state(), v1::NOTICE_STATE_WITHDRAWN);
  EXPECT_EQ(status.withdrawal_reason(), v1::WITHDRAWAL_REASON_CONSENT_WITHDRAWN);
}

TEST_F(WholeLifeTest, WhatIsWithdrawnAfterItWasTakenIsTold) {
  const v1::Notice notice = Delivered();
  ASSERT_TRUE(world().Withdraw(WithdrawalOf(notice, v1::WITHDRAWAL_REASON_DECEASED)).ok());
  const v1::InboxItem item = Pull(notice);
  EXPECT_EQ(item.kind(), v1::ITEM_KIND_WITHDRAWAL);
  EXPECT_EQ(item.replaces_revision(), 1u);
  EXPECT_FALSE(item.has_notice());
  EXPECT_EQ(item.withdrawal().reason(), v1::WITHDRAWAL_REASON_DECEASED);
  EXPECT_EQ(item.withdrawal().sealed().sealed_by(), v1::SEALED_BY_BROKER);
  EXPECT_EQ(StatusOf(notice).state(), v1::NOTICE_STATE_LEASED);
  Acknowledge(item);
  EXPECT_EQ(StatusOf(notice).state(), v1::NOTICE_STATE_WITHDRAWN);
}

TEST_F(WholeLifeTest, WhatIsReturnedCanBeRevisedAndIsDeliveredThen) {
  const v1::Notice notice = NewNotice(kOtherCode);
  ASSERT_TRUE(world().Submit(notice).ok());
  ASSERT_TRUE(world().Return(Pull(notice).lease().name(), v1::RETURN_REASON_CANNOT_BE_OPENED).has_returned_at());
  EXPECT_TRUE(world().AcknowledgeOutcome(kOtherCode, notice.envelope().notice_id()).ok());
  EXPECT_TRUE(StatusOf(notice).has_outcome_acknowledged_at());
  ASSERT_TRUE(world().Revise(Revised(notice)).ok());
  const v1::InboxItem item = Pull(notice);
  EXPECT_EQ(item.kind(), v1::ITEM_KIND_NOTICE);
  Acknowledge(item);
}

TEST_F(WholeLifeTest, AcknowledgementRepeatedHoldsAlsoAfterARevision) {
  const v1::Notice notice = NewNotice(kOtherCode);
  ASSERT_TRUE(world().Submit(notice).ok());
  const v1::InboxItem item = Pull(notice);
  Acknowledge(item);
  ASSERT_TRUE(world().Revise(Revised(notice)).ok());
  Acknowledge(item);
  EXPECT_EQ(StatusOf(notice).state(), v1::NOTICE_STATE_WAITING) << "the revision still is to be delivered";
}

}  // namespace
}  // namespace envej::wire
