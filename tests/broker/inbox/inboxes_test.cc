#include "broker/inbox/inboxes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "proto/contract/rejection.h"
#include "tests/support/manual_clock.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/memory_store.h"

namespace envej::inbox {
namespace {

using contract::Reason;
using contract::RejectionOf;
using testing::IsEmpty;
using testing::SizeIs;

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

store::NoticeKey Key(int number, const std::string& municipality = "0101", const std::string& region = "1084") {
  const std::string text = absl::StrFormat("00000000-0000-4000-8000-%012d", number);
  return {.municipality_code = municipality, .region_code = region, .id = *contract::NoticeId::Parse(text)};
}

class InboxesTest : public testing::Test {
 protected:
  InboxesTest() { Open(); }

  void Open() {
    inboxes_.emplace(store_, clock_, scheduler_, Inboxes::Options{.waiting_pulls = 4});
    inboxes_->Start();
  }

  absl::StatusOr<Accepted> SubmitOne(int number, const std::string& content = "content",
                                     const std::string& municipality = "0101") {
    Submission submission;
    submission.notice = Key(number, municipality);
    submission.submit.origin = "ward";
    submission.submit.discharge_date = "2027-01-15";
    submission.submit.commitments = {{.key_id = "k", .value = contract::Sha256(content)}};
    submission.content = content;
    std::optional<absl::StatusOr<Accepted>> answer;
    inboxes_->SubmitAll({submission}, [&](std::vector<absl::StatusOr<Accepted>> answers) { answer = answers.at(0); });
    return *answer;
  }

  using Pulled = absl::StatusOr<std::vector<PulledItem>>;

  PullRequest Request(size_t most = 10, absl::Duration wait = absl::ZeroDuration()) {
    return {.municipality_code = "0101",
            .max_notices = most,
            .max_bytes = size_t{1} << 20,
            .wait = wait,
            .lease = absl::Seconds(60)};
  }

  std::vector<PulledItem> PullNow(PullRequest request) {
    std::optional<Pulled> pulled;
    inboxes_->Pull(std::move(request), [&](Pulled items) { pulled = std::move(items); });
    EXPECT_TRUE(pulled.has_value());
    return pulled.has_value() && pulled->ok() ? **pulled : std::vector<PulledItem>();
  }
  std::vector<PulledItem> PullNow(size_t most = 10) { return PullNow(Request(most)); }

  static LeaseName NameOf(const PulledItem& item) {
    return {.region_code = item.item.notice.region_code,
            .id = item.item.notice.id,
            .revision = item.item.revision,
            .token = item.record.token};
  }

  absl::StatusOr<absl::Time> AcknowledgeOne(const LeaseName& lease, const std::string& municipality = "0101") {
    std::optional<absl::StatusOr<absl::Time>> answer;
    inboxes_->AcknowledgeAll(municipality, {lease},
                             [&](std::vector<absl::StatusOr<absl::Time>> times) { answer = times.at(0); });
    return *answer;
  }

  void LetTimePass(absl::Duration duration) {
    clock_.Advance(duration);
    scheduler_.Advance(duration);
  }

