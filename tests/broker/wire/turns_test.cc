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

constexpr char kCaller[] = "region:1081";
constexpr char kOtherCaller[] = "region:1082";
constexpr absl::Duration kNow = absl::Seconds(100);

// After it, nobody is alone: somebody else had work just now.
void BeginAnothers(Turns& turns) {
  turns.Begin("region:1083", 1, /*calm=*/true, kNow, [] { return false; });
}

// Work of a participant that is under way until it is let go.
class Long {
 public:
  explicit Long(Turns& turns, size_t bytes = 1) {
    thread_ = std::thread([this, &turns, bytes] {
      turns.Begin(kCaller, bytes, /*calm=*/true, kNow, [this] {
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
  BeginAnothers(turns);
  const Long other(turns);
  std::thread::id by;
  EXPECT_TRUE(turns.Begin(kOtherCaller, 1, /*calm=*/true, kNow, [&] {
    by = std::this_thread::get_id();
    return false;
  }));
  EXPECT_EQ(by, std::this_thread::get_id());
}

TEST(TurnsTest, WhoHasSomethingUnderWayDoesNotHoldUpTheThreadThatBringsMore) {
  std::promise<std::thread::id> by;
  {
    Turns turns;
    BeginAnothers(turns);
    const Long first(turns);
    EXPECT_TRUE(turns.Begin(kCaller, 1, /*calm=*/true, kNow, [&] {
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
    BeginAnothers(turns);
    turns.Begin(kCaller, 1, /*calm=*/false, kNow, [&] {
      by = std::this_thread::get_id();
      return false;
    });
  }
  EXPECT_NE(by, std::this_thread::get_id());
}

TEST(TurnsTest, WhoIsAloneIsServedAtOnceUntilSomebodyElseBegins) {
  std::vector<std::thread::id> by;
  {
    Turns turns;
    turns.Begin(kCaller, 1, /*calm=*/true, kNow, [&] {
      by.push_back(std::this_thread::get_id());
      if (by.size() == 3) turns.Begin(kOtherCaller, 1, /*calm=*/true, kNow, [] { return false; });
      return by.size() < 6;
    });
  }
  ASSERT_EQ(by.size(), 6U);
  for (size_t piece = 0; piece < 6; ++piece) {
    EXPECT_EQ(by[piece] == std::this_thread::get_id(), piece < 3) << "piece " << piece;
  }
}

TEST(TurnsTest, ThePiecesOfACallComeInOrderAndNeverBesideOneAnother) {
  std::vector<int> pieces;
  std::atomic<int> running = 0;
  {
    Turns turns;
    BeginAnothers(turns);
    turns.Begin(kCaller, 1, /*calm=*/true, kNow, [&, next = 0]() mutable {
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
    BeginAnothers(turns);
    std::promise<void> gone;
    const std::shared_future<void> let_go = gone.get_future().share();
    std::promise<void> other_done;
    // Each thread is kept busy, so that both lines are there when it takes the next.
    const auto busy = [let_go] {
      let_go.wait();
      return false;
    };
    const Long first(turns);
    for (int thread = 0; thread < Turns::kThreadsMost; ++thread) turns.Begin(kCaller, 1, /*calm=*/true, kNow, busy);
    for (int piece = 0; piece < 1000; ++piece) {
      turns.Begin(kCaller, 1, /*calm=*/true, kNow, [&] {
        ++done;
        std::this_thread::sleep_for(std::chrono::microseconds(100));
        return false;
      });
    }
    std::thread([&] {
      turns.Begin(kOtherCaller, 1, /*calm=*/true, kNow,
                  [first_piece = true, &done_before, &done, &other_done]() mutable {
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
  BeginAnothers(turns);
  const Long first(turns, 90);
  EXPECT_FALSE(turns.Begin(kCaller, 20, /*calm=*/true, kNow, [] { return false; }));
  EXPECT_TRUE(turns.Begin(kOtherCaller, 90, /*calm=*/true, kNow, [] { return false; }))
      << "who has nothing under way is always let in";
  EXPECT_TRUE(turns.Begin(kCaller, 10, /*calm=*/true, kNow, [] { return false; }));
}

TEST(TurnsTest, WhatWasDoneIsNotCountedAnyMore) {
  Turns turns({.each_bytes = 100, .all_bytes = 150});
  BeginAnothers(turns);
  for (int call = 0; call < 1000; ++call)
    EXPECT_TRUE(turns.Begin(kCaller, 90, /*calm=*/true, kNow, [] { return false; }));
}

TEST(TurnsTest, NothingIsLostWhateverTheThreads) {
  std::atomic<int> pieces = 0;
  {
    Turns turns;
    BeginAnothers(turns);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&turns, &pieces, thread] {
        for (int call = 0; call < 500; ++call) {
          turns.Begin("region:" + std::to_string(thread % 2), 1, /*calm=*/true, kNow, [&pieces, left = 3]() mutable {
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

TEST(TurnsTest, WhoIsAloneHasAllWorkDoneAtOnceUntilAnotherComes) {
  Turns turns;
  std::thread::id by;
  int pieces = 0;
  const auto work = [&, begun = 0]() mutable {
    by = std::this_thread::get_id();
    ++pieces;
    return ++begun < 3;
  };
  EXPECT_TRUE(turns.Begin(kCaller, 1, /*calm=*/false, kNow, work));
  EXPECT_EQ(by, std::this_thread::get_id());
  EXPECT_EQ(pieces, 3);
  BeginAnothers(turns);
  std::promise<std::thread::id> in_turn;
  const auto one_piece = [&in_turn] {
    in_turn.set_value(std::this_thread::get_id());
    return false;
  };
  EXPECT_TRUE(turns.Begin(kCaller, 1, /*calm=*/false, kNow, one_piece));
  EXPECT_NE(in_turn.get_future().get(), std::this_thread::get_id());
  const absl::Duration later = kNow + Turns::kLately + absl::Seconds(1);
  in_turn = {};
  EXPECT_TRUE(turns.Begin(kCaller, 1, /*calm=*/false, later, one_piece));
  EXPECT_EQ(in_turn.get_future().get(), std::this_thread::get_id());
}

}  // namespace
}  // namespace envej::wire
