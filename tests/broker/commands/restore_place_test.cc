#include "broker/commands/restore_place.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <thread>

#include "tests/broker/store/store_directory.h"

namespace envej::commands {
namespace {

namespace fs = std::filesystem;

class RestorePlaceTest : public testing::Test {
 protected:
  // As a restore makes it.
  static void MakeStoreIn(const RestorePlace& place) {
    const store::StorePaths making(place.making());
    fs::create_directory(making.engine);
    store::WriteFile(making.mark, "mark");
  }

  const store::TemporaryDirectory directory_;
  const std::string data_ = directory_.path("data");
  const store::StorePaths paths_{data_};
};

TEST_F(RestorePlaceTest, HoldsTheStoreAndNothingElseInTheEnd) {
  absl::StatusOr<RestorePlace> place = RestorePlace::Take(data_);
  ASSERT_TRUE(place.ok()) << place.status();
  MakeStoreIn(*place);
  ASSERT_TRUE(place->Finish().ok());
  EXPECT_TRUE(fs::exists(paths_.engine));
  EXPECT_TRUE(fs::exists(paths_.mark));
  EXPECT_EQ(std::distance(fs::directory_iterator(data_), fs::directory_iterator()), 2);
}

// Whoever looked before it had the lock would see another one's `restoring`, and clear away what that one has made.
TEST_F(RestorePlaceTest, OfTwoAtOnceOneIsDoneAndTheOtherTakesNothingAway) {
  constexpr int kRounds = 50;
  for (int round = 0; round < kRounds; ++round) {
    std::atomic<int> done{0};
    std::atomic<int> began{0};
    const auto restore = [&] {
      ++began;
      while (began < 2) std::this_thread::yield();
      for (int tried = 0; tried < 100'000; ++tried) {
        const bool over = done > 0;
        absl::StatusOr<RestorePlace> place = RestorePlace::Take(data_);
        if (!place.ok() && over) return;
        if (!place.ok()) continue;
        MakeStoreIn(*place);
        if (place->Finish().ok()) ++done;
        return;
      }
    };
    std::thread other(restore);
    restore();
    other.join();
    ASSERT_EQ(done, 1) << round;
    ASSERT_TRUE(fs::exists(paths_.engine) && fs::exists(paths_.mark)) << round;
    fs::remove_all(data_);
  }
}

TEST_F(RestorePlaceTest, OneAtATimeAndWhatTheOtherMadeIsNotTaken) {
  std::optional<absl::StatusOr<RestorePlace>> first(RestorePlace::Take(data_));
  ASSERT_TRUE((*first).ok());
  MakeStoreIn(**first);
  EXPECT_TRUE(absl::IsFailedPrecondition(RestorePlace::Take(data_).status()));
  EXPECT_TRUE(fs::exists(store::StorePaths((*first)->making()).mark)) << "it is as it was";
  ASSERT_TRUE((*first)->Finish().ok());
  first.reset();
  EXPECT_TRUE(absl::IsFailedPrecondition(RestorePlace::Take(data_).status())) << "it is not empty";
  EXPECT_TRUE(fs::exists(paths_.mark));
}

TEST_F(RestorePlaceTest, WhatIsSomebodyElsesIsNotTouched) {
  fs::create_directory(data_);
  store::WriteFile(data_ + "/diary.txt", "dear diary");
  EXPECT_TRUE(absl::IsFailedPrecondition(RestorePlace::Take(data_).status()));
  EXPECT_EQ(std::distance(fs::directory_iterator(data_), fs::directory_iterator()), 1);
}

TEST_F(RestorePlaceTest, WhatAKilledRestoreLeftIsMadeAnewAndWhatFailsLeavesNothing) {
  {
    const absl::StatusOr<RestorePlace> killed = RestorePlace::Take(data_);
    ASSERT_TRUE(killed.ok());
    MakeStoreIn(*killed);
  }
  absl::StatusOr<RestorePlace> place = RestorePlace::Take(data_);
  ASSERT_TRUE(place.ok()) << place.status();
  EXPECT_TRUE(fs::is_empty(place->making()));
  ASSERT_TRUE(place->GiveUp().ok());
  EXPECT_TRUE(fs::is_empty(data_));
}

}  // namespace
}  // namespace envej::commands
