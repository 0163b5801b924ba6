#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "broker/store/high_water_mark.h"
#include "broker/store/rocksdb_store.h"
#include "tests/broker/store/commit_helpers.h"
#include "tests/broker/store/store_directory.h"

namespace envej::store {
namespace {

constexpr int kBatches = 50;

void CommitBatches(RocksDbStore& store, int from, int to) {
  for (int index = from; index < to; ++index) {
    const Outcome outcome =
        CommitOne(store, Transition{.conditions = {},
                                    .mutations = {Put(absl::StrCat("x", index), std::string(300, 'v'))},
                                    .events = {absl::StrCat("event ", index)}});
    ASSERT_EQ(outcome.kind, Outcome::Kind::kCommitted);
  }
}

bool Holds(RocksDbStore& store, int index) { return ValueOf(store, absl::StrCat("x", index)).has_value(); }

// A store of kBatches synced batches, as it lies on the disk when its process is killed: the log is whole, and the
// mark is one batch behind.
class DamagedStore : public testing::Test {
 protected:
  void SetUp() override {
    const std::unique_ptr<RocksDbStore> store = OpenStore(directory_.path("live"));
    ASSERT_NE(store, nullptr);
    CommitBatches(*store, 0, kBatches);
    CopyTree(directory_.path("live"), killed_);
  }

