#include "broker/inbox/inboxes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proto/contract/rejection.h"
#include "tests/broker/inbox/inboxes_fixture.h"
#include "tests/support/journal_events.h"

namespace envej::inbox {
namespace {

using contract::Reason;
using contract::RejectionOf;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

class InboxesTest : public InboxesFixture {};

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
  submission.actor = kSubmitter;
  std::get<Submit>(submission.what).commitments = {{.key_id = "k", .value = std::string(32, 'a')}};
  submission.keep = KeepAsItIs("content");
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
  EXPECT_FALSE(store_.Get(store::ContentKey(items[0].record.entered_at, items[0].item))->has_value());
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
  inboxes_->ReturnAll(CallerOf("0101"), {{.lease = lease, .reason = ReturnReason::kNotResident}},
                      [](std::vector<absl::StatusOr<absl::Time>> times) { EXPECT_TRUE(times.at(0).ok()); });
  const absl::StatusOr<Record> record = inboxes_->Get(Key(1));
  EXPECT_EQ(record->state, State::kReturned);
  EXPECT_EQ(record->return_reason, ReturnReason::kNotResident);
  EXPECT_THAT(PullNow(), IsEmpty());
}

using EventTypeAndActor = std::pair<journal::EventType, std::string>;

std::vector<EventTypeAndActor> Actors(store::OrderedStore& store) {
  std::vector<EventTypeAndActor> actors;
  for (const journal::Event& event : support::JournalEvents(store)) actors.emplace_back(event.type, event.actor);
  return actors;
}

TEST_F(InboxesTest, TheJournalSaysWhoDidWhatOnceAndOfTheBrokerItselfNothing) {
  const absl::StatusOr<Accepted> accepted = SubmitOne(1);
  EXPECT_EQ(accepted->receipt.actor, kSubmitter);
  PullNow();
  LetTimePass(absl::Seconds(61));
  const std::vector<PulledItem> items = PullNow();
  ASSERT_THAT(items, SizeIs(1));
  ASSERT_TRUE(SubmitOne(2).ok());
  const std::vector<PulledItem> others = PullNow();
  ASSERT_THAT(others, SizeIs(1));
  const auto repeat = [&] {
    EXPECT_EQ(SubmitOne(1)->receipt, accepted->receipt);
    EXPECT_TRUE(AcknowledgeOne(NameOf(items[0])).ok());
    inboxes_->ReturnAll(CallerOf("0101"), {{.lease = NameOf(others[0]), .reason = ReturnReason::kDeceased}},
                        [](std::vector<absl::StatusOr<absl::Time>> times) { EXPECT_TRUE(times.at(0).ok()); });
  };
  repeat();
  using journal::EventType;
  const auto told = ElementsAre(Pair(EventType::kAccepted, kSubmitter), Pair(EventType::kLeased, kConsumer),
                                Pair(EventType::kLeaseExpired, ""), Pair(EventType::kLeased, kConsumer),
                                Pair(EventType::kAccepted, kSubmitter), Pair(EventType::kLeased, kConsumer),
                                Pair(EventType::kAcknowledged, kConsumer), Pair(EventType::kReturned, kConsumer));
  EXPECT_THAT(Actors(store_), told);
  repeat();
  EXPECT_THAT(Actors(store_), told) << "what is only repeated is no event";
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

// Of a notice's leases the first alone is synced before it is answered.
TEST_F(InboxesTest, LeaseSurvivesRestartOrTheNoticeComesAgain) {
  const auto crash = [this] {
    inboxes_.reset();
    scheduler_.DropAll();
    store_.Crash();
    Open();
  };
  ASSERT_TRUE(SubmitOne(1).ok());
  const LeaseName first = NameOf(PullNow().at(0));
  crash();
  EXPECT_EQ(inboxes_->Get(Key(1))->lease_count, 1u) << "that it was handed out is known for good";
  LetTimePass(absl::Seconds(61));
  const LeaseName second = NameOf(PullNow().at(0));
  EXPECT_EQ(inboxes_->Get(Key(1))->lease_count, 2u);
  crash();
  EXPECT_EQ(inboxes_->Get(Key(1))->lease_count, 1u);
  EXPECT_EQ(RejectionOf(AcknowledgeOne(second).status()).reason, Reason::kLeaseNotHeld);
  LetTimePass(absl::Seconds(1));
  const std::vector<PulledItem> again = PullNow();
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_NE(again[0].record.token, first.token);
  EXPECT_NE(again[0].record.token, second.token);
}

TEST_F(InboxesTest, FailedStoreAnswersThatNothingIsKnown) {
  store_.FailNextBatch(/*applied=*/true);
  const absl::StatusOr<Accepted> answer = SubmitOne(1);
  EXPECT_TRUE(absl::IsUnavailable(answer.status()));
  EXPECT_EQ(RejectionOf(answer.status()).reason, Reason::kNone);
}

// Both read the record before either has changed it.
TEST(InboxesRaceTest, OfTwoThatConcludeAtOnceOneIsRefused) {
  store::MemoryStore store(store::MemoryStoreMode::kStepped);
  const ManualClock clock(kStart);
  ManualScheduler scheduler;
  Inboxes inboxes(store, clock, scheduler, {});
  Submission submission;
  submission.keep = KeepAsItIs("content");
  submission.notice = Key(1);
  submission.actor = kSubmitter;
  std::get<Submit>(submission.what).commitments = {{.key_id = "k", .value = std::string(32, 'a')}};
  inboxes.SubmitAll({submission}, [](const std::vector<absl::StatusOr<Accepted>>&) {});
  ASSERT_TRUE(store.Step());
  LeaseName lease{.region_code = "1084", .id = Key(1).id, .revision = 1, .token = ""};
  inboxes.Pull({.municipality_code = "0101",
                .actor = kConsumer,
                .max_notices = 1,
                .max_bytes = 1,
                .wait = {},
                .lease = absl::Hours(1)},
               [&](const absl::StatusOr<std::vector<PulledItem>>& items) { lease.token = items->at(0).record.token; });
  ASSERT_TRUE(store.Step());
  std::optional<absl::StatusOr<absl::Time>> acknowledged;
  std::optional<absl::StatusOr<absl::Time>> returned;
  inboxes.AcknowledgeAll(CallerOf("0101"), {lease},
                         [&](std::vector<absl::StatusOr<absl::Time>> times) { acknowledged = times.at(0); });
  inboxes.ReturnAll(CallerOf("0101"), {{.lease = lease, .reason = ReturnReason::kDeceased}},
                    [&](std::vector<absl::StatusOr<absl::Time>> times) { returned = times.at(0); });
  ASSERT_EQ(store.waiting(), 2u);
  while (store.Step(1)) {
  }
  EXPECT_TRUE(acknowledged->ok());
  EXPECT_EQ(RejectionOf(returned->status()).reason, Reason::kNoticeAlreadyAcknowledged);
  EXPECT_EQ(inboxes.Get(Key(1))->state, State::kAcknowledged);
}

// The pull has read the content before the revision replaces it, and its lease comes after.
TEST(InboxesRaceTest, WhatIsRevisedWhileItIsPulledIsHandedOutAsItIsThen) {
  store::MemoryStore store(store::MemoryStoreMode::kStepped);
  const ManualClock clock(kStart);
  ManualScheduler scheduler;
  Inboxes inboxes(store, clock, scheduler, {});
  Submission submission{.notice = Key(1), .what = Submit(), .actor = kSubmitter, .keep = KeepAsItIs("first")};
  std::get<Submit>(submission.what).commitments = {{.key_id = "k", .value = std::string(32, 'a')}};
  Submission revision = submission;
  revision.what = Revise{.submit = std::get<Submit>(submission.what)};
  std::get<Revise>(revision.what).submit.revision = 2;
  revision.keep = KeepAsItIs("second");
  inboxes.SubmitAll({submission}, [](const std::vector<absl::StatusOr<Accepted>>&) {});
  ASSERT_TRUE(store.Step());
  inboxes.SubmitAll({revision}, [](const std::vector<absl::StatusOr<Accepted>>&) {});
  std::optional<absl::StatusOr<std::vector<PulledItem>>> pulled;
  inboxes.Pull({.municipality_code = "0101",
                .actor = kConsumer,
                .max_notices = 1,
                .max_bytes = 1,
                .wait = {},
                .lease = absl::Hours(1)},
               [&](absl::StatusOr<std::vector<PulledItem>> items) { pulled = std::move(items); });
  ASSERT_EQ(store.waiting(), 2u);
  while (store.Step(1)) scheduler.RunDue();
  ASSERT_TRUE(pulled.has_value() && pulled->ok());
  ASSERT_THAT(**pulled, SizeIs(1));
  EXPECT_EQ((*pulled)->at(0).item.revision, 2u);
  EXPECT_EQ((*pulled)->at(0).content, "second");
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