  store::MemoryStore store_;
  ManualClock clock_{kStart};
  ManualScheduler scheduler_;
  std::optional<Inboxes> inboxes_;
};

TEST_F(InboxesTest, AcceptedNoticeIsDeliveredByteForByteOldestFirst) {
  ASSERT_TRUE(SubmitOne(2, "second id, first in").ok());
  clock_.Advance(absl::Milliseconds(1));
  ASSERT_TRUE(SubmitOne(1, "first id, second in").ok());
  const std::vector<PulledItem> items = PullNow();
  ASSERT_THAT(items, SizeIs(2));
  EXPECT_EQ(items[0].content, "second id, first in");
  EXPECT_EQ(items[1].content, "first id, second in");
  EXPECT_EQ(items[0].record.lease_expires_at, inboxes_->Now() + absl::Seconds(60));
}

TEST_F(InboxesTest, ReceiptProvesItsAcceptance) {
  const absl::StatusOr<Accepted> accepted = SubmitOne(1);
  ASSERT_TRUE(accepted.ok());
  EXPECT_TRUE(contract::CheckReceipt(accepted->receipt).ok());
  EXPECT_EQ(accepted->receipt.origin, "ward");
  EXPECT_EQ(accepted->receipt.accepted_at, kStart);
}

TEST_F(InboxesTest, RepeatedSubmissionIsAnsweredWithTheFirstReceipt) {
  const absl::StatusOr<Accepted> first = SubmitOne(1);
  clock_.Advance(absl::Hours(1));
  const absl::StatusOr<Accepted> second = SubmitOne(1);
  ASSERT_TRUE(second.ok());
  EXPECT_TRUE(second->repeated);
  EXPECT_EQ(second->receipt, first->receipt);
  EXPECT_THAT(PullNow(), SizeIs(1));
}

TEST_F(InboxesTest, SameIdTwiceInOneBatchIsAcceptedOnce) {
  Submission submission;
  submission.notice = Key(1);
  submission.submit.commitments = {{.key_id = "k", .value = std::string(32, 'a')}};
  submission.content = "content";
  std::vector<absl::StatusOr<Accepted>> answers;
  inboxes_->SubmitAll({submission, submission},
                      [&](std::vector<absl::StatusOr<Accepted>> given) { answers = std::move(given); });
  ASSERT_THAT(answers, SizeIs(2));
  EXPECT_FALSE(answers[0]->repeated);
  EXPECT_TRUE(answers[1]->repeated);
  EXPECT_EQ(answers[0]->receipt, answers[1]->receipt);
}

TEST_F(InboxesTest, SameIdInAnotherMunicipalityIsAnotherNotice) {
  ASSERT_TRUE(SubmitOne(1, "one").ok());
  const absl::StatusOr<Accepted> other = SubmitOne(1, "two", "0147");
  ASSERT_TRUE(other.ok());
  EXPECT_FALSE(other->repeated);
}

TEST_F(InboxesTest, AcknowledgedNoticeNeverComesAgainAndItsContentIsGone) {
  ASSERT_TRUE(SubmitOne(1).ok());
  const std::vector<PulledItem> items = PullNow();
  ASSERT_THAT(items, SizeIs(1));
  ASSERT_TRUE(AcknowledgeOne(NameOf(items[0])).ok());
  LetTimePass(absl::Hours(1));
  EXPECT_THAT(PullNow(), IsEmpty());
  EXPECT_FALSE(store_.Get(store::ContentKey(items[0].record.accepted_at, items[0].item))->has_value());
  EXPECT_EQ(inboxes_->Get(Key(1))->state, State::kAcknowledged);
}

TEST_F(InboxesTest, RepeatedAcknowledgementIsOkWithTheFirstTime) {
  ASSERT_TRUE(SubmitOne(1).ok());
  const LeaseName lease = NameOf(PullNow().at(0));
  const absl::StatusOr<absl::Time> first = AcknowledgeOne(lease);
  LetTimePass(absl::Hours(2));
  const absl::StatusOr<absl::Time> again = AcknowledgeOne(lease);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, *first);
}

TEST_F(InboxesTest, LeaseThatRanOutPutsTheNoticeBackAndVoidsItsToken) {
  ASSERT_TRUE(SubmitOne(1).ok());
  const LeaseName late = NameOf(PullNow().at(0));
  EXPECT_THAT(PullNow(), IsEmpty());
  LetTimePass(absl::Seconds(61));
  const std::vector<PulledItem> again = PullNow();
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].record.lease_count, 2u);
  EXPECT_EQ(RejectionOf(AcknowledgeOne(late).status()).reason, Reason::kLeaseSuperseded);
  EXPECT_TRUE(AcknowledgeOne(NameOf(again[0])).ok());
  EXPECT_EQ(RejectionOf(AcknowledgeOne(late).status()).reason, Reason::kNoticeAlreadyAcknowledged);
}

TEST_F(InboxesTest, ExtendedLeaseLastsLonger) {
  ASSERT_TRUE(SubmitOne(1).ok());
  const LeaseName lease = NameOf(PullNow().at(0));
  LetTimePass(absl::Seconds(50));
  inboxes_->Extend("0101", {lease}, absl::Seconds(60),
                   [](std::vector<absl::StatusOr<absl::Time>> times) { EXPECT_TRUE(times.at(0).ok()); });
  LetTimePass(absl::Seconds(50));
  EXPECT_THAT(PullNow(), IsEmpty());
  LetTimePass(absl::Seconds(11));
  EXPECT_THAT(PullNow(), SizeIs(1));
}

