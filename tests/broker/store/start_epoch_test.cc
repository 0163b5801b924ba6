#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "broker/store/high_water_mark.h"
#include "broker/store/rocksdb_store.h"
#include "tests/broker/store/commit_helpers.h"
#include "tests/broker/store/store_directory.h"

namespace envej::store {
namespace {

namespace fs = std::filesystem;

Transition Writing(const std::string& key) {
  return Transition{.conditions = {}, .mutations = {Put(key, std::string(100, 'v'))}, .events = {"event"}};
}

// What the log holds when the process is killed.
enum class Traffic { kNone, kUnsynced };

// Stores that were opened `openings` times and killed in the last of them. Every opening flushes the log before it, so
// the log holds the last start epoch and the last opening's traffic.
class StartEpochTest : public testing::Test {
 protected:
  std::string Killed(uint64_t openings, int batches, Traffic traffic) {
    const std::string name = directory_.path(absl::StrCat("store-", ++stores_));
    for (uint64_t opening = 1; opening <= openings; ++opening) {
      const std::unique_ptr<RocksDbStore> store = OpenStore(name + "-live");
      EXPECT_EQ(store->StartEpoch(), opening);
      if (opening < openings) {
        for (int batch = 0; batch < batches; ++batch) CommitOne(*store, Writing(absl::StrCat("x", batch)));
        continue;
      }
      for (int lease = 0; traffic == Traffic::kUnsynced && lease < 5; ++lease) {
        CommitOne(*store, Writing(absl::StrCat("y", lease)), Durability::kUnsynced);
      }
      CopyTree(name + "-live", name);
    }
    return name;
  }

  std::string CopyOf(const std::string& store) {
    const std::string copy = directory_.path(absl::StrCat("copy-", ++stores_));
    CopyTree(store, copy);
    return copy;
  }

  TemporaryDirectory directory_;
  int stores_ = 0;
};

TEST_F(StartEpochTest, LogOfTheEpochAloneThatIsCutOrDeletedIsRefused) {
  for (const int batches : {0, 3}) {
    const std::string store = Killed(3, batches, Traffic::kNone);
    const std::string text =
        "the store says it was opened 2 times, but opening 3 was durable: the write-ahead log is cut or deleted";
    const fs::path log = LogOf(store);
    const std::string whole = ReadFile(log);
    ASSERT_GT(whole.size(), 0u);
    for (size_t left = 0; left < whole.size(); ++left) {
      SCOPED_TRACE(left);
      WriteFile(log, whole.substr(0, left));
      ExpectRefused(store, text);
    }
    fs::remove(log);
    ExpectRefused(store, text);
    WriteFile(log, whole);
    EXPECT_EQ(OpenStore(store)->StartEpoch(), 4u) << "the positive control: unharmed, it opens";
  }
}

TEST_F(StartEpochTest, LogOfTheFirstOpeningThatIsCutOrDeletedIsRefused) {
  const std::string store = Killed(1, 0, Traffic::kNone);
  const fs::path log = LogOf(store);
  const std::string whole = ReadFile(log);
  for (size_t left = 0; left < whole.size(); ++left) {
    SCOPED_TRACE(left);
    WriteFile(log, whole.substr(0, left));
    ExpectRefused(store, "but opening 1 was durable: the write-ahead log is cut or deleted");
  }
  fs::remove(log);
  ExpectRefused(store, "the store is empty, but opening 1 was durable: the write-ahead log is cut or deleted");
}

TEST_F(StartEpochTest, FlippedByteInTheLogOfTheEpochAloneIsRefused) {
  const std::string store = Killed(2, 1, Traffic::kNone);
  const fs::path log = LogOf(store);
  const std::string whole = ReadFile(log);
  for (size_t place = 0; place < whole.size(); ++place) {
    SCOPED_TRACE(place);
    std::string flipped = whole;
    flipped[place] = static_cast<char>(flipped[place] ^ 0x40);
    WriteFile(log, flipped);
    ExpectRefused(store, " durable");
  }
}

// The loss of unsynced commits alone is no fault, but it must not bring an epoch again.
TEST_F(StartEpochTest, NoEpochComesAgainHoweverALogOfUnsyncedCommitsIsCut) {
  const std::string killed = Killed(2, 1, Traffic::kUnsynced);
  const uint64_t length = fs::file_size(LogOf(killed));
  int refused = 0;
  int opened = 0;
  std::set<uint64_t> cuts = {length - 1};
  for (uint64_t left = 0; left < length; left += left < 100 ? 7 : 41) cuts.insert(left);
  for (const uint64_t left : cuts) {
    SCOPED_TRACE(left);
    const std::string store = CopyOf(killed);
    fs::resize_file(LogOf(store), left);
    const absl::StatusOr<std::unique_ptr<RocksDbStore>> result = RocksDbStore::Open(OptionsFor(store));
    if (result.ok()) {
      ++opened;
      EXPECT_EQ((*result)->StartEpoch(), 3u);
    } else {
      ++refused;
      EXPECT_TRUE(absl::IsDataLoss(result.status())) << result.status();
    }
  }
  EXPECT_GT(refused, 1);
  EXPECT_GT(opened, 1);
  fs::remove(LogOf(killed));
  ExpectRefused(killed, "the store says it was opened 1 times, but opening 2 was durable");
}

TEST_F(StartEpochTest, OpeningThatStoppedBeforeItsMarkIsNoLoss) {
  const std::string before = Killed(1, 0, Traffic::kNone);
  const std::string store = CopyOf(before);
  EXPECT_EQ(OpenStore(store)->StartEpoch(), 2u);
  fs::copy_file(before + "/high-water-mark", store + "/high-water-mark", fs::copy_options::overwrite_existing);
  EXPECT_EQ(OpenStore(store)->StartEpoch(), 3u);
}

TEST_F(StartEpochTest, EveryMarkCarriesTheEpoch) {
  const std::string store = directory_.path("store");
  EXPECT_EQ(OpenStore(store)->StartEpoch(), 1u);
  {
    const std::unique_ptr<RocksDbStore> opened = OpenStore(store);
    for (int batch = 0; batch < 3; ++batch) CommitOne(*opened, Writing(absl::StrCat("x", batch)));
    EXPECT_EQ((*HighWaterMarkFile::Read(store + "/high-water-mark"))->epoch, 2u) << "the mark of a synced batch";
  }
  EXPECT_EQ((*HighWaterMarkFile::Read(store + "/high-water-mark"))->epoch, 2u) << "the mark of a stop";
}

}  // namespace
}  // namespace envej::store
