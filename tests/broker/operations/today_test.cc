#include "broker/operations/today.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/store/key_layout.h"
#include "tests/broker/operations/board_fixture.h"

namespace envej::operations {
namespace {

using inbox::kStart;
using testing::IsEmpty;
using testing::SizeIs;
using Read = std::map<std::string, JournalledInbox>;

class TodayTest : public BoardFixture {
 protected:
  // Reads what the journal has up to now, of the day that it is.
  Read ReadToday(absl::Time fetches_from = absl::InfiniteFuture()) {
    scheduler_.DropAll();
    std::optional<Read> read;
    TodayReader reader(store_, scheduler_,
                       {.from = board_->DayBegan(),
                        .fetches_from = fetches_from,
                        .last_batch = store_.LastDurableBatch(),
                        .read = [&](const Read& inboxes, const absl::Status& whole) {
                          read = inboxes;
                          whole_ = whole;
                        }});
    reader.Start();
    while (scheduler_.waiting() > 0) {
      ++steps_;
      scheduler_.Advance(TodayReader::kBetweenSteps);
    }
    EXPECT_TRUE(read.has_value());
    return read.value_or(Read());
  }
  void Acknowledge(size_t notices) {
    for (const inbox::PulledItem& item : PullSome(notices)) ASSERT_TRUE(AcknowledgeOne(NameOf(item)).ok());
  }

  absl::Status whole_;
  int steps_ = 0;
};

TEST_F(TodayTest, OfAnEmptyJournalThereIsNothing) {
  EXPECT_THAT(ReadToday(), IsEmpty());
  EXPECT_TRUE(whole_.ok());
}

TEST_F(TodayTest, CountsWhatHappenedTodayAndNothingOfTheDayBefore) {
  for (int number = 1; number <= 7; ++number) ASSERT_TRUE(SubmitOne(number).ok());
  Acknowledge(2);
  Skip(absl::Hours(16));
  ASSERT_TRUE(SubmitOne(8).ok());
  ASSERT_TRUE(SubmitOne(9, "content", "0147").ok());
  Acknowledge(3);
  const absl::Time fetched = clock_.Now();
  LetTimePass(absl::Minutes(1));
  const Read read = ReadToday();
  EXPECT_EQ(read.at(kHere).counts, (DayCounts{.accepted = 1, .acknowledged = 3}));
  EXPECT_EQ(read.at(kHere).last_fetch_at, fetched);
  EXPECT_EQ(read.at("0147").counts, (DayCounts{.accepted = 1}));
  EXPECT_EQ(read.at("0147").last_fetch_at, absl::InfinitePast());
}

TEST_F(TodayTest, OfTheTimeBeforeTheDayOnlyLeasesAreRead) {
  for (int number = 1; number <= 3; ++number) ASSERT_TRUE(SubmitOne(number).ok());
  ASSERT_THAT(PullSome(1), SizeIs(1));
  LetTimePass(absl::Minutes(2));
  Acknowledge(1);
  const absl::Time fetched = clock_.Now();
  Skip(absl::Hours(16));
  EXPECT_EQ(ReadToday(fetched + absl::Seconds(1)).at(kHere).last_fetch_at, absl::InfinitePast());
  const Read read = ReadToday(fetched);
  EXPECT_EQ(read.at(kHere).counts, DayCounts());
  EXPECT_EQ(read.at(kHere).last_fetch_at, fetched);
}

TEST_F(TodayTest, ADayOfManyBatchesIsReadInSteps) {
  const int notices = static_cast<int>(TodayReader::kStepBatches) * 6;
  for (int number = 1; number <= notices; ++number) ASSERT_TRUE(SubmitOne(number).ok());
  EXPECT_EQ(ReadToday().at(kHere).counts.accepted, static_cast<uint64_t>(notices));
  EXPECT_GE(steps_, 4);
}

TEST_F(TodayTest, ARestartLosesAndDoublesNothing) {
  for (int number = 1; number <= 5; ++number) ASSERT_TRUE(SubmitOne(number).ok());
  Acknowledge(1);
  const DayCounts before = Here().today;
  const uint64_t last_before = store_.LastDurableBatch();
  Restart();
  ASSERT_TRUE(SubmitOne(6).ok());
  TodayReader reader(
      store_, scheduler_,
      {.from = board_->DayBegan(), .last_batch = last_before, .read = [&](const Read& inboxes, const absl::Status&) {
         board_->Add({.day_began = board_->DayBegan(), .ran_until = clock_.Now(), .inboxes = inboxes});
       }});
  reader.Start();
  ASSERT_TRUE(SubmitOne(7).ok());
  scheduler_.Advance(absl::Seconds(1));
  EXPECT_EQ(Here().today.accepted, before.accepted + 2);
  EXPECT_EQ(Here().today.acknowledged, before.acknowledged);
}

TEST_F(TodayTest, WhatCannotBeReadIsPassedOverAndTold) {
  for (int number = 1; number <= 5; ++number) ASSERT_TRUE(SubmitOne(number).ok());
  store_.Damage(store::JournalKey(2), "damaged");
  EXPECT_EQ(ReadToday().at(kHere).counts.accepted, 4u);
  EXPECT_FALSE(whole_.ok());
}

}  // namespace
}  // namespace envej::operations
