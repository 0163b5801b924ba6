#include "broker/inbox/pull_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proto/contract/rejection.h"
#include "tests/broker/inbox/inboxes_fixture.h"

namespace envej::inbox {
namespace {

using contract::Reason;
using contract::RejectionOf;
using testing::IsEmpty;
using testing::SizeIs;

using Pulled = absl::StatusOr<std::vector<PulledItem>>;

class PullQueueTest : public InboxesFixture {};

TEST_F(PullQueueTest, WaitingPullIsAnsweredByTheFirstNotice) {
  std::optional<Pulled> pulled;
  inboxes_->Pull(Request(10, absl::Seconds(30)), [&](Pulled items) { pulled = std::move(items); });
  EXPECT_FALSE(pulled.has_value());
  ASSERT_TRUE(SubmitOne(1).ok());
  scheduler_.RunDue();
  ASSERT_TRUE(pulled.has_value());
  EXPECT_THAT(**pulled, SizeIs(1));
}

TEST_F(PullQueueTest, WaitingPullIsAnsweredWithNothingWhenItsWaitIsOver) {
  std::optional<Pulled> pulled;
  inboxes_->Pull(Request(10, absl::Seconds(30)), [&](Pulled items) { pulled = std::move(items); });
  scheduler_.Advance(absl::Seconds(29));
  EXPECT_FALSE(pulled.has_value());
  scheduler_.Advance(absl::Seconds(1));
  ASSERT_TRUE(pulled.has_value());
  EXPECT_THAT(**pulled, IsEmpty());
}

TEST_F(PullQueueTest, CancelledPullLeasesNothing) {
  std::optional<Pulled> pulled;
  const uint64_t handle =
      inboxes_->Pull(Request(10, absl::Seconds(30)), [&](Pulled items) { pulled = std::move(items); });
  inboxes_->CancelPull(handle);
  ASSERT_TRUE(pulled.has_value());
  EXPECT_TRUE(absl::IsCancelled(pulled->status()));
  ASSERT_TRUE(SubmitOne(1).ok());
  scheduler_.RunDue();
  EXPECT_EQ(inboxes_->Get(Key(1))->state, State::kWaiting);
}

TEST_F(PullQueueTest, PullThatIsOverLeavesNothingInTheScheduler) {
  const size_t before = scheduler_.waiting();
  int answered = 0;
  const auto pull = [&] { return inboxes_->Pull(Request(1, absl::Seconds(60)), [&](const Pulled&) { ++answered; }); };
  ASSERT_TRUE(SubmitOne(1).ok());
  pull();  // answered at once
  inboxes_->CancelPull(pull());
  pull();
  EXPECT_EQ(answered, 2);
  EXPECT_EQ(scheduler_.waiting(), before + 1);
  for (int number = 2; number <= 9; ++number) ASSERT_TRUE(SubmitOne(number).ok());
  EXPECT_EQ(scheduler_.waiting(), before + 2) << "its deadline, and one task for all that came in";
  scheduler_.RunDue();
  EXPECT_EQ(answered, 3);
  pull();
  EXPECT_EQ(answered, 4);
  EXPECT_EQ(scheduler_.waiting(), before);
  inboxes_->Drain();
}

TEST_F(PullQueueTest, WaitingPullsAreBoundedAtEachInboxAndNoInboxTakesAnothersPlaces) {
  int answered = 0;
  int busy = 0;
  const auto pull = [&](const std::string& municipality, absl::Duration wait) {
    PullRequest request = Request(1, wait);
    request.municipality_code = municipality;
    return inboxes_->Pull(request, [&](const Pulled& items) {
      ++(RejectionOf(items.status()).reason == Reason::kBrokerBusy ? busy : answered);
    });
  };
  const absl::Duration wait = absl::Seconds(30);
  for (int pulls = 0; pulls < 10; ++pulls) pull("0147", wait);
  EXPECT_EQ(busy, 7) << "three of one inbox";
  const uint64_t first = pull("0101", wait);
  EXPECT_EQ(busy, 7);
  pull("0101", wait);
  EXPECT_EQ(busy, 8) << "four of all";
  pull("0851", wait);
  EXPECT_EQ(busy, 8) << "the first of its inbox";
  EXPECT_EQ(answered, 0);
  inboxes_->CancelPull(first);
  pull("0101", wait);
  EXPECT_EQ(busy, 8) << "the place was given back";
  scheduler_.Advance(wait);
  for (int pulls = 0; pulls < 10; ++pulls) pull("0147", wait);
  EXPECT_EQ(busy, 15) << "and so were those whose wait was over";
  answered = 0;
  inboxes_->Drain();
  EXPECT_EQ(answered, 3);
}

TEST_F(PullQueueTest, PullThatDoesNotWaitNeedsNoWaitingPlace) {
  for (int pulls = 0; pulls < 3; ++pulls) inboxes_->Pull(Request(1, absl::Seconds(30)), [](const Pulled&) {});
  std::optional<Pulled> refused;
  inboxes_->Pull(Request(1, absl::Seconds(30)), [&](Pulled items) { refused = std::move(items); });
  EXPECT_EQ(RejectionOf(refused->status()).reason, Reason::kBrokerBusy);
  for (int pulls = 0; pulls < 10; ++pulls) {
    std::optional<Pulled> pulled;
    inboxes_->Pull(Request(1), [&](Pulled items) { pulled = std::move(items); });
    ASSERT_TRUE(pulled.has_value());
    EXPECT_TRUE(pulled->ok());
  }
  inboxes_->Drain();
}

// Until the store answers, pulls queue behind the one that is served.
TEST(SteppedPullQueueTest, PullsThatDoNotWaitAreBoundedToo) {
  store::MemoryStore store(store::MemoryStoreMode::kStepped);
  const ManualClock clock(kStart);
  ManualScheduler scheduler;
  Inboxes inboxes(store, clock, scheduler, {.pulls = {.all = 4, .each_inbox = 3}});
  Submission submission;
  submission.actor = kSubmitter;
  submission.keep = KeepAsItIs("content");
  submission.notice = Key(1);
  std::get<Submit>(submission.what).commitments = {{.key_id = "k", .value = std::string(32, 'a')}};
  inboxes.SubmitAll({submission}, [](const std::vector<absl::StatusOr<Accepted>>&) {});
  ASSERT_TRUE(store.Step());
  int answered = 0;
  int busy = 0;
  const auto pull = [&] {
    inboxes.Pull({.municipality_code = "0101",
                  .actor = kConsumer,
                  .max_notices = 1,
                  .max_bytes = 1,
                  .wait = {},
                  .lease = absl::Hours(1)},
                 [&](const absl::StatusOr<std::vector<PulledItem>>& items) { ++(items.ok() ? answered : busy); });
  };
  for (int pulls = 0; pulls < 5; ++pulls) pull();
  EXPECT_EQ(busy, 2);
  EXPECT_EQ(answered, 0);
  ASSERT_TRUE(store.Step());
  scheduler.RunDue();
  EXPECT_EQ(answered, 3);
  pull();
  EXPECT_EQ(answered, 4);
}

TEST(SteppedPullQueueTest, PullsThatAreBehindAnotherAreNotToldAtTheDrainThatNothingWaits) {
  store::MemoryStore store(store::MemoryStoreMode::kStepped);
  const ManualClock clock(kStart);
  ManualScheduler scheduler;
  Inboxes inboxes(store, clock, scheduler, {});
  Submission submission;
  submission.actor = kSubmitter;
  submission.keep = KeepAsItIs("content");
  std::get<Submit>(submission.what).commitments = {{.key_id = "k", .value = std::string(32, 'a')}};
  for (const int number : {1, 2}) {
    submission.notice = Key(number);
    inboxes.SubmitAll({submission}, [](const std::vector<absl::StatusOr<Accepted>>&) {});
  }
  ASSERT_TRUE(store.Step());
  std::vector<Pulled> answers(2, absl::UnknownError("not answered"));
  for (Pulled& answer : answers) {
    inboxes.Pull({.municipality_code = "0101",
                  .actor = kConsumer,
                  .max_notices = 1,
                  .max_bytes = 1,
                  .wait = {},
                  .lease = absl::Hours(1)},
                 [&answer](Pulled items) { answer = std::move(items); });
  }
  inboxes.Drain();
  ASSERT_TRUE(store.Step());
  ASSERT_TRUE(answers[0].ok()) << answers[0].status();
  EXPECT_THAT(*answers[0], SizeIs(1)) << "what is leased is handed out";
  EXPECT_EQ(RejectionOf(answers[1].status()).reason, Reason::kBrokerStopping);
}

TEST_F(PullQueueTest, PullIsBoundedByCountAndBytes) {
  for (int number = 1; number <= 5; ++number) ASSERT_TRUE(SubmitOne(number, std::string(100, 'x')).ok());
  EXPECT_THAT(PullNow(2), SizeIs(2));
  PullRequest bytes = Request();
  bytes.max_bytes = 150;
  EXPECT_THAT(PullNow(bytes), SizeIs(1));
  bytes.max_bytes = 10;  // the first item is handed out even when it alone is larger
  EXPECT_THAT(PullNow(bytes), SizeIs(1));
  EXPECT_THAT(PullNow(), SizeIs(1));
}

TEST_F(PullQueueTest, HeadGoesBackForANoticeWithAnEarlierPlace) {
  ASSERT_TRUE(SubmitOne(5).ok());
  EXPECT_THAT(PullNow(), SizeIs(1));
  LetTimePass(absl::Seconds(10));
  ASSERT_TRUE(SubmitOne(6).ok());
  EXPECT_THAT(PullNow(), SizeIs(1));
  LetTimePass(absl::Seconds(55));  // the first lease runs out: its place is before the second's
  EXPECT_THAT(PullNow(), SizeIs(1));
}

// The region revises or withdraws just when the content was read and the lease is not yet taken.
class OvertakenPullTest : public PullQueueTest {
 protected:
  OvertakenPullTest() {
    Open([this](absl::string_view) {
      if (overtaking_.has_value()) {
        const Submission submission = *std::exchange(overtaking_, std::nullopt);
        inboxes_->SubmitAll({submission}, [](const std::vector<absl::StatusOr<Accepted>>& answers) {
          EXPECT_TRUE(answers.at(0).ok()) << answers.at(0).status();
        });
      }
      return true;
    });
  }

