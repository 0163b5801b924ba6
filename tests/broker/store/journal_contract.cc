// What every engine's journal must do.

#include <gmock/gmock.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "broker/store/batch_record.h"
#include "broker/store/journal_reader.h"
#include "broker/store/key_layout.h"
#include "proto/contract/merkle_tree.h"
#include "tests/broker/store/commit_helpers.h"
#include "tests/broker/store/store_contract.h"

namespace envej::store {
namespace {

using testing::Optional;

TEST_P(StoreContract, PositionsAreUniqueAndIncreaseAndAreStored) {
  std::pair<uint64_t, uint32_t> last = {0, 0};
  for (int round = 0; round < 3; ++round) {
    const std::vector<Outcome> outcomes =
        CommitAndWait(store(), {Writing({PutWithPosition("x1")}, {"a", "b"}), Writing({PutWithPosition("x2")}, {"c"})});
    ASSERT_EQ(outcomes.size(), 2u);
    for (size_t index = 0; index < 2; ++index) {
      ASSERT_TRUE(outcomes[index].position.has_value());
      const contract::JournalPosition& position = *outcomes[index].position;
      const std::pair<uint64_t, uint32_t> here = {position.batch, position.event_index};
      EXPECT_TRUE(round == 0 && index == 0 ? here.first == 1 : here > last);
      last = here;
      const std::optional<std::string> stored = ValueOf(store(), absl::StrCat("x", index + 1));
      ASSERT_TRUE(stored.has_value());
      const absl::StatusOr<contract::JournalPosition> decoded = DecodePosition(*stored);
      ASSERT_TRUE(decoded.ok()) << decoded.status();
      EXPECT_EQ(*decoded, position);
    }
    EXPECT_EQ(outcomes[0].position->event_index, 0u);
    EXPECT_EQ(outcomes[1].position->event_index, 2u);
  }
}

TEST_P(StoreContract, InclusionProofsLeadFromTheFirstEventToTheRecordsRoot) {
  std::vector<Transition> transitions;
  for (int index = 0; index < 7; ++index) {
    transitions.push_back(Writing({}, {absl::StrCat("event ", index), absl::StrCat("further ", index)}));
  }
  const std::vector<Outcome> outcomes = CommitAndWait(store(), std::move(transitions));
  ASSERT_EQ(outcomes.size(), 7u);
  for (int index = 0; index < 7; ++index) {
    const Outcome& outcome = outcomes[static_cast<size_t>(index)];
    ASSERT_TRUE(outcome.position.has_value() && outcome.inclusion.has_value());
    const uint32_t place = outcome.position->event_index;
    EXPECT_TRUE(contract::Includes(*outcome.inclusion, place, absl::StrCat("event ", index)));
    EXPECT_FALSE(contract::Includes(*outcome.inclusion, place, absl::StrCat("further ", index)));
    const auto record = ReadBatchRecord(store(), outcome.position->batch);
    ASSERT_TRUE(record.ok() && record->has_value()) << record.status();
    EXPECT_EQ(outcome.inclusion->root, (*record)->events_root);
    EXPECT_EQ(outcome.position->broker, (*record)->broker);
    EXPECT_EQ(outcome.position->store_incarnation, (*record)->store_incarnation);
  }
}

TEST_P(StoreContract, TransitionWithoutEventsHasNoPlaceInTheJournal) {
  const Outcome outcome = CommitOne(store(), Writing({Put("x1", "")}));
  EXPECT_EQ(outcome.kind, kCommitted);
  EXPECT_FALSE(outcome.position.has_value());
  EXPECT_FALSE(outcome.inclusion.has_value());
  EXPECT_EQ(*ReadBatchRecord(store(), 1), std::nullopt);
}

TEST_P(StoreContract, JournalIsAnUnbrokenChain) {
  for (int index = 0; index < 5; ++index) {
    CommitOne(store(), Writing({Put("x1", absl::StrCat(index))}, {absl::StrCat("event ", index)}));
    CommitOne(store(), Writing({Put("x2", absl::StrCat(index))}));
  }
  Reopen();
  CommitOne(store(), Writing({}, {"event after opening again"}));
  std::string previous(contract::kHashBytes, '\0');
  for (uint64_t batch = 1; batch <= 6; ++batch) {
    const auto record = ReadBatchRecord(store(), batch);
    ASSERT_TRUE(record.ok() && record->has_value()) << batch << ": " << record.status();
    EXPECT_EQ((*record)->previous_hash, previous);
    previous = HashOf(**record);
  }
  const absl::StatusOr<BatchHead> head = DecodeBatchHead(*ValueOf(store(), HeadKey()));
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_EQ(head->batch, 6u);
  EXPECT_EQ(head->hash, previous);
}

// As many batches as there must be before the oldest may go, and `more`.
void CommitJournal(OrderedStore& store, uint64_t more) {
  for (uint64_t batch = 1; batch <= kJournalKept + more; ++batch) {
    ASSERT_EQ(CommitOne(store, Writing({}, {absl::StrCat("event ", batch)}), Durability::kUnsynced).kind, kCommitted);
  }
}

TEST_P(StoreContract, OldestJournalRecordsGoWithATransitionAndStayGone) {
  CommitJournal(store(), 3);
  Transition prune = Writing({Put("x", "pruned")});
  prune.pruned = {.first_batch = 1, .last_batch = 2};
  prune.conditions.push_back({.key = "x", .value = "other"});
  EXPECT_EQ(CommitOne(store(), prune).kind, kConditionFailed);
  EXPECT_TRUE(ReadBatchRecord(store(), 1)->has_value());
  prune.conditions.clear();
  EXPECT_EQ(CommitOne(store(), prune).kind, kCommitted);
  for (int life = 0; life < 2; ++life, Reopen()) {
    EXPECT_FALSE(ReadBatchRecord(store(), 1)->has_value());
    EXPECT_FALSE(ReadBatchRecord(store(), 2)->has_value());
    EXPECT_TRUE(ReadBatchRecord(store(), 3)->has_value());
    EXPECT_THAT(ValueOf(store(), "x"), Optional(std::string("pruned")));
  }
  EXPECT_EQ(CommitOne(store(), Writing({}, {"event"})).position->batch, kJournalKept + 4) << "numbers go on";
}

TEST_P(StoreContract, NewestJournalRecordsCannotBeRemoved) {
  CommitJournal(store(), 2);
  const auto prune = [&](uint64_t first, uint64_t last) {
    Transition transition;
    transition.pruned = {.first_batch = first, .last_batch = last};
    return CommitOne(store(), transition).kind;
  };
  EXPECT_EQ(prune(1, 3), kRefused);
  EXPECT_EQ(prune(2, 1), kRefused);
  EXPECT_EQ(prune(0, 1), kRefused);
  EXPECT_EQ(prune(1, ~uint64_t{0}), kRefused);
  EXPECT_TRUE(ReadBatchRecord(store(), 1)->has_value());
  EXPECT_EQ(prune(1, 2), kCommitted);
}

}  // namespace
}  // namespace envej::store