  TemporaryDirectory directory_;
  const std::string killed_ = directory_.path("killed");
};

TEST_F(DamagedStore, KilledProcessLosesNothing) {
  const std::unique_ptr<RocksDbStore> store = OpenStore(killed_);
  ASSERT_NE(store, nullptr);
  for (int index = 0; index < kBatches; ++index) EXPECT_TRUE(Holds(*store, index)) << index;
}

TEST_F(DamagedStore, FlippedByteAnywhereInTheLogIsRefused) {
  const std::filesystem::path log = LogOf(killed_);
  const std::string whole = ReadFile(log);
  for (size_t part = 0; part < 40; ++part) {
    // The last batch and a half of the fifty is left out: its loss is not to be seen.
    const size_t place = whole.size() * part / 41;
    std::string flipped = whole;
    flipped[place] = static_cast<char>(flipped[place] ^ 0x40);
    WriteFile(log, flipped);
    SCOPED_TRACE(place);
    ExpectRefused(killed_, "batch 49 was answered as durable");
  }
  std::string flipped = whole;
  flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 1);
  WriteFile(log, flipped);
  ExpectRefused(killed_, "): batch 49 was answered as durable and may not be readable");
  WriteFile(log, whole);
  EXPECT_NE(OpenStore(killed_), nullptr) << "the positive control: unharmed, it opens";
}

// As a machine that loses power leaves what it was writing: pages of the end are on the disk or not, in no order.
TEST_F(DamagedStore, EndOfTheLogThatWasNeverSyncedMayBeTorn) {
  const std::string torn = directory_.path("torn");
  size_t synced_bytes = 0;
  {
    const std::unique_ptr<RocksDbStore> store = OpenStore(killed_);
    ASSERT_NE(store, nullptr);
    CommitBatches(*store, kBatches, kBatches + 2);
    synced_bytes = std::filesystem::file_size(LogOf(killed_));
    for (int index = 0; index < 50; ++index) {
      CommitOne(
          *store,
          {.conditions = {}, .mutations = {Put(absl::StrCat("lease", index), std::string(300, 'l'))}, .events = {}},
          Durability::kUnsynced);
    }
    CopyTree(killed_, torn);
  }
  const std::string whole = ReadFile(LogOf(torn));
  ASSERT_GT(whole.size(), synced_bytes + 3 * 4096);
  for (const size_t page : {synced_bytes / 4096 + 1, synced_bytes / 4096 + 2, whole.size() / 4096}) {
    SCOPED_TRACE(page);
    const std::string opened = directory_.path(absl::StrCat("opened", page));
    CopyTree(torn, opened);
    std::string log = whole;
    for (size_t place = page * 4096; place < std::min((page + 1) * 4096, log.size()); ++place) log[place] = 0;
    WriteFile(LogOf(opened), log);
    uint64_t told = 0;
    RocksDbStoreOptions options = OptionsFor(opened);
    options.log_end_dropped = [&](uint64_t batch, const std::string&) { told = batch; };
    const std::unique_ptr<RocksDbStore> store = OpenStore(options);
    ASSERT_NE(store, nullptr);
    for (int index = 0; index < kBatches + 2; ++index) EXPECT_TRUE(Holds(*store, index)) << index;
    EXPECT_EQ(told, static_cast<uint64_t>(kBatches + 2));
    CommitBatches(*store, kBatches + 2, kBatches + 3);
  }
}

TEST_F(DamagedStore, DamageOfTheLastBatchAloneOpensAndIsTold) {
  const std::filesystem::path log = LogOf(killed_);
  std::string flipped = ReadFile(log);
  flipped[flipped.size() - 100] = static_cast<char>(flipped[flipped.size() - 100] ^ 1);
  WriteFile(log, flipped);
  uint64_t told = 0;
  {
    RocksDbStoreOptions options = OptionsFor(killed_);
    options.log_end_dropped = [&](uint64_t batch, const std::string&) { told = batch; };
    const std::unique_ptr<RocksDbStore> store = OpenStore(options);
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(told, static_cast<uint64_t>(kBatches - 1));
    EXPECT_FALSE(Holds(*store, kBatches - 1));
    CommitBatches(*store, kBatches, kBatches + 3);
    told = 0;
    ASSERT_TRUE(store->Stop().ok());
  }
  RocksDbStoreOptions options = OptionsFor(killed_);
  options.log_end_dropped = [&](uint64_t batch, const std::string&) { told = batch; };
  const std::unique_ptr<RocksDbStore> again = OpenStore(options);
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(told, 0u) << "it is told of once";
  EXPECT_TRUE(Holds(*again, kBatches + 2));
}

TEST_F(DamagedStore, DeletedLogIsRefused) {
  std::filesystem::remove(LogOf(killed_));
  ExpectRefused(killed_, "but batch 49 was answered as durable: the write-ahead log is cut or deleted");
}

TEST_F(DamagedStore, CutLogIsRefused) {
  const std::filesystem::path log = LogOf(killed_);
  std::filesystem::resize_file(log, std::filesystem::file_size(log) / 2);
  ExpectRefused(killed_, "but batch 49 was answered as durable: the write-ahead log is cut or deleted");
}

TEST_F(DamagedStore, LossOfTheLastBatchAloneOpens) {
  const std::filesystem::path log = LogOf(killed_);
  std::filesystem::resize_file(log, std::filesystem::file_size(log) - 1);
  const std::unique_ptr<RocksDbStore> store = OpenStore(killed_);
  ASSERT_NE(store, nullptr);
  EXPECT_TRUE(Holds(*store, kBatches - 2));
  EXPECT_FALSE(Holds(*store, kBatches - 1));
  CommitBatches(*store, kBatches, kBatches + 3);
}

TEST_F(DamagedStore, LossOfTheLastBatchAfterAQuietMomentIsRefused) {
  RocksDbStoreOptions options = OptionsFor(killed_);
  options.quiet = absl::Milliseconds(1);
  const std::string later = directory_.path("later");
  {
    const std::unique_ptr<RocksDbStore> store = OpenStore(options);
    ASSERT_NE(store, nullptr);
    CommitBatches(*store, kBatches, kBatches + 1);
    const absl::Time at_most = absl::Now() + absl::Seconds(20);
    const auto marked = [&] { return HighWaterMarkFile::Read(killed_ + "/high-water-mark"); };
    while ((*marked())->batch <= kBatches && absl::Now() < at_most) absl::SleepFor(absl::Milliseconds(1));
    CopyTree(killed_, later);
  }
  const std::filesystem::path log = LogOf(later);
  std::filesystem::resize_file(log, std::filesystem::file_size(log) - 1);
  ExpectRefused(later, "but batch 51 was answered as durable");
}

TEST_F(DamagedStore, LossOfTheLastBatchAfterACleanStopIsRefused) {
  ASSERT_TRUE(OpenStore(killed_)->Stop().ok());
  {
    const std::unique_ptr<RocksDbStore> store = OpenStore(killed_);
    CommitBatches(*store, kBatches, kBatches + 2);
  }
  const std::filesystem::path log = LogOf(killed_);
  std::filesystem::resize_file(log, std::filesystem::file_size(log) - 1);
  ExpectRefused(killed_, "the store ends at batch 51, but batch 52 was answered as durable");
}

TEST_F(DamagedStore, OlderCopyIsRefused) {
  CopyTree(killed_ + "/rocksdb", directory_.path("older"));
  {
    const std::unique_ptr<RocksDbStore> store = OpenStore(killed_);
    CommitBatches(*store, kBatches, kBatches + 5);
  }
  std::filesystem::remove_all(killed_ + "/rocksdb");
  CopyTree(directory_.path("older"), killed_ + "/rocksdb");
  ExpectRefused(killed_, "the store ends at batch 50, but batch 55 was answered as durable");
}

TEST_F(DamagedStore, DiskWithoutRoomToOpenItIsRefusedAndNothingIsTouched) {
  const std::map<std::string, std::string> before = AllFiles(killed_);
  RocksDbStoreOptions options = OptionsFor(killed_);
  options.opening_bytes = std::filesystem::space(killed_).capacity;
  const absl::Status status = RocksDbStore::Open(options).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_NE(status.message().find("make room; mend that, then start again"), absl::string_view::npos) << status;
  EXPECT_EQ(AllFiles(killed_), before);
}

TEST_F(DamagedStore, MissingTableFileIsRefused) {
  ASSERT_TRUE(OpenStore(killed_)->Stop().ok());
  int removed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(killed_ + "/rocksdb")) {
    if (entry.path().extension() == ".sst") removed += std::filesystem::remove(entry.path()) ? 1 : 0;
  }
  ASSERT_GT(removed, 0);
  ExpectRefused(killed_, "No such file or directory");
}