  static Submission RevisionOf(int number, const std::string& content) {
    Submission submission = SubmissionOf(number, content);
    Submit submit = std::get<Submit>(submission.what);
    submit.revision = 2;
    submission.what = Revise{.submit = submit};
    return submission;
  }
  static Submission WithdrawalOf(int number, uint32_t revision) {
    Submission submission = SubmissionOf(number, "withdrawal");
    submission.what = Withdraw{.revision = revision,
                               .reason = WithdrawalReason::kConsentWithdrawn,
                               .origin = "ward",
                               .refusal_if_new = std::nullopt};
    return submission;
  }

  std::optional<Submission> overtaking_;
};

TEST_F(OvertakenPullTest, RevisionIsHandedOutWithItsOwnContent) {
  ASSERT_TRUE(SubmitOne(1, "first").ok());
  overtaking_ = RevisionOf(1, "second");
  const std::vector<PulledItem> items = PullNow();
  ASSERT_THAT(items, SizeIs(1));
  EXPECT_EQ(items[0].item.revision, 2u);
  EXPECT_EQ(items[0].content, "second");
}

TEST_F(OvertakenPullTest, WithdrawnContentIsNotHandedOutAsTheWithdrawal) {
  ASSERT_TRUE(SubmitOne(1, "first").ok());
  ASSERT_TRUE(AcknowledgeOne(NameOf(PullNow().at(0))).ok());
  std::optional<Submission> revision = RevisionOf(1, "second");
  inboxes_->SubmitAll({*revision}, [](const std::vector<absl::StatusOr<Accepted>>&) {});
  overtaking_ = WithdrawalOf(1, 3);
  const std::vector<PulledItem> items = PullNow();
  ASSERT_THAT(items, SizeIs(1));
  EXPECT_EQ(items[0].item.revision, 3u);
  EXPECT_EQ(items[0].content, "withdrawal");
}

}  // namespace
}  // namespace envej::inbox
