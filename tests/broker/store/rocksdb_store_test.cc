#include "broker/store/rocksdb_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/broker/store/commit_helpers.h"
#include "tests/broker/store/faulty_file_system.h"
#include "tests/broker/store/store_contract.h"
#include "tests/broker/store/store_directory.h"
#include "tests/support/manual_clock.h"

namespace envej::store {
namespace {

using testing::HasSubstr;
using testing::Optional;

class RocksDbEngine : public Engine {
 public:
  OrderedStore& store() override { return *store_; }
  void Reopen() override {
    store_.reset();
    store_ = OpenStore(directory_.path("store"));
  }

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<RocksDbStore> store_ = OpenStore(directory_.path("store"));
};

INSTANTIATE_TEST_SUITE_P(RocksDb, StoreContract,
                         testing::Values(EngineUnderTest{"rocksdb", [] { return std::make_unique<RocksDbEngine>(); }}));

Transition WritingOne(std::string key, std::string value) {
  return Transition{.conditions = {}, .mutations = {Put(std::move(key), std::move(value))}, .events = {"event"}};
}

TEST(RocksDbStore, OptionsOutOfRangeAreRefused) {
  TemporaryDirectory directory;
  const auto code_with = [&](auto change) {
    RocksDbStoreOptions options = OptionsFor(directory.path("store"));
    change(options);
    return RocksDbStore::Open(options).status().code();
  };
  const auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(code_with([](auto& options) { options.directory.clear(); }), kInvalid);
  EXPECT_EQ(code_with([](auto& options) { options.broker.clear(); }), kInvalid);
  EXPECT_EQ(code_with([](auto& options) { options.broker = std::string(65, 'b'); }), kInvalid);
  EXPECT_EQ(code_with([](auto& options) { options.batch_transitions = 0; }), kInvalid);
  EXPECT_EQ(code_with([](auto& options) { options.directory += "/no/such/parent"; }), absl::StatusCode::kNotFound);
}

TEST(RocksDbStore, DirectoryIsForItsOwnerAlone) {
  TemporaryDirectory directory;
  ASSERT_NE(OpenStore(directory.path("store")), nullptr);
  struct stat found {};
  ASSERT_EQ(stat(directory.path("store").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0700u);
}

TEST(RocksDbStore, DirectoryThatIsAPlainFileIsSaidSo) {
  TemporaryDirectory directory;
  const auto message = [&] {
    const absl::Status status = RocksDbStore::Open(OptionsFor(directory.path("store"))).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    return std::string(status.message());
  };
  WriteFile(directory.path("store"), "text");
  EXPECT_EQ(message(), directory.path("store") +
                           " is not a folder; mend that, then start again: nothing that was answered is lost");
  std::filesystem::remove(directory.path("store"));
  std::filesystem::create_directory(directory.path("store"));
  WriteFile(directory.path("store/rocksdb"), "text");
  EXPECT_EQ(message(), directory.path("store/rocksdb") + " is not a folder");
}

TEST(RocksDbStore, SecondOpeningIsRefusedWhileTheFirstLasts) {
  TemporaryDirectory directory;
  std::unique_ptr<RocksDbStore> first = OpenStore(directory.path("store"));
  const absl::Status second = RocksDbStore::Open(OptionsFor(directory.path("store"))).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.message()), HasSubstr("in use"));
  EXPECT_EQ(CommitOne(*first, WritingOne("x1", "")).kind, kCommitted);
  first.reset();
  EXPECT_NE(OpenStore(directory.path("store")), nullptr);
}

TEST(RocksDbStore, CompareAndSetFromManyThreadsLosesNoCount) {
  TemporaryDirectory directory;
  std::unique_ptr<RocksDbStore> store = OpenStore(directory.path("store"));
  ASSERT_NE(store, nullptr);
  constexpr int kThreads = 8;
  constexpr int kCounts = 100;
  std::atomic<int> conflicts{0};
  const auto count_up = [&] {
    for (int counted = 0; counted < kCounts;) {
      const std::optional<std::string> before = ValueOf(*store, "x");
      int number = 0;
      ASSERT_TRUE(!before || absl::SimpleAtoi(*before, &number));
      const Outcome outcome = CommitOne(*store, Transition{.conditions = {Condition{.key = "x", .value = before}},
                                                           .mutations = {Put("x", absl::StrCat(number + 1))},
                                                           .events = {absl::StrCat(number + 1)}});
      if (outcome.kind == kCommitted) ++counted;
      if (outcome.kind == Outcome::Kind::kConditionFailed) ++conflicts;
      ASSERT_TRUE(outcome.kind == kCommitted || outcome.kind == Outcome::Kind::kConditionFailed);
    }
  };
  std::vector<std::thread> threads;
  for (int index = 0; index < kThreads; ++index) threads.emplace_back(count_up);
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(ValueOf(*store, "x"), Optional(absl::StrCat(kThreads * kCounts)));
  EXPECT_GT(conflicts, 0) << "the threads never met, so nothing was tested";
}

TEST(RocksDbStore, StopAnswersWhatWaitsAndRefusesWhatComesAfter) {
  TemporaryDirectory directory;
  std::unique_ptr<RocksDbStore> store = OpenStore(directory.path("store"));
  ASSERT_NE(store, nullptr);
  std::atomic<int> committed{0};
  for (int index = 0; index < 500; ++index) {
    store->Commit({WritingOne(absl::StrCat("x", index), "")}, Durability::kUnsynced, At(0),
                  [&](std::vector<Outcome> outcomes) { committed += outcomes[0].kind == kCommitted ? 1 : 0; });
  }
  EXPECT_TRUE(store->Stop().ok());
  EXPECT_EQ(committed, 500);
  EXPECT_EQ(CommitOne(*store, WritingOne("y", "")).kind, kRefused);
  EXPECT_NE(ValueOf(*store, "x499"), std::nullopt);
  EXPECT_TRUE(store->Stop().ok());
  store.reset();
  const std::string mark = directory.path("store") + "/high-water-mark";
  EXPECT_TRUE((*HighWaterMarkFile::Read(mark))->is_end);
  store = OpenStore(directory.path("store"));
  EXPECT_FALSE((*HighWaterMarkFile::Read(mark))->is_end);
  EXPECT_NE(ValueOf(*store, "x499"), std::nullopt);
  EXPECT_EQ(ValueOf(*store, "y"), std::nullopt);
}

TEST(RocksDbStore, FullQueueRefuses) {
  TemporaryDirectory directory;
  RocksDbStoreOptions options = OptionsFor(directory.path("store"));
  options.queue_transitions = 3;
  std::unique_ptr<RocksDbStore> store = OpenStore(options);
  ASSERT_NE(store, nullptr);
  std::promise<void> started;
  std::promise<void> release;
  store->Commit({WritingOne("x0", "")}, Durability::kUnsynced, At(0), [&](std::vector<Outcome>) {
    started.set_value();
    release.get_future().wait();
  });
  started.get_future().wait();
  std::vector<Outcome::Kind> kinds(4, kIndeterminate);
  std::atomic<int> answered{0};
  for (size_t index = 0; index < 4; ++index) {
    store->Commit({WritingOne(absl::StrCat("x", index + 1), "")}, Durability::kUnsynced, At(0),
                  [&, index](std::vector<Outcome> outcomes) {
                    kinds[index] = outcomes[0].kind;
                    ++answered;
                  });
  }
  EXPECT_EQ(answered, 1) << "only what was refused is answered before the committer goes on";
  release.set_value();
  EXPECT_TRUE(store->Stop().ok());
  EXPECT_THAT(kinds, testing::ElementsAre(kCommitted, kCommitted, kCommitted, kRefused));
  EXPECT_EQ(ValueOf(*store, "x4"), std::nullopt);
}

TEST(RocksDbStore, TheAgeOfTheOldestCommitIsToldWithoutWaitingForIt) {
  TemporaryDirectory directory;
  ManualClock clock(At(0));
  RocksDbStoreOptions options = OptionsFor(directory.path("store"));
  options.clock = &clock;
  std::unique_ptr<RocksDbStore> store = OpenStore(options);
  ASSERT_NE(store, nullptr);
  clock.Advance(absl::Seconds(100));
  EXPECT_EQ(store->OldestCommitAge(), absl::ZeroDuration());
  std::promise<void> started;
  std::promise<void> release;
  store->Commit({WritingOne("x0", "")}, Durability::kSynced, At(0), [&](std::vector<Outcome>) {
    started.set_value();
    release.get_future().wait();
  });
  started.get_future().wait();
  clock.Advance(absl::Seconds(7));
  EXPECT_EQ(store->OldestCommitAge(), absl::Seconds(7));
  store->Commit({WritingOne("x1", "")}, Durability::kSynced, At(0), [](std::vector<Outcome>) {});
  clock.Advance(absl::Seconds(3));
  EXPECT_EQ(store->OldestCommitAge(), absl::Seconds(10));
  release.set_value();
  EXPECT_TRUE(store->Stop().ok());
  EXPECT_EQ(store->OldestCommitAge(), absl::ZeroDuration());
}

// Loss of power: of every log only what was synced is left.
void CopySynced(FaultyFileSystem& system, const std::string& from, const std::string& to) {
  const std::map<std::string, uint64_t> synced = system.synced();
  CopyTree(from, to);
  for (const auto& [path, bytes] : synced) {
    const std::filesystem::path copy = to + path.substr(from.size());
    if (std::filesystem::exists(copy)) std::filesystem::resize_file(copy, bytes);
  }
}

TEST(RocksDbStore, SyncedAnswerIsOnTheDiskAndUnsyncedNeedNotBe) {
  TemporaryDirectory directory;
  auto system = std::make_shared<FaultyFileSystem>();
  const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(system);
  RocksDbStoreOptions options = OptionsFor(directory.path("store"));
  options.env = env.get();
  std::unique_ptr<RocksDbStore> store = OpenStore(options);
  ASSERT_NE(store, nullptr);
  CommitOne(*store, WritingOne("x1", ""), Durability::kUnsynced);
  CommitOne(*store, WritingOne("x2", ""), Durability::kSynced);
  const int syncs = system->syncs();
  CommitOne(*store, WritingOne("x3", ""), Durability::kUnsynced);
  EXPECT_EQ(system->syncs(), syncs);
  EXPECT_NE(ValueOf(*store, "x3"), std::nullopt);
  CopySynced(*system, directory.path("store"), directory.path("after"));
  const std::unique_ptr<RocksDbStore> after = OpenStore(directory.path("after"));
  ASSERT_NE(after, nullptr);
  EXPECT_NE(ValueOf(*after, "x1"), std::nullopt);
  EXPECT_NE(ValueOf(*after, "x2"), std::nullopt);
  EXPECT_EQ(ValueOf(*after, "x3"), std::nullopt);
  EXPECT_EQ(after->StartEpoch(), 2u) << "the epoch was synced before anything was answered";
}

TEST(RocksDbStore, AnotherBatchSharesOneSync) {
  TemporaryDirectory directory;
  auto system = std::make_shared<FaultyFileSystem>();
  const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(system);
  RocksDbStoreOptions options = OptionsFor(directory.path("store"));
  options.env = env.get();
  std::unique_ptr<RocksDbStore> store = OpenStore(options);
  ASSERT_NE(store, nullptr);
  std::promise<void> started;
  std::promise<void> release;
  store->Commit({WritingOne("x0", "")}, Durability::kUnsynced, At(0), [&](std::vector<Outcome>) {
    started.set_value();
    release.get_future().wait();
  });
  started.get_future().wait();
  const int syncs = system->syncs();
  std::vector<std::promise<void>> answers(64);
  for (std::promise<void>& answer : answers) {
    store->Commit({WritingOne("x1", "")}, Durability::kSynced, At(0),
                  [&answer](std::vector<Outcome>) { answer.set_value(); });
  }
  release.set_value();
  for (std::promise<void>& answer : answers) answer.get_future().wait();
  EXPECT_EQ(system->syncs(), syncs + 1);
}

TEST(RocksDbStore, NothingIsAnsweredOkAfterAFailedWriteOrSync) {
  for (const FaultyFileSystem::Fault fault : {FaultyFileSystem::Fault::kSync, FaultyFileSystem::Fault::kAppend}) {
    TemporaryDirectory directory;
    auto system = std::make_shared<FaultyFileSystem>();
    const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(system);
    std::vector<absl::Status> stops;
    RocksDbStoreOptions options = OptionsFor(directory.path("store"));
    options.env = env.get();
    options.fail_stop = [&](absl::Status status) { stops.push_back(std::move(status)); };
    std::unique_ptr<RocksDbStore> store = OpenStore(options);
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(CommitOne(*store, WritingOne("x1", "")).kind, kCommitted);
    system->Break(fault);
    EXPECT_EQ(CommitOne(*store, WritingOne("x2", "")).kind, kIndeterminate);
    system->Break(FaultyFileSystem::Fault::kNone);
    const std::string log = ReadFile(LogOf(directory.path("store")));
    EXPECT_EQ(CommitOne(*store, WritingOne("x3", "")).kind, kIndeterminate);
    EXPECT_EQ(CommitOne(*store, WritingOne("x4", ""), Durability::kUnsynced).kind, kIndeterminate);
    EXPECT_FALSE(store->Get("x1").ok());
    EXPECT_FALSE(store->Scan({.from = "x", .to = "y"}).ok());
    EXPECT_FALSE(store->Stop().ok());
    store.reset();
    ASSERT_EQ(stops.size(), 1u);
    EXPECT_THAT(std::string(stops[0].message()), HasSubstr("failed by the test"));
    EXPECT_EQ(ReadFile(LogOf(directory.path("store"))), log) << "nothing is written after the failure";
    store = OpenStore(directory.path("store"));
    ASSERT_NE(store, nullptr);
    EXPECT_NE(ValueOf(*store, "x1"), std::nullopt);
    EXPECT_EQ(ValueOf(*store, "x3"), std::nullopt);
  }
}

TEST(RocksDbStore, WhatWaitsBehindAFailedBatchIsIndeterminate) {
  TemporaryDirectory directory;
  auto system = std::make_shared<FaultyFileSystem>();
  const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(system);
  RocksDbStoreOptions options = OptionsFor(directory.path("store"));
  options.env = env.get();
  options.batch_transitions = 1;
  std::unique_ptr<RocksDbStore> store = OpenStore(options);
  ASSERT_NE(store, nullptr);
  std::promise<void> started;
  std::promise<void> release;
  store->Commit({WritingOne("x0", "")}, Durability::kUnsynced, At(0), [&](std::vector<Outcome>) {
    started.set_value();
    release.get_future().wait();
  });
  started.get_future().wait();
  system->Break(FaultyFileSystem::Fault::kSync);
  std::vector<Outcome::Kind> kinds;
  for (int index = 0; index < 5; ++index) {
    store->Commit({WritingOne("x1", "")}, Durability::kSynced, At(0),
                  [&](std::vector<Outcome> outcomes) { kinds.push_back(outcomes[0].kind); });
  }
  release.set_value();
  EXPECT_FALSE(store->Stop().ok());
  EXPECT_EQ(kinds, std::vector<Outcome::Kind>(5, kIndeterminate));
}

TEST(RocksDbStore, EachBatchThatWasSyncedIsToldWithWhatItHeld) {
  TemporaryDirectory directory;
  const SystemClock clock;
  std::vector<SyncedBatch> synced;
  RocksDbStoreOptions options = OptionsFor(directory.path("store"));
  options.clock = &clock;
  options.synced = [&](const SyncedBatch& batch) { synced.push_back(batch); };
  const std::unique_ptr<RocksDbStore> store = OpenStore(options);
  ASSERT_NE(store, nullptr);
  CommitAndWait(*store, {WritingOne("n1", "x"), WritingOne("n2", "x")});
  CommitOne(*store, WritingOne("n3", "x"), Durability::kUnsynced);
  Transition failing = WritingOne("n4", "x");
  failing.conditions = {Absent("n1")};
  CommitAndWait(*store, {failing, WritingOne("n5", std::string(1000, 'x'))});
  ASSERT_TRUE(store->Stop().ok());
  ASSERT_EQ(synced.size(), 2u);
  EXPECT_EQ(synced[0].transitions, 2u);
  EXPECT_GT(synced[0].bytes, 0u);
  EXPECT_GT(synced[0].took, absl::ZeroDuration());
  EXPECT_EQ(synced[1].transitions, 1u);
  EXPECT_GT(synced[1].bytes, 1000u);
}

}  // namespace
}  // namespace envej::store
