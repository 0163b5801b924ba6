#include "broker/wire/turns.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace envej::wire {
namespace {

constexpr char kRegion[] = "region:1081";
constexpr char kOtherRegion[] = "region:1082";

// Work of a participant that is under way until it is let go.
class Long {
 public:
  explicit Long(Turns& turns, size_t bytes = 1) {
    thread_ = std::thread([this, &turns, bytes] {
      turns.Begin(kRegion, bytes, /*calm=*/true, [this] {
        begun_.set_value();
        gone_.get_future().wait();
        return false;
      });
    });
    begun_.get_future().wait();
  }
  ~Long() {
    gone_.set_value();
    thread_.join();
  }

 private:
  std::promise<void> begun_;
  std::promise<void> gone_;
  std::thread thread_;
};

TEST(TurnsTest, WhoHasNothingUnderWayIsServedAtOnceByTheSameThread) {
  Turns turns;
  const Long other(turns);
  std::thread::id by;
  EXPECT_TRUE(turns.Begin(kOtherRegion, 1, /*calm=*/true, [&] {
    by = std::this_thread::get_id();
    return false;
  }));
  EXPECT_EQ(by, std::this_thread::get_id());
}

TEST(TurnsTest, WhoHasSomethingUnderWayDoesNotHoldUpTheThreadThatBringsMore) {
  std::promise<std::thread::id> by;
  {
    Turns turns;
    const Long first(turns);
    EXPECT_TRUE(turns.Begin(kRegion, 1, /*calm=*/true, [&] {
      by.set_value(std::this_thread::get_id());
      return false;
    }));
  }
  EXPECT_NE(by.get_future().get(), std::this_thread::get_id());
}

TEST(TurnsTest, WhoIsNotCalmDoesNotHoldUpTheThreadThatBringsWork) {
  std::thread::id by;
  {
    Turns turns;
    turns.Begin(kRegion, 1, /*calm=*/false, [&] {
      by = std::this_thread::get_id();
      return false;
    });
  }
  EXPECT_NE(by, std::this_thread::get_id());
}

TEST(TurnsTest, ThePiecesOfACallComeInOrderAndNeverBesideOneAnother) {
  std::vector<int> pieces;
  std::atomic<int> running = 0;
  {
    Turns turns;
    turns.Begin(kRegion, 1, /*calm=*/true, [&, next = 0]() mutable {
      EXPECT_EQ(++running, 1);
      pieces.push_back(next++);
      --running;
      return next < 1000;
    });
  }
  ASSERT_EQ(pieces.size(), 1000U);
  for (int piece = 0; piece < 1000; ++piece) EXPECT_EQ(pieces[static_cast<size_t>(piece)], piece);
}

TEST(TurnsTest, ALongLineOfOneDoesNotHoldUpAnother) {
  std::atomic<int> done = 0;
  int done_before = -1;
  {
    Turns turns;
    std::promise<void> gone;
    const std::shared_future<void> let_go = gone.get_future().share();
    std::promise<void> other_done;
    // Each thread is kept busy, so that both lines are there when it takes the next.
    const auto busy = [let_go] {
      let_go.wait();
      return false;
    };
    const Long first(turns);
    for (int thread = 0; thread < Turns::kThreadsMost; ++thread) turns.Begin(kRegion, 1, /*calm=*/true, busy);
    for (int piece = 0; piece < 1000; ++piece) {
      turns.Begin(kRegion, 1, /*calm=*/true, [&] {
        ++done;
        std::this_thread::sleep_for(std::chrono::microseconds(100));
        return false;
      });
    }
    std::thread([&] {
      turns.Begin(kOtherRegion, 1, /*calm=*/true, [first_piece = true, &done_before, &done, &other_done]() mutable {
        if (std::exchange(first_piece, false)) return true;
        done_before = done;
        other_done.set_value();
        return false;
      });
    }).join();
    gone.set_value();
    other_done.get_future().wait();
  }
  EXPECT_EQ(done, 1000);
  EXPECT_LT(done_before, 100) << "the other one's turn came after so many";
}

TEST(TurnsTest, TooMuchOfOneIsNotLetInAndOthersAre) {
  Turns turns({.each_bytes = 100, .all_bytes = 150});
  const Long first(turns, 90);
  EXPECT_FALSE(turns.Begin(kRegion, 20, /*calm=*/true, [] { return false; }));
  EXPECT_TRUE(turns.Begin(kOtherRegion, 90, /*calm=*/true, [] { return false; }))
      << "who has nothing under way is always let in";
  EXPECT_TRUE(turns.Begin(kRegion, 10, /*calm=*/true, [] { return false; }));
}

TEST(TurnsTest, WhatWasDoneIsNotCountedAnyMore) {
  Turns turns({.each_bytes = 100, .all_bytes = 150});
  for (int call = 0; call < 1000; ++call) EXPECT_TRUE(turns.Begin(kRegion, 90, /*calm=*/true, [] { return false; }));
}

TEST(TurnsTest, NothingIsLostWhateverTheThreads) {
  std::atomic<int> pieces = 0;
  {
    Turns turns;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&turns, &pieces, thread] {
        for (int call = 0; call < 500; ++call) {
          turns.Begin("region:" + std::to_string(thread % 2), 1, /*calm=*/true, [&pieces, left = 3]() mutable {
            ++pieces;
            return --left > 0;
          });
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(pieces, 4 * 500 * 3);
}

}  // namespace
}  // namespace envej::wire