TEST_F(InboxesTest, AnotherMunicipalityCannotAcknowledge) {
  ASSERT_TRUE(SubmitOne(1).ok());
  const LeaseName lease = NameOf(PullNow().at(0));
  EXPECT_EQ(RejectionOf(AcknowledgeOne(lease, "0147").status()).reason, Reason::kNoticeNotFound);
}

TEST_F(InboxesTest, ReturnIsSeenWithItsReason) {
  ASSERT_TRUE(SubmitOne(1).ok());
  const LeaseName lease = NameOf(PullNow().at(0));
  inboxes_->ReturnAll("0101", {{.lease = lease, .reason = ReturnReason::kNotResident}},
                      [](std::vector<absl::StatusOr<absl::Time>> times) { EXPECT_TRUE(times.at(0).ok()); });
  const absl::StatusOr<Record> record = inboxes_->Get(Key(1));
  EXPECT_EQ(record->state, State::kReturned);
  EXPECT_EQ(record->return_reason, ReturnReason::kNotResident);
  EXPECT_THAT(PullNow(), IsEmpty());
}

TEST_F(InboxesTest, WaitingPullIsAnsweredByTheFirstNotice) {
  std::optional<Pulled> pulled;
  inboxes_->Pull(Request(10, absl::Seconds(30)), [&](Pulled items) { pulled = std::move(items); });
  EXPECT_FALSE(pulled.has_value());
  ASSERT_TRUE(SubmitOne(1).ok());
  scheduler_.RunDue();
  ASSERT_TRUE(pulled.has_value());
  EXPECT_THAT(**pulled, SizeIs(1));
}

TEST_F(InboxesTest, WaitingPullIsAnsweredWithNothingWhenItsWaitIsOver) {
  std::optional<Pulled> pulled;
  inboxes_->Pull(Request(10, absl::Seconds(30)), [&](Pulled items) { pulled = std::move(items); });
  scheduler_.Advance(absl::Seconds(29));
  EXPECT_FALSE(pulled.has_value());
  scheduler_.Advance(absl::Seconds(1));
  ASSERT_TRUE(pulled.has_value());
  EXPECT_THAT(**pulled, IsEmpty());
}

