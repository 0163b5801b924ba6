#include "broker/inbox/clock_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/broker/inbox/inboxes_fixture.h"

namespace envej::inbox {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class ClockWatchTest : public InboxesFixture {
 protected:
  ClockWatchTest() {
    inboxes_.emplace(store_, clock_, scheduler_,
                     Inboxes::Options{.clock_behind = [this](absl::Duration behind) { told_.push_back(behind); }});
    inboxes_->Start();
  }

  void LetMinutesPass(int minutes) {
    for (int minute = 0; minute < minutes; ++minute) LetTimePass(absl::Minutes(1));
  }

  std::vector<absl::Duration> told_;
};

TEST_F(ClockWatchTest, ClockThatRunsTrueIsNothingToTellOf) {
  LetMinutesPass(200);
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(ClockWatchTest, ClockThatWasAheadForAMomentIsToldOfOnceAnHourUntilItHasCaughtUp) {
  clock_.Set(kStart + absl::Hours(3));
  ASSERT_TRUE(SubmitOne(1).ok());
  clock_.Set(kStart);
  LetMinutesPass(1);
  ASSERT_THAT(told_, SizeIs(1));
  EXPECT_GT(told_[0], absl::Hours(2));
  LetMinutesPass(59);
  EXPECT_THAT(told_, SizeIs(1));
  LetMinutesPass(1);
  EXPECT_THAT(told_, SizeIs(2));
  LetMinutesPass(6 * 60);
  const size_t while_behind = told_.size();
  LetMinutesPass(6 * 60);
  EXPECT_THAT(told_, SizeIs(while_behind)) << "it has caught up";
}

TEST_F(ClockWatchTest, StartWithAStoreThatIsAheadIsToldOfAtOnce) {
  ASSERT_TRUE(SubmitOne(1).ok());
  clock_.Set(kStart - ClockWatch::kMost - absl::Seconds(1));
  std::vector<absl::Duration> told;
  Inboxes restarted(store_, clock_, scheduler_,
                    {.clock_behind = [&told](absl::Duration behind) { told.push_back(behind); }});
  restarted.Start();
  EXPECT_THAT(told, ElementsAre(ClockWatch::kMost + absl::Seconds(1)));
  scheduler_.DropAll();
}

}  // namespace
}  // namespace envej::inbox
