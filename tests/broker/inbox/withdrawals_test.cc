#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "broker/journal/commit_and_wait.h"
#include "broker/journal/recovery_mark.h"
#include "proto/contract/rejection.h"
#include "tests/broker/inbox/inboxes_fixture.h"

namespace envej::inbox {
namespace {

using contract::Reason;
using contract::RejectionOf;
using testing::IsEmpty;
using testing::SizeIs;

class WithdrawalsTest : public InboxesFixture {
 protected:
  static Submission WithdrawalOf(int number, Keep keep = KeepAsItIs("withdrawal")) {
    Submission submission = SubmissionOf(number);
    submission.what = Withdraw{
        .revision = 2, .reason = WithdrawalReason::kConsentWithdrawn, .origin = "ward", .refusal_if_new = std::nullopt};
    submission.keep = std::move(keep);
    return submission;
  }
  // The municipality has no certificate that the withdrawal could be sealed to.
  static absl::StatusOr<Kept> Unkept() { return contract::Refusal(Reason::kInboxCertificateMissing); }

  absl::StatusOr<Accepted> WithdrawOne(const Submission& withdrawal) {
    std::optional<absl::StatusOr<Accepted>> answer;
    inboxes_->SubmitAll({withdrawal},
                        [&](std::vector<absl::StatusOr<Accepted>> answers) { answer = std::move(answers.at(0)); });
    return *answer;
  }
  State StateOf(int number) { return inboxes_->Get(Key(number))->state; }
};

TEST_F(WithdrawalsTest, WhoeverWasGivenTheNoticeGetsItsWithdrawal) {
  ASSERT_TRUE(SubmitOne(1).ok());
  const std::vector<PulledItem> given = PullNow();
  ASSERT_THAT(given, SizeIs(1));
  ASSERT_TRUE(WithdrawOne(WithdrawalOf(1)).ok());
  EXPECT_EQ(RejectionOf(AcknowledgeOne(NameOf(given[0])).status()).reason, Reason::kNoticeWithdrawn);
  const std::vector<PulledItem> told = PullNow();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].record.kind, ItemKind::kWithdrawal);
  EXPECT_EQ(told[0].record.delivered_revision, 0u);
  EXPECT_EQ(told[0].content, "withdrawal");
  ASSERT_TRUE(AcknowledgeOne(NameOf(told[0])).ok());
  EXPECT_EQ(StateOf(1), State::kWithdrawn);
}

TEST_F(WithdrawalsTest, WhatNobodyWasGivenNeedsNothingToTellOfIt) {
  ASSERT_TRUE(SubmitOne(1).ok());
  ASSERT_TRUE(WithdrawOne(WithdrawalOf(1, Unkept)).ok());
  EXPECT_EQ(StateOf(1), State::kWithdrawn);
  ASSERT_TRUE(WithdrawOne(WithdrawalOf(2, Unkept)).ok());
  EXPECT_EQ(StateOf(2), State::kWithdrawn);
  EXPECT_THAT(PullNow(), IsEmpty());
}

TEST_F(WithdrawalsTest, WhatIsUnderWayLeavesTheInboxAlsoWhereNobodyCanBeToldYet) {
  ASSERT_TRUE(SubmitOne(1).ok());
  ASSERT_THAT(PullNow(), SizeIs(1));
  const absl::StatusOr<Accepted> withdrawn = WithdrawOne(WithdrawalOf(1, Unkept));
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_FALSE(withdrawn->repeated);
  EXPECT_EQ(StateOf(1), State::kMissing);
  LetTimePass(absl::Minutes(2));
  EXPECT_THAT(PullNow(), IsEmpty());
  const absl::StatusOr<Accepted> repeated = WithdrawOne(WithdrawalOf(1, Unkept));
  ASSERT_TRUE(repeated.ok()) << repeated.status();
  EXPECT_TRUE(repeated->repeated);
  EXPECT_EQ(repeated->receipt, withdrawn->receipt);
  EXPECT_EQ(StateOf(1), State::kMissing) << "it is still not told";

  ASSERT_TRUE(WithdrawOne(WithdrawalOf(1)).ok());
  const std::vector<PulledItem> told = PullNow();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].record.kind, ItemKind::kWithdrawal);
}

TEST_F(WithdrawalsTest, WhatLeftTheInboxLongAgoIsWithdrawnOnlyIfItCanBeTold) {
  ASSERT_TRUE(SubmitOne(1).ok());
  ASSERT_TRUE(AcknowledgeOne(NameOf(PullNow().at(0))).ok());
  EXPECT_EQ(RejectionOf(WithdrawOne(WithdrawalOf(1, Unkept)).status()).reason, Reason::kInboxCertificateMissing);
  EXPECT_EQ(StateOf(1), State::kAcknowledged);
}

TEST_F(WithdrawalsTest, ARestoredStoreTellsAlsoOfWhatItHasNeverSeen) {
  journal::RecoveryMark mark;
  mark.end = journal::RecoveryMark::End::kAccepted;
  mark.former = {{.store_incarnation = std::string(16, 'f'), .last_batch = 7}};
  mark.restored_at = kStart;
  store::Transition restored;
  restored.mutations.push_back(
      {.kind = store::Mutation::Kind::kPut, .key = store::RecoveryKey(), .value = journal::EncodeRecoveryMark(mark)});
  ASSERT_EQ(journal::CommitAndWait(store_, std::move(restored)).kind, store::Outcome::Kind::kCommitted);
  Open();
  ASSERT_TRUE(WithdrawOne(WithdrawalOf(1)).ok());
  const std::vector<PulledItem> told = PullNow();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].record.kind, ItemKind::kWithdrawal);
}

}  // namespace
}  // namespace envej::inbox
