// What lies in the files of a store: destroyed content does so no more, and what the disk changed is found.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "broker/store/key_layout.h"
#include "broker/store/rocksdb_store.h"
#include "tests/broker/store/commit_helpers.h"
#include "tests/broker/store/store_directory.h"

namespace envej::store {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kContents = 400;

class RocksDbUpkeepTest : public testing::Test {
 protected:
  RocksDbUpkeepTest() { Open(); }

  // Small, so that there are tables on several levels.
  void Open() {
    store_.reset();
    RocksDbStoreOptions options = OptionsFor(path_);
    options.write_buffer_bytes = size_t{64} << 10;
    store_ = OpenStore(options);
  }

  static std::string KeyOf(int number) {
    const NoticeKey notice{.municipality_code = "0101",
                           .region_code = "1081",
                           .id = *contract::NoticeId::Parse(absl::StrFormat("00000000-0000-4000-8000-%012d", number))};
    return ContentKey(At(number), {.notice = notice, .revision = 1});
  }
  // As it would be if it were sealed: nothing else holds these bytes.
  static std::string ContentOf(int number) {
    std::string content = absl::StrFormat("<ciphertext %08d>", number);
    while (content.size() < 1500) content += static_cast<char>('a' + content.size() * 7 % 23);
    return content;
  }

  void WriteAll() {
    for (int number = 0; number < kContents; ++number) {
      ASSERT_EQ(
          CommitOne(*store_,
                    {.conditions = {},
                     .mutations = {Put(KeyOf(number), ContentOf(number)), Put(absl::StrCat("n", number), "record")},
                     .events = {absl::StrCat("accepted ", number)}},
                    Durability::kUnsynced)
              .kind,
          Outcome::Kind::kCommitted);
    }
  }
  void Destroy(int number) {
    ASSERT_EQ(CommitOne(*store_, {.conditions = {},
                                  .mutations = {Delete(KeyOf(number)), Put(absl::StrCat("n", number), "tombstone")},
                                  .events = {absl::StrCat("acknowledged ", number)}})
                  .kind,
              Outcome::Kind::kCommitted);
  }
  void DestroyEven() {
    for (int number = 0; number < kContents; number += 2) Destroy(number);
  }

  absl::Status Erase() {
    std::atomic<bool> stopping{false};
    return store_->EraseDestroyed(stopping);
  }

  // The contents whose bytes lie in any file of the store.
  std::vector<int> OnDisk() {
    std::string all;
    for (const fs::directory_entry& entry : fs::directory_iterator(path_ + "/rocksdb")) {
      std::ifstream file(entry.path(), std::ios::binary);  // which may be gone by now
      all.append(std::istreambuf_iterator<char>(file), {});
    }
    std::vector<int> found;
    for (int number = 0; number < kContents; ++number) {
      if (all.find(absl::StrFormat("<ciphertext %08d>", number)) != std::string::npos) found.push_back(number);
    }
    return found;
  }
  // Files are deleted a moment after nothing needs them any more.
  std::vector<int> OnDiskSoon(size_t count) {
    std::vector<int> found = OnDisk();
    for (int tried = 0; tried < 100 && found.size() != count; ++tried) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      found = OnDisk();
    }
    return found;
  }
  void ExpectOnlyOddOnes(const std::vector<int>& numbers) {
    EXPECT_EQ(numbers.size(), static_cast<size_t>(kContents / 2));
    for (const int number : numbers) EXPECT_EQ(number % 2, 1);
  }

  std::vector<std::string> Tables() {
    std::vector<std::string> tables;
    for (const fs::directory_entry& entry : fs::directory_iterator(path_ + "/rocksdb")) {
      if (entry.path().extension() == ".sst") tables.push_back(entry.path().string());
    }
    return tables;
  }
  TableVerification Verify() {
    return store_->VerifyFiles([](uint64_t) { return true; });
  }

  TemporaryDirectory directory_;
  const std::string path_ = directory_.path("store");
  std::unique_ptr<RocksDbStore> store_;
};

TEST_F(RocksDbUpkeepTest, DestroyedContentIsInNoFileAnyMore) {
  WriteAll();
  DestroyEven();
  EXPECT_GT(OnDisk().size(), static_cast<size_t>(kContents / 2)) << "unreachable, and still there";
  ASSERT_TRUE(Erase().ok());
  ExpectOnlyOddOnes(OnDiskSoon(kContents / 2));
  EXPECT_EQ(ValueOf(*store_, KeyOf(1)), ContentOf(1));
  EXPECT_EQ(ValueOf(*store_, KeyOf(0)), std::nullopt);
  EXPECT_EQ(ValueOf(*store_, "n0"), "tombstone");
}

