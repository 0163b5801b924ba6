#include "tests/support/memory_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "tests/broker/store/commit_helpers.h"
#include "tests/broker/store/store_contract.h"

namespace envej::store {
namespace {

using testing::Optional;

class MemoryEngine : public Engine {
 public:
  OrderedStore& store() override { return store_; }
  void Reopen() override { store_.Crash(); }

 private:
  MemoryStore store_;
};

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract,
                         testing::Values(EngineUnderTest{"memory", [] { return std::make_unique<MemoryEngine>(); }}));

Transition WritingOne(std::string key, std::string value) {
  return Transition{.conditions = {}, .mutations = {Put(std::move(key), std::move(value))}, .events = {"event"}};
}

TEST(MemoryStore, CrashForgetsWhatWasNotSynced) {
  MemoryStore store;
  CommitOne(store, WritingOne("x1", "synced"), Durability::kSynced, At(1));
  CommitOne(store, WritingOne("x1", "unsynced"), Durability::kUnsynced, At(2));
  CommitOne(store, WritingOne("x2", "unsynced"), Durability::kUnsynced, At(3));
  EXPECT_THAT(ValueOf(store, "x1"), Optional(std::string("unsynced")));
  store.Crash();
  EXPECT_THAT(ValueOf(store, "x1"), Optional(std::string("synced")));
  EXPECT_EQ(ValueOf(store, "x2"), std::nullopt);
  EXPECT_EQ(store.LastPersistedTime(), At(1));
  EXPECT_EQ(CommitOne(store, WritingOne("x3", "")).position->batch, 2u);
}

TEST(MemoryStore, SyncCarriesEarlierUnsyncedBatches) {
  MemoryStore store;
  CommitOne(store, WritingOne("x1", "unsynced"), Durability::kUnsynced);
  CommitOne(store, WritingOne("x2", "synced"), Durability::kSynced);
  store.Crash();
  EXPECT_THAT(ValueOf(store, "x1"), Optional(std::string("unsynced")));
}

TEST(MemoryStore, CrashMayKeepTheFirstUnsyncedBatches) {
  MemoryStore store;
  for (const char* key : {"x1", "x2", "x3"}) CommitOne(store, WritingOne(key, "unsynced"), Durability::kUnsynced);
  store.Crash(2);
  EXPECT_NE(ValueOf(store, "x2"), std::nullopt);
  EXPECT_EQ(ValueOf(store, "x3"), std::nullopt);
  store.Crash();
  EXPECT_NE(ValueOf(store, "x2"), std::nullopt) << "what was found at the opening is durable";
}

TEST(MemoryStore, StepCarriesOutOneBatchAndCrashDropsTheRest) {
  MemoryStore store(MemoryStoreMode::kStepped);
  int answers = 0;
  for (const char* key : {"x1", "x2", "x3"}) {
    store.Commit({WritingOne(key, "")}, Durability::kSynced, At(0), [&](std::vector<Outcome>) { ++answers; });
  }
  EXPECT_EQ(ValueOf(store, "x1"), std::nullopt);
  EXPECT_TRUE(store.Step(2));
  EXPECT_EQ(answers, 2);
  EXPECT_NE(ValueOf(store, "x2"), std::nullopt);
  store.Crash();
  EXPECT_FALSE(store.Step());
  EXPECT_EQ(answers, 2);
  EXPECT_EQ(ValueOf(store, "x3"), std::nullopt);
}

TEST(MemoryStore, FailedBatchIsIndeterminateAndNothingIsAnsweredAfterIt) {
  for (const bool applied : {false, true}) {
    MemoryStore store;
    CommitOne(store, WritingOne("x1", ""), Durability::kUnsynced);
    store.FailNextBatch(applied);
    EXPECT_EQ(CommitOne(store, WritingOne("x2", "")).kind, Outcome::Kind::kIndeterminate);
    EXPECT_EQ(CommitOne(store, WritingOne("x3", "")).kind, Outcome::Kind::kIndeterminate);
    EXPECT_FALSE(store.Get("x1").ok());
    EXPECT_FALSE(store.Scan({.from = "x", .to = "y"}).ok());
    store.Crash();
    EXPECT_EQ(ValueOf(store, "x1").has_value(), applied);
    EXPECT_EQ(ValueOf(store, "x2").has_value(), applied);
    EXPECT_EQ(ValueOf(store, "x3"), std::nullopt);
    EXPECT_EQ(CommitOne(store, WritingOne("x4", "")).kind, Outcome::Kind::kCommitted);
  }
}

}  // namespace
}  // namespace envej::store
