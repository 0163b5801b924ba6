// A store as the first schema version left it, on the real engine.
#include "broker/inbox/upgrade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "broker/inbox/transitions.h"
#include "broker/journal/commit_and_wait.h"
#include "broker/store/record_codec.h"
#include "broker/store/rocksdb_store.h"
#include "tests/broker/inbox/inboxes_fixture.h"
#include "tests/broker/store/store_directory.h"

namespace envej::inbox {
namespace {

using store::Mutation;
using testing::HasSubstr;

constexpr int kRecords = 2 * static_cast<int>(kUpgradeStep) + 7;

contract::JournalPosition Position() {
  return {.store_incarnation = std::string(16, 'i'), .broker = "broker-1", .batch = 1, .event_index = 0};
}

// Every third is under way; the others are final, as the first version wrote them.
Record RecordOf(int number) {
  Record record;
  record.newest.accepted_at = kStart + absl::Seconds(number);
  record.newest.position = Position();
  record.discharge_day_ends = kStart;
  record.entered_at = record.newest.accepted_at;
  if (number % 3 == 0) {
    record.due_at = kStart + absl::Hours(4);
    return record;
  }
  record.state = number % 3 == 1 ? State::kAcknowledged : State::kWithdrawn;
  record.concluded_at = kStart + absl::Hours(number);
  return record;
}

void Take(store::OrderedStore& store, std::vector<Mutation> mutations) {
  const store::Outcome outcome =
      journal::CommitAndWait(store, {.conditions = {}, .mutations = std::move(mutations), .events = {}});
  ASSERT_EQ(outcome.kind, store::Outcome::Kind::kCommitted);
}

void WriteFirstVersion(store::OrderedStore& store) {
  std::vector<Mutation> mutations = {{.kind = Mutation::Kind::kDelete, .key = store::SchemaKey(), .value = {}}};
  for (int number = 1; number <= kRecords; ++number) {
    const Record record = RecordOf(number);
    mutations.push_back({.key = store::RecordKey(Key(number)), .value = EncodeRecord(record)});
    if (!IsUnderWay(record.state)) continue;
    for (const std::string& key : IndexKeys(Key(number), record)) mutations.push_back({.key = key, .value = {}});
  }
  Take(store, std::move(mutations));
}

void ExpectUpgraded(store::OrderedStore& store) {
  EXPECT_EQ(*store.Get(store::SchemaKey()), store::EncodeSchema(store::kSchemaVersion));
  size_t final_records = 0;
  for (int number = 1; number <= kRecords; ++number) {
    Record expected = RecordOf(number);
    if (!IsUnderWay(expected.state)) {
      expected.due_at = ForgetAt(expected);
      ++final_records;
    }
    const absl::StatusOr<Record> record = DecodeRecord(**store.Get(store::RecordKey(Key(number))));
    ASSERT_TRUE(record.ok()) << record.status();
    EXPECT_EQ(*record, expected) << number;
    for (const std::string& key : IndexKeys(Key(number), expected)) EXPECT_TRUE(store.Get(key)->has_value()) << number;
  }
  const absl::StatusOr<store::ScanResult> forget = store.Scan(
      {.from = store::ForgetPrefix(), .to = store::EndOfPrefix(store::ForgetPrefix()), .entries = 2 * kRecords});
  EXPECT_EQ(forget->entries.size(), final_records);
}

// This program again, as the process whose upgrade is killed: one that had merely forked would lack the threads of the
// engine, which are running by then.
constexpr char kPathVariable[] = "ENVEJ_TEST_UPGRADE_PATH";
constexpr char kKilledAfterVariable[] = "ENVEJ_TEST_UPGRADE_KILLED_AFTER";
constexpr int kKilled = 9;

int UpgradeInAProcessOfItsOwn(const std::string& path, uint64_t killed_after) {
  const std::string path_setting = absl::StrCat(kPathVariable, "=", path);
  const std::string killed_setting = absl::StrCat(kKilledAfterVariable, "=", killed_after);
  const char* const sanitizer = std::getenv("TSAN_OPTIONS");
  const std::string sanitizer_setting = absl::StrCat("TSAN_OPTIONS=", sanitizer == nullptr ? "" : sanitizer);
  const char* const environment[] = {path_setting.c_str(), killed_setting.c_str(), sanitizer_setting.c_str(), nullptr};
  const pid_t child = fork();
  if (child == 0) {
    execle("/proc/self/exe", "upgrade_test", "--gtest_also_run_disabled_tests",
           "--gtest_filter=KilledUpgrade.DISABLED_Runs", nullptr, environment);
    _exit(1);
  }
  int status = 0;
  return waitpid(child, &status, 0) == child ? WEXITSTATUS(status) : -1;
}

// Not a test: what that process runs.
TEST(KilledUpgrade, DISABLED_Runs) {
  const char* const path = std::getenv(kPathVariable);
  const char* const after = std::getenv(kKilledAfterVariable);
  ASSERT_TRUE(path != nullptr && after != nullptr) << "only UpgradeTest.KilledUpgradeGoesOn runs this";
  const uint64_t killed_after = std::strtoull(after, nullptr, 10);
  const auto store = store::RocksDbStore::Open(store::OptionsFor(path));
  ASSERT_TRUE(store.ok()) << store.status();
  UpgradeStore(**store, [&](const UpgradeProgress& progress) {
    if (progress.records >= killed_after) _exit(kKilled);
  }).IgnoreError();
}

class UpgradeTest : public testing::Test {
 protected:
  UpgradeTest() {
    const std::unique_ptr<store::RocksDbStore> store = store::OpenStore(path_);
    WriteFirstVersion(*store);
  }

