#include "broker/upkeep/storage_watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "broker/store/rocksdb_store.h"
#include "tests/broker/store/commit_helpers.h"
#include "tests/broker/store/store_directory.h"
#include "tests/support/small_disk.h"

namespace envej::upkeep {
namespace {

using store::Outcome;

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr uint64_t kDisk = 160 * kMiB;
constexpr uint64_t kReserve = 64 * kMiB;

class StorageWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!disk_.is_there()) GTEST_SKIP() << "only root may mount a small disk";
  }

  std::unique_ptr<StorageWatch> Watch() {
    return std::make_unique<StorageWatch>(path_, kReserve, clock_,
                                          [this](const absl::StatusOr<uint64_t>& free, bool nearly_full, bool changed) {
                                            EXPECT_LE(*free, kDisk);
                                            if (changed) ++(nearly_full ? filled_ : freed_);
                                          });
  }
  static bool Becomes(const StorageWatch& watch, bool nearly_full) {
    for (int tried = 0; tried < 300 && watch.nearly_full() != nearly_full; ++tried) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return watch.nearly_full() == nearly_full;
  }

  const store::TemporaryDirectory directory_;
  const std::string path_ = directory_.path("disk");
  support::SmallDisk disk_{path_, kDisk};
  const SystemClock clock_;
  std::atomic<int> filled_{0};
  std::atomic<int> freed_{0};
};

TEST_F(StorageWatchTest, SaysAtOnceWhatIsFree) {
  ASSERT_TRUE(disk_.FillUpTo(kReserve - kMiB));
  EXPECT_TRUE(Watch()->nearly_full());
  disk_.Empty();
  EXPECT_FALSE(Watch()->nearly_full());
  EXPECT_EQ(filled_, 1);
  EXPECT_EQ(freed_, 1);
}

TEST_F(StorageWatchTest, ResumesByItselfWhenAQuarterMoreIsFree) {
  const std::unique_ptr<StorageWatch> watch = Watch();
  EXPECT_FALSE(watch->nearly_full());
  ASSERT_TRUE(disk_.FillUpTo(kReserve - kMiB));
  EXPECT_TRUE(Becomes(*watch, true));
  disk_.Empty();
  ASSERT_TRUE(disk_.FillUpTo(kReserve + kReserve / 8));
  std::this_thread::sleep_for(absl::ToChronoMilliseconds(3 * StorageWatch::kInterval));
  EXPECT_TRUE(watch->nearly_full()) << "or it would go back and forth";
  disk_.Empty();
  EXPECT_TRUE(Becomes(*watch, false));
  EXPECT_EQ(filled_, 1);
  EXPECT_EQ(freed_, 2) << "the first look, and the end";
}

// A folder that is not there is as a disk that fails.
TEST(StorageUnknownTest, CountsAsNearlyFullAndIsToldOnce) {
  const store::TemporaryDirectory directory;
  const std::string path = directory.path("not-there-yet");
  const SystemClock clock;
  std::atomic<int> looks{0};
  std::atomic<int> unknown{0};
  std::atomic<int> known{0};
  StorageWatch watch(path, 1, clock, [&](const absl::StatusOr<uint64_t>& free, bool nearly_full, bool changed) {
    ++looks;
    EXPECT_EQ(nearly_full, !free.ok());
    if (changed) ++(free.ok() ? known : unknown);
  });
  EXPECT_TRUE(watch.nearly_full());
  const auto wait_until = [](const std::function<bool()>& is_so) {
    for (int tried = 0; tried < 300 && !is_so(); ++tried) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    return is_so();
  };
  EXPECT_TRUE(wait_until([&] { return looks >= 3; }));
  EXPECT_EQ(unknown, 1);
  std::filesystem::create_directory(path);
  EXPECT_TRUE(wait_until([&] { return !watch.nearly_full(); }))
      << "what was unknown is no reason to wait for more room";
  EXPECT_EQ(known, 1);
  watch.Stop();
}

// What an acknowledgement does: content goes, and record and journal say so. With small buffers, so that tables are
// written and compacted all the time.
TEST_F(StorageWatchTest, ReserveIsEnoughForWhatGoesOn) {
  store::RocksDbStoreOptions options = store::OptionsFor(path_ + "/store");
  options.write_buffer_bytes = kMiB;
  const std::unique_ptr<store::RocksDbStore> store = store::OpenStore(options);
  ASSERT_NE(store, nullptr);
  const auto commit = [&](const std::string& key, size_t bytes) {
    return store::CommitOne(*store,
                            {.conditions = {},
                             .mutations = {store::Put(absl::StrCat("c", key), std::string(bytes, 'c')),
                                           store::Put(absl::StrCat("n", key), std::string(300, 'n'))},
                             .events = {absl::StrCat(key, std::string(200, 'e'))}},
                            store::Durability::kUnsynced)
        .kind;
  };
  const std::unique_ptr<StorageWatch> watch = Watch();
  constexpr int kNotices = 4000;
  for (int number = 0; number < kNotices; ++number)
    ASSERT_EQ(commit(absl::StrCat(number), 1500), Outcome::Kind::kCommitted);
  ASSERT_TRUE(disk_.FillUpTo(kReserve - 16 * kMiB));  // compactions under way may give some back
  ASSERT_TRUE(Becomes(*watch, true));
  for (int number = 0; number < kNotices; ++number) {
    const std::string key = absl::StrCat(number);
    ASSERT_EQ(store::CommitOne(*store, {.conditions = {},
                                        .mutations = {store::Delete(absl::StrCat("c", key)),
                                                      store::Put(absl::StrCat("n", key), std::string(400, 'a'))},
                                        .events = {absl::StrCat(key, std::string(200, 'a'))}})
                  .kind,
              Outcome::Kind::kCommitted)
        << number << ", with " << disk_.free_bytes() << " free";
  }
  disk_.Empty();
  EXPECT_TRUE(Becomes(*watch, false));
  EXPECT_EQ(commit("new", 1500), Outcome::Kind::kCommitted);
  EXPECT_TRUE(store->Stop().ok());
}

}  // namespace
}  // namespace envej::upkeep
