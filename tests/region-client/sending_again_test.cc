#include "region-client/sending_again.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/str_cat.h"

namespace envej::region {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kSendingRegion[] = "1081";
const Lacking kAll = {.all = true, .names = {}};

v1::WatchNoticesResponse Missing(const std::string& id, const std::string& region_code = kSendingRegion) {
  v1::WatchNoticesResponse answer;
  v1::NoticeChange& change = *answer.add_changes();
  change.set_kind(v1::CHANGE_KIND_MISSING);
  change.set_region_code(region_code);
  change.set_municipality_code("0101");
  change.set_notice_id(id);
  return answer;
}

v1::WatchNoticesResponse BeginsAnew() {
  v1::WatchNoticesResponse answer;
  answer.set_begins_anew(true);
  return answer;
}

class SendingAgainTest : public testing::Test {
 protected:
  // What each round was about since the last time.
  std::vector<Lacking> Rounds() { return std::exchange(rounds_, {}); }
  // Hears it every second for so long.
  void HearFor(absl::Duration duration, const v1::WatchNoticesResponse& answer) {
    for (const absl::Time end = now_ + duration; now_ < end; now_ += absl::Seconds(1)) sending_.Hear(answer);
  }

  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  double random_ = 0;
  Lacking left_;
  std::vector<Lacking> rounds_;
  const Surroundings surroundings_{
      .now = [this] { return now_; }, .sleep = [](absl::Duration) {}, .random = [this] { return random_; }};
  SendingAgain sending_{kSendingRegion,
                        [this](const Lacking& lacking) {
                          rounds_.push_back(lacking);
                          return left_;
                        },
                        surroundings_};
};

TEST_F(SendingAgainTest, AsksForAllAtTheBeginningAndThenRests) {
  sending_.Hear({});
  EXPECT_THAT(Rounds(), ElementsAre(kAll));
  HearFor(absl::Hours(2), {});
  EXPECT_THAT(Rounds(), IsEmpty());
}

TEST_F(SendingAgainTest, OnlyWhatIsStillLackingIsAskedForAgain) {
  left_.names = {{"0101", "a"}};
  sending_.Hear({});
  EXPECT_THAT(Rounds(), ElementsAre(kAll));
  now_ += kRoundPauseMost;
  const Lacking a = left_;
  left_ = {};
  sending_.Hear({});
  EXPECT_THAT(Rounds(), ElementsAre(a));
  now_ += 2 * kRoundPauseMost;
  sending_.Hear({});
  EXPECT_THAT(Rounds(), IsEmpty());
}

TEST_F(SendingAgainTest, ANoticeThatIsMissingIsAskedForAlone) {
  sending_.Hear({});
  now_ += absl::Hours(1);
  Rounds();
  sending_.Hear(Missing("a", "1084"));
  EXPECT_THAT(Rounds(), IsEmpty()) << "it is another region's";
  sending_.Hear(Missing("a"));
  EXPECT_THAT(Rounds(), ElementsAre(Lacking{.all = false, .names = {{"0101", "a"}}}));
  now_ += absl::Hours(1);
  sending_.Hear(BeginsAnew());
  EXPECT_THAT(Rounds(), ElementsAre(kAll));
}

// A broker that says the same all the time.
TEST_F(SendingAgainTest, RoundsThatFollowOneAnotherHavePausesThatGrowUpToAMost) {
  HearFor(absl::Hours(1), BeginsAnew());
  // 7.5 s, 15 s, 30 s, ... up to five minutes: each the half that is not by chance.
  EXPECT_THAT(Rounds(), testing::SizeIs(17));
  random_ = 0.999;
  HearFor(absl::Hours(1), Missing("a"));
  EXPECT_LE(Rounds().size(), 8U);
  HearFor(absl::Hours(1), {});
  Rounds();
  HearFor(absl::Seconds(20), Missing("a"));
  EXPECT_THAT(Rounds(), testing::SizeIs(2)) << "a quiet time makes the pauses short again";
}

TEST_F(SendingAgainTest, WhatIsHeardDuringAPauseIsNotLost) {
  sending_.Hear({});
  sending_.Hear(Missing("a"));
  sending_.Hear(Missing("b"));
  EXPECT_THAT(Rounds(), ElementsAre(kAll));
  now_ += kRoundPauseFirst;
  sending_.Hear({});
  EXPECT_THAT(Rounds(), ElementsAre(Lacking{.all = false, .names = {{"0101", "a"}, {"0101", "b"}}}));
}

TEST_F(SendingAgainTest, VeryManyAreAsGoodAsAll) {
  sending_.Hear({});
  v1::WatchNoticesResponse many;
  for (size_t number = 0; number <= kLackingNamesMost; ++number) {
    *many.add_changes() = Missing(absl::StrCat(number)).changes(0);
  }
  sending_.Hear(many);
  now_ += kRoundPauseFirst;
  sending_.Hear({});
  EXPECT_THAT(Rounds(), ElementsAre(kAll, kAll));
}

}  // namespace
}  // namespace envej::region