TEST_F(InboxesTest, CancelledPullLeasesNothing) {
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

TEST_F(InboxesTest, WaitingPullsAreBounded) {
  int answered = 0;
  for (int pull = 0; pull < 4; ++pull) {
    inboxes_->Pull(Request(1, absl::Seconds(30)), [&](const Pulled&) { ++answered; });
  }
  std::optional<Pulled> refused;
  inboxes_->Pull(Request(1, absl::Seconds(30)), [&](Pulled items) { refused = std::move(items); });
  EXPECT_EQ(RejectionOf(refused->status()).reason, Reason::kBrokerBusy);
  EXPECT_EQ(answered, 0);
  inboxes_->Drain();
  EXPECT_EQ(answered, 4);
}

TEST_F(InboxesTest, PullIsBoundedByCountAndBytes) {
  for (int number = 1; number <= 5; ++number) ASSERT_TRUE(SubmitOne(number, std::string(100, 'x')).ok());
  EXPECT_THAT(PullNow(2), SizeIs(2));
  PullRequest bytes = Request();
  bytes.max_bytes = 150;
  EXPECT_THAT(PullNow(bytes), SizeIs(1));
  bytes.max_bytes = 10;  // the first item is handed out even when it alone is larger
  EXPECT_THAT(PullNow(bytes), SizeIs(1));
  EXPECT_THAT(PullNow(), SizeIs(1));
}

TEST_F(InboxesTest, HeadGoesBackForANoticeWithAnEarlierPlace) {
  ASSERT_TRUE(SubmitOne(5).ok());
  EXPECT_THAT(PullNow(), SizeIs(1));
  LetTimePass(absl::Seconds(10));
  ASSERT_TRUE(SubmitOne(6).ok());
  EXPECT_THAT(PullNow(), SizeIs(1));
  LetTimePass(absl::Seconds(55));  // the first lease runs out: its place is before the second's
  EXPECT_THAT(PullNow(), SizeIs(1));
}

TEST_F(InboxesTest, ClockThatRunsBackwardsNeverGoesBehindWhatIsPersisted) {
  ASSERT_TRUE(SubmitOne(1).ok());
  clock_.Set(kStart - absl::Hours(5));
  EXPECT_EQ(inboxes_->Now(), kStart);
  const absl::StatusOr<Accepted> later = SubmitOne(2);
  EXPECT_EQ(later->receipt.accepted_at, kStart);
}

TEST_F(InboxesTest, LeaseRunsOutAlsoAfterTheClockWasFarAheadForAMoment) {
  ASSERT_TRUE(SubmitOne(1).ok());
  clock_.Set(kStart + absl::Hours(24 * 40));
  EXPECT_THAT(PullNow(), SizeIs(1));
  clock_.Set(kStart);
  LetTimePass(absl::Seconds(59));
  EXPECT_THAT(PullNow(), IsEmpty());
  LetTimePass(absl::Seconds(62));
  EXPECT_THAT(PullNow(), SizeIs(1));
}

TEST_F(InboxesTest, TimeGoesOnAtHalfSpeedUntilTheClockHasCaughtUp) {
  ASSERT_TRUE(SubmitOne(1).ok());
  clock_.Set(kStart - absl::Seconds(10));
  EXPECT_EQ(inboxes_->Now(), kStart);
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(inboxes_->Now(), kStart + absl::Seconds(5));
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(inboxes_->Now(), kStart + absl::Seconds(10));
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(inboxes_->Now(), kStart + absl::Seconds(20));
}

TEST_F(InboxesTest, LeaseSurvivesRestartOrTheNoticeWaits) {
  ASSERT_TRUE(SubmitOne(1).ok());
  const LeaseName lease = NameOf(PullNow().at(0));
  inboxes_.reset();
  scheduler_.DropAll();
  store_.Crash();  // the lease was not synced
  Open();
  EXPECT_EQ(inboxes_->Get(Key(1))->state, State::kWaiting);
  EXPECT_EQ(RejectionOf(AcknowledgeOne(lease).status()).reason, Reason::kLeaseNotHeld);
  const std::vector<PulledItem> again = PullNow();
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_NE(again[0].record.token, lease.token);
}

TEST_F(InboxesTest, FailedStoreAnswersThatNothingIsKnown) {
  store_.FailNextBatch(/*applied=*/true);
  const absl::StatusOr<Accepted> answer = SubmitOne(1);
  EXPECT_TRUE(absl::IsUnavailable(answer.status()));
  EXPECT_EQ(RejectionOf(answer.status()).reason, Reason::kNone);
}

TEST_F(InboxesTest, ListPagesThroughTheRegionsOwnNoticesById) {
  for (int number = 1; number <= 7; ++number) ASSERT_TRUE(SubmitOne(number).ok());
  ASSERT_TRUE(SubmitOne(8, "content", "0147").ok());
  ListQuery query{.municipality_code = "0101",
                  .region_code = "1084",
                  .states = {},
                  .origin = "",
                  .page_size = 3,
                  .after = std::nullopt};
  std::vector<std::string> ids;
  int pages = 0;
  do {
    const absl::StatusOr<ListPage> page = inboxes_->List(query);
    ASSERT_TRUE(page.ok());
    for (const ListedNotice& notice : page->notices) ids.push_back(notice.id.ToString());
    query.after = page->next;
    ++pages;
  } while (query.after.has_value());
  EXPECT_EQ(pages, 3);
  EXPECT_THAT(ids, SizeIs(7));
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  query.region_code = "1085";
  EXPECT_THAT(inboxes_->List(query)->notices, IsEmpty());
}

TEST_F(InboxesTest, ListFiltersByStateAndOrigin) {
  ASSERT_TRUE(SubmitOne(1).ok());
  ASSERT_TRUE(SubmitOne(2).ok());
  ASSERT_TRUE(AcknowledgeOne(NameOf(PullNow(1).at(0))).ok());
  ListQuery query{.municipality_code = "0101",
                  .region_code = "1084",
                  .states = {State::kAcknowledged},
                  .origin = "",
                  .page_size = 10,
                  .after = std::nullopt};
  EXPECT_THAT(inboxes_->List(query)->notices, SizeIs(1));
  query.states.clear();
  query.origin = "another ward";
  EXPECT_THAT(inboxes_->List(query)->notices, IsEmpty());
}

}  // namespace
}  // namespace envej::inbox