TEST_F(RocksDbUpkeepTest, ContentThatNeverLeftTheLogGoesToo) {
  ASSERT_EQ(
      CommitOne(*store_, {.conditions = {}, .mutations = {Put(KeyOf(1), ContentOf(1))}, .events = {"accepted"}}).kind,
      Outcome::Kind::kCommitted);
  Destroy(1);
  EXPECT_THAT(OnDisk(), ElementsAre(1));
  ASSERT_TRUE(Erase().ok());
  EXPECT_THAT(OnDiskSoon(0), IsEmpty());
}

TEST_F(RocksDbUpkeepTest, WhatWasDestroyedInAnEarlierLifeGoesToo) {
  WriteAll();
  DestroyEven();
  Open();
  EXPECT_GT(OnDisk().size(), static_cast<size_t>(kContents / 2));
  ASSERT_TRUE(Erase().ok());
  ExpectOnlyOddOnes(OnDiskSoon(kContents / 2));
}

TEST_F(RocksDbUpkeepTest, WhereNothingWasDestroyedNothingIsDone) {
  WriteAll();
  ASSERT_TRUE(Erase().ok());
  const std::vector<std::string> tables = Tables();
  ASSERT_EQ(CommitOne(*store_, {.conditions = {}, .mutations = {Put("n1", "other")}, .events = {"event"}}).kind,
            Outcome::Kind::kCommitted);
  const fs::path log = LogOf(path_);
  ASSERT_TRUE(Erase().ok());
  EXPECT_EQ(Tables(), tables);
  EXPECT_EQ(LogOf(path_), log) << "not even the log was changed for another";
  Destroy(1);
  ASSERT_TRUE(Erase().ok());
  EXPECT_NE(Tables(), tables);
}

TEST_F(RocksDbUpkeepTest, CommitsGoOnMeanwhile) {
  WriteAll();
  DestroyEven();
  std::atomic<bool> erased{false};
  std::thread eraser([&] {
    EXPECT_TRUE(Erase().ok());
    erased = true;
  });
  int committed = 0;
  while (!erased || committed < 100) {
    ASSERT_EQ(
        CommitOne(*store_, {.conditions = {}, .mutations = {Put("x", "y")}, .events = {absl::StrCat(++committed)}})
            .kind,
        Outcome::Kind::kCommitted);
  }
  eraser.join();
  ExpectOnlyOddOnes(OnDiskSoon(kContents / 2));
}

TEST_F(RocksDbUpkeepTest, ErasingThatIsToStopStopsAndIsDoneLater) {
  WriteAll();
  DestroyEven();
  std::atomic<bool> stopping{true};
  EXPECT_TRUE(absl::IsCancelled(store_->EraseDestroyed(stopping)));
  ASSERT_TRUE(Erase().ok());
  ExpectOnlyOddOnes(OnDiskSoon(kContents / 2));
}

TEST_F(RocksDbUpkeepTest, WholeTablesAreFoundWhole) {
  WriteAll();
  ASSERT_TRUE(Erase().ok());
  const TableVerification found = Verify();
  EXPECT_TRUE(found.finished);
  EXPECT_GT(found.files, 0u);
  EXPECT_GT(found.bytes, uint64_t{kContents} * 1500);
  EXPECT_THAT(found.damaged, IsEmpty());
}

TEST_F(RocksDbUpkeepTest, ByteThatTheDiskChangedIsFoundInARunningStore) {
  WriteAll();
  ASSERT_TRUE(Erase().ok());
  ASSERT_GT(Verify().files, 0u) << "read before, so that it could come from a cache";
  const std::string table = Tables().front();
  std::fstream file(table, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(fs::file_size(table) / 3));
  const int byte = file.peek();
  file.put(static_cast<char>(byte ^ 1));
  file.close();
  const TableVerification found = Verify();
  EXPECT_TRUE(found.finished);
  EXPECT_THAT(found.damaged, ElementsAre(fs::path(table).filename().string()));
  EXPECT_EQ(CommitOne(*store_, {.conditions = {}, .mutations = {Put("x", "y")}, .events = {"event"}}).kind,
            Outcome::Kind::kCommitted)
      << "it is no reason to stop";
}

TEST_F(RocksDbUpkeepTest, VerificationRestsAfterEachTableAndStopsThen) {
  WriteAll();
  std::vector<uint64_t> rests;
  const TableVerification found = store_->VerifyFiles([&](uint64_t bytes) {
    rests.push_back(bytes);
    return false;
  });
  EXPECT_FALSE(found.finished);
  EXPECT_EQ(rests.size(), 1u);
  EXPECT_EQ(found.bytes, rests[0]);
}

}  // namespace
}  // namespace envej::store
