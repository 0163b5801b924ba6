#include "tests/broker/store/store_contract.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "broker/store/batch_record.h"
#include "broker/store/journal_reader.h"
#include "broker/store/key_layout.h"
#include "tests/broker/store/commit_helpers.h"

namespace envej::store {

namespace {

using testing::ElementsAre;
using testing::Optional;

std::vector<Outcome::Kind> KindsOf(const std::vector<Outcome>& outcomes) {
  std::vector<Outcome::Kind> kinds;
  for (const Outcome& outcome : outcomes) kinds.push_back(outcome.kind);
  return kinds;
}

std::vector<std::string> KeysOf(const absl::StatusOr<ScanResult>& result) {
  std::vector<std::string> keys;
  if (!result.ok()) {
    ADD_FAILURE() << result.status();
    return keys;
  }
  for (const KeyValue& entry : result->entries) keys.push_back(entry.key);
  return keys;
}

void PutAll(OrderedStore& store, const std::vector<std::string>& keys) {
  std::vector<Mutation> mutations;
  for (const std::string& key : keys) mutations.push_back(Put(key, absl::StrCat("value of ", key)));
  EXPECT_EQ(CommitOne(store, Writing(std::move(mutations))).kind, kCommitted);
}

TEST_P(StoreContract, PutIsReadAndDeleteIsAbsent) {
  EXPECT_EQ(ValueOf(store(), "x1"), std::nullopt);
  EXPECT_EQ(CommitOne(store(), Writing({Put("x1", "one"), Put("x2", "")})).kind, kCommitted);
  EXPECT_THAT(ValueOf(store(), "x1"), Optional(std::string("one")));
  EXPECT_THAT(ValueOf(store(), "x2"), Optional(std::string()));
  EXPECT_EQ(CommitOne(store(), Writing({Delete("x1"), Delete("x3")})).kind, kCommitted);
  EXPECT_EQ(ValueOf(store(), "x1"), std::nullopt);
}

TEST_P(StoreContract, KeysAndValuesMayHoldAnyByte) {
  const std::string key("x\0\xff\n", 4);
  const std::string value("\0\xfe", 2);
  EXPECT_EQ(CommitOne(store(), Writing({Put(key, value)})).kind, kCommitted);
  EXPECT_THAT(ValueOf(store(), key), Optional(value));
}

TEST_P(StoreContract, LastOfSeveralChangesToOneKeyCounts) {
  EXPECT_EQ(
      CommitOne(store(), Writing({Put("x1", "a"), Delete("x1"), Put("x1", "b"), Put("x2", "c"), Delete("x2")})).kind,
      kCommitted);
  EXPECT_THAT(ValueOf(store(), "x1"), Optional(std::string("b")));
  EXPECT_EQ(ValueOf(store(), "x2"), std::nullopt);
}

TEST_P(StoreContract, ScanGivesKeysInOrderWithinItsBounds) {
  PutAll(store(), {"x3", "x1", "x2", std::string("x2\0", 3), "x\xff", "w", "y"});
  const absl::StatusOr<ScanResult> result = store().Scan({.from = "x1", .to = "x3"});
  EXPECT_THAT(KeysOf(result), ElementsAre("x1", "x2", std::string("x2\0", 3)));
  EXPECT_FALSE(result->more);
  EXPECT_EQ(result->entries[1].value, "value of x2");
  EXPECT_THAT(KeysOf(store().Scan({.from = "x3", .to = "y"})), ElementsAre("x3", "x\xff"));
  EXPECT_THAT(KeysOf(store().Scan({.from = "x3", .to = "x3"})), ElementsAre());
  EXPECT_THAT(KeysOf(store().Scan({.from = "x3", .to = "x1"})), ElementsAre());
}

TEST_P(StoreContract, ScanStopsAtItsEntriesAndSaysThatThereIsMore) {
  PutAll(store(), {"x1", "x2", "x3"});
  absl::StatusOr<ScanResult> result = store().Scan({.from = "x", .to = "y", .entries = 2});
  EXPECT_THAT(KeysOf(result), ElementsAre("x1", "x2"));
  EXPECT_TRUE(result->more);
  result = store().Scan({.from = "x", .to = "y", .entries = 3});
  EXPECT_THAT(KeysOf(result), ElementsAre("x1", "x2", "x3"));
  EXPECT_FALSE(result->more);
  result = store().Scan({.from = "x", .to = "x3", .entries = 2});
  EXPECT_FALSE(result->more) << "what lies outside the range is not more of it";
}

TEST_P(StoreContract, ScanStopsAtItsBytesButGivesTheFirstEntry) {
  EXPECT_EQ(CommitOne(store(), Writing({Put("x1", std::string(98, 'a')), Put("x2", std::string(98, 'b')),
                                        Put("x3", std::string(98, 'c'))}))
                .kind,
            kCommitted);
  absl::StatusOr<ScanResult> result = store().Scan({.from = "x", .to = "y", .entries = 10, .bytes = 1});
  EXPECT_THAT(KeysOf(result), ElementsAre("x1"));
  EXPECT_TRUE(result->more);
  result = store().Scan({.from = "x", .to = "y", .entries = 10, .bytes = 200});
  EXPECT_THAT(KeysOf(result), ElementsAre("x1", "x2"));
  EXPECT_TRUE(result->more);
  result = store().Scan({.from = "x", .to = "y", .entries = 10, .bytes = 300});
  EXPECT_THAT(KeysOf(result), ElementsAre("x1", "x2", "x3"));
  EXPECT_FALSE(result->more);
}

TEST_P(StoreContract, ConditionsSeeAbsenceAndEquality) {
  PutAll(store(), {"x1"});
  const auto try_with = [&](Condition condition) {
    return CommitOne(store(),
                     Transition{.conditions = {std::move(condition)}, .mutations = {Put("x9", "")}, .events = {}})
        .kind;
  };
  EXPECT_EQ(try_with(Absent("x2")), kCommitted);
  EXPECT_EQ(try_with(Absent("x1")), kConditionFailed);
  EXPECT_EQ(try_with(Equals("x1", "value of x1")), kCommitted);
  EXPECT_EQ(try_with(Equals("x1", "value of x")), kConditionFailed);
  EXPECT_EQ(try_with(Equals("x2", "")), kConditionFailed) << "an absent key has no value, not an empty one";
}

TEST_P(StoreContract, FailedConditionLeavesNothing) {
  PutAll(store(), {"x1"});
  const Outcome first = CommitOne(store(), Writing({Put("x0", "")}, {"event a"}));
  const Outcome failed =
      CommitOne(store(), Transition{.conditions = {Absent("x5"), Absent("x1")},
                                    .mutations = {Put("x2", "new"), Delete("x1"), PutWithPosition("x3")},
                                    .events = {"event b"}});
  EXPECT_EQ(failed.kind, kConditionFailed);
  EXPECT_FALSE(failed.position.has_value());
  EXPECT_FALSE(failed.inclusion.has_value());
  EXPECT_THAT(KeysOf(store().Scan({.from = "x", .to = "y"})), ElementsAre("x0", "x1"));
  ASSERT_TRUE(first.position.has_value());
  EXPECT_EQ(*ReadBatchRecord(store(), first.position->batch + 1), std::nullopt);
}

TEST_P(StoreContract, TransitionFailsAloneAndLaterOnesSeeEarlierOnes) {
  std::vector<Transition> transitions;
  transitions.push_back({.conditions = {Absent("x1")}, .mutations = {Put("x1", "first")}, .events = {"a"}});
  transitions.push_back({.conditions = {Absent("x1")}, .mutations = {Put("x1", "second")}, .events = {"b"}});
  transitions.push_back({.conditions = {Equals("x1", "first")}, .mutations = {Put("x1", "third")}, .events = {"c"}});
  transitions.push_back({.conditions = {Equals("x1", "first")}, .mutations = {Delete("x1")}, .events = {"d"}});
  transitions.push_back({.conditions = {Equals("x1", "third")}, .mutations = {Delete("x1")}, .events = {"e"}});
  transitions.push_back({.conditions = {Absent("x1")}, .mutations = {Put("x2", "last")}, .events = {"f"}});
  const std::vector<Outcome> outcomes = CommitAndWait(store(), std::move(transitions));
  EXPECT_THAT(KindsOf(outcomes),
              ElementsAre(kCommitted, kConditionFailed, kCommitted, kConditionFailed, kCommitted, kCommitted));
  EXPECT_THAT(KeysOf(store().Scan({.from = "x", .to = "y"})), ElementsAre("x2"));
  ASSERT_TRUE(outcomes[0].position.has_value());
  const auto record = ReadBatchRecord(store(), outcomes[0].position->batch);
  ASSERT_TRUE(record.ok() && record->has_value()) << record.status();
  EXPECT_THAT((*record)->events, ElementsAre("a", "c", "e", "f"));
}

TEST_P(StoreContract, MalformedTransitionsAreRefusedAlone) {
  std::vector<Transition> transitions;
  transitions.push_back(Writing({Put("x1", ""), PutWithPosition("x2")}));
  transitions.push_back(Writing({Put("x3", ""), Put(JournalKey(1), "forged")}));
  transitions.push_back(Writing({Put("x4", ""), Delete(HeadKey())}));
  transitions.push_back(Writing({Put("x5", ""), Put(EpochKey(), "")}));
  transitions.push_back(Writing({Put("x6", "")}));
  EXPECT_THAT(KindsOf(CommitAndWait(store(), std::move(transitions))),
              ElementsAre(kRefused, kRefused, kRefused, kRefused, kCommitted));
  EXPECT_THAT(KeysOf(store().Scan({.from = "x", .to = "y"})), ElementsAre("x6"));
}

TEST_P(StoreContract, TooManyTransitionsAreRefusedTogether) {
  const std::vector<Outcome> outcomes =
      CommitAndWait(store(), std::vector<Transition>(kCommitTransitions + 1, Writing({Put("x1", "")})));
  ASSERT_EQ(outcomes.size(), kCommitTransitions + 1);
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.kind, kRefused);
  EXPECT_EQ(ValueOf(store(), "x1"), std::nullopt);
  EXPECT_EQ(CommitAndWait(store(), std::vector<Transition>(kCommitTransitions, Writing({Put("x1", "")}))).size(),
            kCommitTransitions);
}

TEST_P(StoreContract, EmptyCommitIsAnswered) { EXPECT_TRUE(CommitAndWait(store(), {}).empty()); }

TEST_P(StoreContract, LastPersistedTimeNeverGoesBack) {
  CommitOne(store(), Writing({Put("x1", "")}), Durability::kSynced, At(100));
  EXPECT_EQ(store().LastPersistedTime(), At(100));
  const Outcome outcome = CommitOne(store(), Writing({}, {"event"}), Durability::kSynced, At(50));
  EXPECT_EQ(store().LastPersistedTime(), At(100));
  EXPECT_EQ((*ReadBatchRecord(store(), outcome.position->batch))->time, At(100));
  CommitOne(store(), {.conditions = {Absent("x1")}, .mutations = {}, .events = {}}, Durability::kSynced, At(900));
  EXPECT_EQ(store().LastPersistedTime(), At(100)) << "what failed carries no time";
  CommitOne(store(), Writing({Put("x1", "")}), Durability::kSynced, At(101) + absl::Nanoseconds(1500));
  EXPECT_EQ(store().LastPersistedTime(), At(101) + absl::Microseconds(1));
  Reopen();
  EXPECT_EQ(store().LastPersistedTime(), At(101) + absl::Microseconds(1));
}

TEST_P(StoreContract, SyncedDataSurvivesOpeningAgain) {
  const Outcome outcome = CommitOne(store(), Writing({Put("x1", "kept"), PutWithPosition("x2")}, {"event"}));
  Reopen();
  EXPECT_THAT(ValueOf(store(), "x1"), Optional(std::string("kept")));
  ASSERT_TRUE(outcome.position.has_value());
  EXPECT_THAT(ValueOf(store(), "x2"), Optional(EncodePosition(*outcome.position)));
}

TEST_P(StoreContract, EpochIsOneAndGrowsWithEachOpening) {
  EXPECT_EQ(store().StartEpoch(), 1u);
  Reopen();
  EXPECT_EQ(store().StartEpoch(), 2u);
  Reopen();
  EXPECT_EQ(store().StartEpoch(), 3u);
}

TEST_P(StoreContract, WatchHearsOfItsPutsInOrderBeforeTheAnswer) {
  std::vector<std::string> heard;
  size_t readable = 0;
  const std::function<void()> end = store().Watch("x", [&](absl::string_view key) {
    heard.emplace_back(key);
    const auto value = store().Get(key);
    if (value.ok() && value->has_value()) ++readable;
  });
  PutAll(store(), {"x2", "x1", "w", "y", "x"});
  EXPECT_THAT(heard, ElementsAre("x2", "x1", "x"));
  EXPECT_EQ(readable, 3u);
  CommitOne(store(), Writing({Delete("x1"), Put("x3", ""), Delete("x3")}));
  CommitOne(store(), {.conditions = {Absent("x2")}, .mutations = {Put("x4", "")}, .events = {}});
  EXPECT_EQ(heard.size(), 3u) << "deletions and failures give no hint";
  CommitOne(store(), Writing({Put("x2", "")}), Durability::kUnsynced);
  EXPECT_THAT(heard, ElementsAre("x2", "x1", "x", "x2"));
  end();
  PutAll(store(), {"x2"});
  EXPECT_EQ(heard.size(), 4u);
}

TEST_P(StoreContract, EndOfWatchMayOutliveTheStore) {
  const std::function<void()> end = store().Watch("x", [](absl::string_view) {});
  Reopen();
  end();
}

TEST_P(StoreContract, CallbackMayReadAndCommit) {
  auto second = std::make_shared<std::promise<std::optional<std::string>>>();
  store().Commit({Writing({Put("x1", "a")})}, Durability::kSynced, At(0), [this, second](std::vector<Outcome>) {
    const std::optional<std::string> read = ValueOf(store(), "x1");
    store().Commit({Writing({Put("x2", read.value_or("nothing"))})}, Durability::kUnsynced, At(0),
                   [this, second](std::vector<Outcome>) { second->set_value(ValueOf(store(), "x2")); });
  });
  std::future<std::optional<std::string>> future = second->get_future();
  ASSERT_EQ(future.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_THAT(future.get(), Optional(std::string("a")));
}

TEST_P(StoreContract, AnswersComeInTheOrderOfTheCommits) {
  auto order = std::make_shared<std::vector<int>>();
  auto all = std::make_shared<std::promise<void>>();
  for (int index = 0; index < 200; ++index) {
    store().Commit({Writing({Put("x1", absl::StrCat(index))}, {"event"})},
                   index % 3 == 0 ? Durability::kSynced : Durability::kUnsynced, At(index),
                   [order, all, index](std::vector<Outcome>) {
                     order->push_back(index);
                     if (order->size() == 200) all->set_value();
                   });
  }
  ASSERT_EQ(all->get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_TRUE(std::is_sorted(order->begin(), order->end()));
  EXPECT_THAT(ValueOf(store(), "x1"), Optional(std::string("199")));
}

}  // namespace
}  // namespace envej::store
