#include "broker/journal/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "broker/store/key_layout.h"
#include "tests/support/memory_store.h"

namespace envej::journal {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ChangesTest : public testing::Test {
 protected:
  // One batch in which each of these regions' next notice is accepted.
  void Commit(const std::vector<std::string>& regions, store::Durability durability = store::Durability::kSynced) {
    store::Transition transition;
    for (const std::string& region : regions) {
      Event event;
      event.item = {
          .notice = {.municipality_code = "0101",
                     .region_code = region,
                     .id = *contract::NoticeId::Parse(absl::StrFormat("00000000-0000-4000-8000-%012d", ++number_))},
          .revision = 1};
      event.at = absl::FromUnixSeconds(1'800'000'000);
      event.actor = std::string(kActorBytes, 'a');
      transition.events.push_back(EncodeEvent(event));
    }
    transition.mutations.push_back({.key = "n", .value = std::to_string(number_)});
    store_.Commit({transition}, durability, absl::FromUnixSeconds(1'800'000'000), [](auto) {});
  }

  std::vector<std::string> RegionsFrom(uint64_t batch, const std::set<std::string>& wanted) {
    const absl::StatusOr<Changes> changes = ReadChanges(store_, wanted, batch);
    EXPECT_TRUE(changes.ok()) << changes.status();
    std::vector<std::string> regions;
    for (const Event& event : changes->events) regions.push_back(event.item.notice.region_code);
    return regions;
  }

  store::MemoryStore store_;
  int number_ = 0;
};

TEST_F(ChangesTest, OfTheRegionsAskedForInOrderAndFromTheBatchOn) {
  Commit({"1081", "1084"});
  Commit({"1084"});
  Commit({"1082", "1081"});
  EXPECT_THAT(RegionsFrom(1, {"1081"}), ElementsAre("1081", "1081"));
  EXPECT_THAT(RegionsFrom(2, {"1081", "1084"}), ElementsAre("1084", "1081"));
  EXPECT_THAT(RegionsFrom(4, {"1081"}), IsEmpty());
  EXPECT_EQ(ReadChanges(store_, {"1081"}, 1)->next_batch, 4u);
}

TEST_F(ChangesTest, WhatIsNotOnTheDiskIsNotTold) {
  Commit({"1081"});
  Commit({"1081"}, store::Durability::kUnsynced);
  EXPECT_THAT(RegionsFrom(1, {"1081"}), ElementsAre("1081"));
  EXPECT_EQ(ReadChanges(store_, {"1081"}, 1)->next_batch, 2u);
  Commit({"1081"});
  EXPECT_THAT(RegionsFrom(2, {"1081"}), ElementsAre("1081", "1081"));
}

TEST_F(ChangesTest, WhateverAFilterTakesIsReadWithWhereItStands) {
  Commit({"1081"});
  Event suspended;
  suspended.type = EventType::kParticipantSuspended;
  suspended.caller = "urn:envej:region:1081";
  suspended.actor = std::string(kActorBytes, 'a');
  suspended.at = absl::FromUnixSeconds(1'800'000'000);
  store::Transition transition;
  transition.events.push_back(EncodeEvent(suspended));
  store_.Commit({transition}, store::Durability::kSynced, suspended.at, [](auto) {});
  EXPECT_THAT(RegionsFrom(1, {"1081"}), ElementsAre("1081")) << "what is of no notice is no region's";
  const absl::StatusOr<Changes> all = ReadEvents(
      store_, [](const Event&) { return true; }, 1);
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_THAT(all->events, testing::SizeIs(2));
  EXPECT_EQ(all->events[1].caller, suspended.caller);
  EXPECT_THAT(all->batches, ElementsAre(1, 2));
}

TEST_F(ChangesTest, ALongJournalIsReadInPieces) {
  for (size_t batch = 0; batch < kChangesBatches + 10; ++batch)
    Commit({batch == kChangesBatches + 5 ? "1084" : "1081"});
  const absl::StatusOr<Changes> first = ReadChanges(store_, {"1084"}, 1);
  EXPECT_THAT(first->events, IsEmpty());
  EXPECT_TRUE(first->more);
  EXPECT_EQ(first->next_batch, kChangesBatches + 1);
  const absl::StatusOr<Changes> rest = ReadChanges(store_, {"1084"}, first->next_batch);
  EXPECT_THAT(rest->events, testing::SizeIs(1));
  EXPECT_FALSE(rest->more);
}

TEST_F(ChangesTest, WhatWasPrunedIsSaid) {
  for (int batch = 0; batch < 3; ++batch) Commit({"1081"});
  EXPECT_FALSE(ReadChanges(store_, {"1081"}, 1)->begins_later);
  store_.Damage(store::JournalKey(1), std::nullopt);
  EXPECT_TRUE(ReadChanges(store_, {"1081"}, 1)->begins_later);
  EXPECT_FALSE(ReadChanges(store_, {"1081"}, 2)->begins_later);
}

// What operations do among themselves, and with whom, is not a region's to know.
TEST_F(ChangesTest, WhatOneOperatorProposesAndWhomOperationsSuspendIsNotTold) {
  const auto id = contract::NoticeId::Parse("00000000-0000-4000-8000-000000000001");
  store::Transition transition;
  for (const EventType type : {EventType::kReturnProposed, EventType::kParticipantSuspended,
                               EventType::kParticipantResumed, EventType::kReturned}) {
    Event event;
    event.type = type;
    event.item = {.notice = {.municipality_code = "0101", .region_code = "1081", .id = *id}, .revision = 1};
    event.at = absl::FromUnixSeconds(1'800'000'000);
    event.actor = std::string(kActorBytes, 'a');
    event.caller = "urn:envej:region:1081";
    event.detail = 7;
    transition.events.push_back(EncodeEvent(event));
  }
  transition.mutations.push_back({.key = "n", .value = "1"});
  store_.Commit({transition}, store::Durability::kSynced, absl::FromUnixSeconds(1'800'000'000), [](auto) {});
  const absl::StatusOr<Changes> changes = ReadChanges(store_, {"1081"}, 1);
  ASSERT_TRUE(changes.ok()) << changes.status();
  ASSERT_EQ(changes->events.size(), 1u);
  EXPECT_EQ(changes->events[0].type, EventType::kReturned);
}

TEST_F(ChangesTest, ARecordThatDoesNotHoldIsAnError) {
  Commit({"1081"});
  store_.Damage(store::JournalKey(1), "x");
  EXPECT_FALSE(ReadChanges(store_, {"1081"}, 1).ok());
}

}  // namespace
}  // namespace envej::journal
