#include "broker/store/rocksdb_reader.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "broker/store/batch_record.h"
#include "broker/store/key_layout.h"
#include "broker/store/rocksdb_engine.h"
#include "broker/store/rocksdb_store.h"
#include "tests/broker/store/commit_helpers.h"
#include "tests/broker/store/store_directory.h"
#include "tests/support/sanitizer.h"

namespace envej::store {
namespace {

Transition WritingBytes(uint64_t number, size_t bytes) {
  return Transition{.conditions = {},
                    .mutations = {Put("n" + std::to_string(number % 1000), std::string(bytes, 'v'))},
                    .events = {"event " + std::to_string(number)}};
}

// Holds every record up to the head, in an unbroken chain; how many there are.
uint64_t CountChain(const RocksDbReader& reader) {
  const BatchHead head = **reader.Head();
  std::string from = JournalPrefix();
  std::string hash(32, '\0');
  uint64_t count = 0;
  for (bool more = true; more;) {
    const ScanResult page = *reader.Scan({.from = from, .to = EndOfPrefix(JournalPrefix())});
    for (const KeyValue& entry : page.entries) {
      const BatchRecord record = *DecodeBatchRecord(entry.value);
      EXPECT_EQ(record.batch, ++count);
      EXPECT_EQ(record.previous_hash, hash);
      hash = HashOf(record);
    }
    more = page.more;
    if (more) from = KeyAfter(page.entries.back().key);
  }
  EXPECT_EQ(count, head.batch);
  EXPECT_EQ(hash, head.hash);
  EXPECT_LE((*reader.mark())->batch, count);
  return count;
}

TEST(RocksDbReader, ReadsAStoppedStoreAndChangesNoFile) {
  const TemporaryDirectory directory;
  const std::string path = directory.path("store");
  {
    const std::unique_ptr<RocksDbStore> store = OpenStore(path);
    for (uint64_t number = 0; number < 20; ++number) CommitOne(*store, WritingBytes(number, 10));
  }
  const std::map<std::string, std::string> before = AllFiles(path);
  for (int count = 0; count < 3; ++count) {
    const absl::StatusOr<std::unique_ptr<RocksDbReader>> reader = RocksDbReader::Open(path);
    ASSERT_TRUE(reader.ok()) << reader.status();
    EXPECT_EQ(CountChain(**reader), 20u);
    EXPECT_EQ((*reader)->log_damage(), "");
  }
  EXPECT_EQ(AllFiles(path), before);
}

TEST(RocksDbReader, ReadsAWholeStoreBesideOneThatWritesFlushesAndCompacts) {
  const TemporaryDirectory directory;
  RocksDbStoreOptions options = OptionsFor(directory.path("store"));
  options.write_buffer_bytes = 256 << 10;
  const std::unique_ptr<RocksDbStore> store = OpenStore(options);
  std::atomic<bool> stop = false;
  std::atomic<uint64_t> written = 0;
  std::thread writer([&] {
    while (!stop) {
      EXPECT_EQ(CommitOne(*store, WritingBytes(written, 4096), Durability::kUnsynced).kind, Outcome::Kind::kCommitted);
      ++written;
      // A new log some eight times a second; seldomer where reading takes much longer than usual.
      std::this_thread::sleep_for(std::chrono::milliseconds(support::kUnderSanitizer ? 20 : 2));
    }
  });
  uint64_t last = 0;
  for (int count = 0; count < 200; ++count) {
    const uint64_t before = written;
    const absl::StatusOr<std::unique_ptr<RocksDbReader>> reader = RocksDbReader::Open(options.directory);
    EXPECT_TRUE(reader.ok()) << reader.status();
    if (!reader.ok()) break;
    const uint64_t seen = CountChain(**reader);
    EXPECT_GE(seen, before);
    EXPECT_GE(seen, last);
    last = seen;
  }
  stop = true;
  writer.join();
  EXPECT_TRUE(store->Stop().ok());
  EXPECT_GT(last, 100u) << "no log was ever replaced";
}

// As it is from the sync of a full log until its keys are in a table: a kill or a copy may fall there.
TEST(RocksDbReader, ReadsAStoreWhoseManifestNamesASyncedLog) {
  constexpr size_t kBuffer = 64 << 10;
  const TemporaryDirectory directory;
  rocksdb::Options options = EngineOptions({.write_buffer_bytes = kBuffer}, nullptr, LogEnd::kWhole);
  options.create_if_missing = true;
  options.max_write_buffer_number = 8;
  options.min_write_buffer_number_to_merge = 7;  // full ones wait
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, directory.path("engine"), &opened).ok());
  const std::unique_ptr<rocksdb::DB> engine(opened);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  for (char key = 'a'; key < 'e'; ++key) {
    ASSERT_TRUE(engine->Put(synced, std::string(1, key), std::string(kBuffer, 'v')).ok());
  }
  const absl::StatusOr<std::unique_ptr<RocksDbReader>> reader = RocksDbReader::OpenEngine(directory.path("engine"));
  ASSERT_TRUE(reader.ok()) << reader.status();
  for (char key = 'a'; key < 'e'; ++key) EXPECT_TRUE((*reader)->Get(std::string(1, key))->has_value()) << key;
}

TEST(RocksDbReader, WhereNoStoreIsNoneIsMade) {
  const TemporaryDirectory directory;
  EXPECT_TRUE(absl::IsNotFound(RocksDbReader::Open(directory.path("none")).status()));
  EXPECT_FALSE(std::filesystem::exists(directory.path("none")));
}

}  // namespace
}  // namespace envej::store