TEST_F(DamagedStore, MissingManifestPointerIsRefused) {
  std::filesystem::remove(killed_ + "/rocksdb/CURRENT");
  ExpectRefused(killed_, "damaged or incomplete");
}

TEST_F(DamagedStore, MissingMarkIsRefused) {
  std::filesystem::remove(killed_ + "/high-water-mark");
  ExpectRefused(killed_, "high-water-mark is missing");
}

TEST_F(DamagedStore, MissingStoreIsRefused) {
  std::filesystem::remove_all(killed_ + "/rocksdb");
  ExpectRefused(killed_, "batch 49 was answered as durable");
}

TEST_F(DamagedStore, MarkOfAnotherStoreIsRefused) {
  ASSERT_NE(OpenStore(directory_.path("other")), nullptr);
  std::filesystem::copy_file(directory_.path("other") + "/high-water-mark", killed_ + "/high-water-mark",
                             std::filesystem::copy_options::overwrite_existing);
  ExpectRefused(killed_, "belongs to another store");
}

TEST_F(DamagedStore, MarkOfAnotherHistoryIsRefused) {
  HighWaterMark mark = **HighWaterMarkFile::Read(killed_ + "/high-water-mark");
  mark.hash[0] = static_cast<char>(mark.hash[0] ^ 1);
  ASSERT_TRUE(HighWaterMarkFile::Create(killed_ + "/high-water-mark", mark).ok());
  ExpectRefused(killed_, "batch 49 of the store is not the one that was answered as durable");
}

TEST_F(DamagedStore, UnreadableMarkIsRefused) {
  WriteFile(killed_ + "/high-water-mark", std::string(8192, 'x'));
  ExpectRefused(killed_, "high-water-mark cannot be read");
  WriteFile(killed_ + "/high-water-mark", "");
  ExpectRefused(killed_, "high-water-mark cannot be read");
}

TEST_F(DamagedStore, StoreInUseWhoseMarkIsCalledUnfinishedIsRefused) {
  std::filesystem::rename(killed_ + "/high-water-mark", killed_ + "/high-water-mark.new");
  ExpectRefused(killed_, "high-water-mark is missing");
}

TEST(UnfinishedStore, IsFinishedWhereverItsMakingStopped) {
  TemporaryDirectory directory;
  const std::string whole = directory.path("whole");
  ASSERT_NE(OpenStore(whole), nullptr);

  const std::string only_mark = directory.path("only-mark");
  std::filesystem::create_directory(only_mark);
  std::filesystem::copy_file(whole + "/high-water-mark", only_mark + "/high-water-mark.new");
  EXPECT_NE(OpenStore(only_mark), nullptr);

  const std::string torn_mark = directory.path("torn-mark");
  std::filesystem::create_directory(torn_mark);
  WriteFile(torn_mark + "/high-water-mark.new", "torn");
  EXPECT_NE(OpenStore(torn_mark), nullptr);

  // RocksDB's own making stopped: its directory is there, but not yet its last file.
  const std::string half_engine = directory.path("half-engine");
  CopyTree(only_mark, half_engine);
  std::filesystem::rename(half_engine + "/high-water-mark", half_engine + "/high-water-mark.new");
  std::filesystem::remove_all(half_engine + "/rocksdb");
  std::filesystem::create_directory(half_engine + "/rocksdb");
  WriteFile(half_engine + "/rocksdb/LOCK", "");
  EXPECT_NE(OpenStore(half_engine), nullptr);

  const std::string no_name = directory.path("no-name");
  CopyTree(whole, no_name);
  HighWaterMark mark = **HighWaterMarkFile::Read(no_name + "/high-water-mark");
  mark.is_end = false;  // it was never stopped
  ASSERT_TRUE(HighWaterMarkFile::Create(no_name + "/high-water-mark.new", mark).ok());
  std::filesystem::remove(no_name + "/high-water-mark");
  const std::unique_ptr<RocksDbStore> store = OpenStore(no_name);
  ASSERT_NE(store, nullptr);
  CommitBatches(*store, 0, 1);
}

}  // namespace
}  // namespace envej::store
