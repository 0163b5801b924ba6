#include "broker/timer_scheduler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <vector>

namespace envej {
namespace {

constexpr std::chrono::seconds kPatience(30);

TEST(TimerSchedulerTest, RunsTasksInTheOrderInWhichTheyFallDue) {
  TimerScheduler scheduler;
  std::vector<int> order;
  std::promise<void> done;
  scheduler.After(absl::Milliseconds(60), [&] {
    order.push_back(3);
    done.set_value();
  });
  scheduler.After(absl::Milliseconds(30), [&] { order.push_back(2); });
  scheduler.After(absl::ZeroDuration(), [&] { order.push_back(1); });
  ASSERT_EQ(done.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(TimerSchedulerTest, ATaskMayScheduleAnother) {
  TimerScheduler scheduler;
  std::promise<void> done;
  scheduler.After(absl::ZeroDuration(), [&] { scheduler.After(absl::ZeroDuration(), [&] { done.set_value(); }); });
  EXPECT_EQ(done.get_future().wait_for(kPatience), std::future_status::ready);
}

TEST(TimerSchedulerTest, StopDropsWhatWaitsAndTakesNothingMore) {
  std::atomic<bool> ran = false;
  std::promise<bool> dropped;
  std::thread stopping;
  TimerScheduler scheduler;
  scheduler.After(absl::ZeroDuration(), [&] {
    scheduler.After(absl::ZeroDuration(), [&] { ran = true; });
    stopping = std::thread([&] { scheduler.Stop(); });
    const auto at_latest = std::chrono::steady_clock::now() + kPatience;
    while (scheduler.waiting() > 0 && std::chrono::steady_clock::now() < at_latest) std::this_thread::yield();
    dropped.set_value(scheduler.waiting() == 0);
  });
  std::future<bool> answer = dropped.get_future();
  ASSERT_EQ(answer.wait_for(2 * kPatience), std::future_status::ready);  // else the task never began
  EXPECT_TRUE(answer.get()) << "Stop waited for the task that ran before it dropped what waits";
  stopping.join();
  scheduler.After(absl::ZeroDuration(), [&] { ran = true; });
  EXPECT_EQ(scheduler.waiting(), 0u);
  EXPECT_FALSE(ran);
}

TEST(TimerSchedulerTest, CancelledTaskIsGoneAtOnceAndItsNeighboursAreNot) {
  TimerScheduler scheduler;
  std::atomic<bool> ran = false;
  std::promise<void> done;
  const uint64_t soon = scheduler.After(absl::Milliseconds(200), [&] { ran = true; });
  scheduler.After(absl::Milliseconds(200), [&] { done.set_value(); });
  const uint64_t late = scheduler.After(absl::Hours(1), [&] { ran = true; });
  EXPECT_EQ(scheduler.waiting(), 3u);
  scheduler.Cancel(soon);
  scheduler.Cancel(late);
  scheduler.Cancel(late);
  scheduler.Cancel(0);
  EXPECT_EQ(scheduler.waiting(), 1u);
  EXPECT_EQ(done.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace envej