  store::TemporaryDirectory directory_;
  const std::string path_ = directory_.path("store");
};

TEST_F(UpgradeTest, FinalRecordsGetTheirTimeToBeForgotten) {
  const std::unique_ptr<store::RocksDbStore> store = store::OpenStore(path_);
  std::vector<UpgradeProgress> told;
  ASSERT_TRUE(UpgradeStore(*store, [&](const UpgradeProgress& progress) { told.push_back(progress); }).ok());
  ExpectUpgraded(*store);
  ASSERT_EQ(told.size(), 4u) << "three steps, and the end";
  EXPECT_FALSE(told[2].done);
  EXPECT_TRUE(told[3].done);
  EXPECT_EQ(told[3].from, 1u);
  EXPECT_EQ(told[3].records, static_cast<uint64_t>(kRecords));
  EXPECT_EQ(told[3].changed, static_cast<uint64_t>(kRecords - kRecords / 3));
  EXPECT_TRUE(UpgradeStore(*store, [](const UpgradeProgress&) { ADD_FAILURE() << "there is nothing to do"; }).ok());
}

TEST_F(UpgradeTest, KilledUpgradeGoesOn) {
  for (const uint64_t killed_after : {kUpgradeStep, 2 * kUpgradeStep}) {
    ASSERT_EQ(UpgradeInAProcessOfItsOwn(path_, killed_after), kKilled);
    const std::unique_ptr<store::RocksDbStore> store = store::OpenStore(path_);
    EXPECT_FALSE(store->Get(store::SchemaKey())->has_value()) << "the version is written last";
  }
  const std::unique_ptr<store::RocksDbStore> store = store::OpenStore(path_);
  UpgradeProgress last;
  ASSERT_TRUE(UpgradeStore(*store, [&](const UpgradeProgress& progress) { last = progress; }).ok());
  EXPECT_LT(last.changed, 10u) << "what was done before the kill was kept";
  ExpectUpgraded(*store);
}

TEST_F(UpgradeTest, RecordThatCannotBeReadStopsNoUpgrade) {
  const std::unique_ptr<store::RocksDbStore> store = store::OpenStore(path_);
  Take(*store, {{.key = store::RecordKey(Key(1)), .value = "x"}});
  UpgradeProgress last;
  ASSERT_TRUE(UpgradeStore(*store, [&](const UpgradeProgress& progress) { last = progress; }).ok());
  EXPECT_TRUE(last.done);
  EXPECT_EQ(last.unreadable, 1u);
}

// Records are read in either form, so that a large store is not written anew.
TEST_F(UpgradeTest, StoreWithoutTrailsKeepsItsRecordsAsTheyAre) {
  const std::unique_ptr<store::RocksDbStore> store = store::OpenStore(path_);
  const std::string newest = EncodeRecord(RecordOf(1));
  contract::ByteReader reader(newest);
  std::string payload = store::UnframeOf(reader.Bytes(), 3).value();
  payload.resize(payload.size() - 6);  // no proposal, and a trail of no hops
  contract::ByteWriter value;
  value.Bytes(store::Frame(2, payload));
  value.Raw(store::EncodePosition(Position()));
  Take(*store, {{.key = store::SchemaKey(), .value = store::EncodeSchema(2)},
                {.key = store::RecordKey(Key(1)), .value = value.bytes()}});
  std::vector<UpgradeProgress> told;
  ASSERT_TRUE(UpgradeStore(*store, [&](const UpgradeProgress& progress) { told.push_back(progress); }).ok());
  ASSERT_EQ(told.size(), 1u) << "the version alone";
  EXPECT_EQ(told[0].from, 2u);
  EXPECT_EQ(told[0].to, 3u);
  EXPECT_EQ(told[0].records, 0u);
  EXPECT_EQ(*store->Get(store::SchemaKey()), store::EncodeSchema(3));
  EXPECT_EQ(**store->Get(store::RecordKey(Key(1))), value.bytes());
  EXPECT_EQ(*DecodeRecord(value.bytes()), RecordOf(1));
}

TEST_F(UpgradeTest, NewStoreHasTheNewestVersion) {
  const std::unique_ptr<store::RocksDbStore> store = store::OpenStore(directory_.path("new"));
  EXPECT_EQ(*store->Get(store::SchemaKey()), store::EncodeSchema(store::kSchemaVersion));
}

TEST_F(UpgradeTest, StoreOfANewerProgramIsRefusedAndLeftAsItIs) {
  {
    const std::unique_ptr<store::RocksDbStore> store = store::OpenStore(path_);
    Take(*store, {{.key = store::SchemaKey(), .value = store::EncodeSchema(store::kSchemaVersion + 1)}});
  }
  const auto files = store::AllFiles(path_);
  const auto store = store::RocksDbStore::Open(store::OptionsFor(path_));
  EXPECT_EQ(store.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(store.status().message(), HasSubstr("schema version 4, and this program knows none above 3"));
  EXPECT_THAT(store.status().message(), HasSubstr("restore the backup"));
  EXPECT_EQ(store::AllFiles(path_), files);
}

}  // namespace
}  // namespace envej::inbox
