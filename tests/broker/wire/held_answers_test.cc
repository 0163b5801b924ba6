#include "broker/wire/held_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "broker/timer_scheduler.h"
#include "tests/support/manual_clock.h"
#include "tests/support/manual_scheduler.h"

namespace envej::wire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kRegion[] = "region:1081";
constexpr char kOtherRegion[] = "region:1082";

class HeldAnswersTest : public testing::Test {
 protected:
  HeldAnswers::Give Note(int number) {
    return [this, number](absl::Duration held) { given_.emplace_back(number, held); };
  }
  std::vector<int> Given() const {
    std::vector<int> numbers;
    for (const auto& [number, held] : given_) numbers.push_back(number);
    return numbers;
  }
  void Pass(absl::Duration duration) {
    clock_.Advance(duration);
    scheduler_.Advance(duration);
  }

  ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  ManualScheduler scheduler_;
  HeldAnswers held_{scheduler_, clock_, {.each = 3, .all = 5}};
  std::vector<std::pair<int, absl::Duration>> given_;
};

TEST_F(HeldAnswersTest, AnAnswerIsGivenAfterItsDelay) {
  held_.Hold(kRegion, absl::Milliseconds(200), Note(1));
  Pass(absl::Milliseconds(199));
  EXPECT_THAT(given_, IsEmpty());
  EXPECT_EQ(held_.size(), 1U);
  Pass(absl::Milliseconds(1));
  EXPECT_THAT(given_, ElementsAre(std::pair(1, absl::Milliseconds(200))));
  EXPECT_EQ(held_.size(), 0U);
}

TEST_F(HeldAnswersTest, NoneWaitsForLongerThanASecond) {
  held_.Hold(kRegion, absl::Hours(1), Note(1));
  Pass(HeldAnswers::kMost);
  EXPECT_THAT(given_, ElementsAre(std::pair(1, HeldAnswers::kMost)));
}

TEST_F(HeldAnswersTest, OneParticipantsGoOutOneAMillisecond) {
  for (int number = 1; number <= 3; ++number) held_.Hold(kRegion, absl::Microseconds(10), Note(number));
  held_.Hold(kOtherRegion, absl::Microseconds(10), Note(4));
  Pass(absl::Microseconds(10));
  EXPECT_THAT(Given(), ElementsAre(1, 4));
  Pass(HeldAnswers::kApart);
  EXPECT_THAT(Given(), ElementsAre(1, 4, 2));
  Pass(HeldAnswers::kApart);
  EXPECT_THAT(Given(), ElementsAre(1, 4, 2, 3));
}

TEST_F(HeldAnswersTest, BeyondABoundAnAnswerIsGivenAtOnce) {
  for (int number = 1; number <= 3; ++number) held_.Hold(kRegion, absl::Seconds(1), Note(number));
  held_.Hold(kRegion, absl::Seconds(1), Note(4));
  EXPECT_THAT(given_, ElementsAre(std::pair(4, absl::ZeroDuration())));
  held_.Hold(kOtherRegion, absl::Seconds(1), Note(5));
  held_.Hold(kOtherRegion, absl::Seconds(1), Note(6));
  held_.Hold(kOtherRegion, absl::Seconds(1), Note(7));
  held_.Hold("region:1083", absl::Seconds(1), Note(8));
  EXPECT_THAT(Given(), ElementsAre(4, 7, 8));
  Pass(absl::Seconds(2));
  EXPECT_EQ(Given().size(), 8U);
  held_.Hold(kRegion, absl::Seconds(1), Note(9));
  EXPECT_EQ(Given().size(), 8U) << "there is room again";
}

TEST_F(HeldAnswersTest, AReleaseGivesAllAtOnceAndEachOnce) {
  for (int number = 1; number <= 3; ++number) held_.Hold(kRegion, absl::Seconds(1), Note(number));
  held_.Release();
  EXPECT_EQ(Given().size(), 3U);
  held_.Hold(kRegion, absl::Seconds(1), Note(4));
  EXPECT_EQ(Given().size(), 4U);
  Pass(absl::Seconds(2));
  EXPECT_EQ(Given().size(), 4U);
}

TEST(HeldAnswersOnThreadsTest, EachIsGivenOnceWhateverReleasesIt) {
  const SystemClock clock;
  std::atomic<int> given = 0;
  TimerScheduler scheduler;
  HeldAnswers answers(scheduler, clock);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int call = 0; call < 500; ++call) {
        answers.Hold(kRegion, absl::Microseconds(100), [&](absl::Duration) { ++given; });
      }
    });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  answers.Release();
  for (std::thread& thread : threads) thread.join();
  scheduler.Stop();
  EXPECT_EQ(given, 2000);
}

}  // namespace
}  // namespace envej::wire
