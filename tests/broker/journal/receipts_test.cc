#include "broker/journal/receipts.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "tests/support/memory_store.h"

namespace envej::journal {
namespace {

Event Acceptance(int number) {
  Event event;
  event.type = EventType::kAccepted;
  event.item.notice = {.municipality_code = "0101",
                       .region_code = "1084",
                       .id = *contract::NoticeId::Parse(absl::StrFormat("00000000-0000-4000-8000-%012d", number))};
  event.item.revision = 1;
  event.at = absl::FromUnixSeconds(1'800'000'000 + number);
  event.actor = std::string(kActorBytes, static_cast<char>('A' + number % 26));
  event.commitment = {.key_id = "key", .value = std::string(32, static_cast<char>('a' + number))};
  return event;
}

std::vector<store::Outcome> Commit(store::OrderedStore& store, const std::vector<Event>& events) {
  std::vector<store::Transition> transitions;
  for (const Event& event : events) {
    store::Transition transition;
    transition.events.push_back(EncodeEvent(event));
    transitions.push_back(std::move(transition));
  }
  std::vector<store::Outcome> given;
  store.Commit(std::move(transitions), store::Durability::kSynced, events.back().at,
               [&](std::vector<store::Outcome> outcomes) { given = std::move(outcomes); });
  return given;
}

TEST(ReceiptsTest, RebuiltReceiptIsTheOneGivenAtAcceptance) {
  store::MemoryStore store;
  for (const int events : {1, 2, 5}) {
    std::vector<Event> batch;
    for (int number = 0; number < events; ++number) batch.push_back(Acceptance(events * 10 + number));
    const std::vector<store::Outcome> outcomes = Commit(store, batch);
    for (size_t index = 0; index < batch.size(); ++index) {
      const contract::Receipt given = MakeReceipt(batch[index], outcomes[index]);
      EXPECT_TRUE(contract::CheckReceipt(given).ok());
      const absl::StatusOr<contract::Receipt> rebuilt =
          ReceiptReader(store).Read(batch[index].item, *outcomes[index].position);
      ASSERT_TRUE(rebuilt.ok());
      EXPECT_EQ(*rebuilt, given);
    }
  }
}

class CountingStore : public store::MemoryStore {
 public:
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) override {
    ++reads;
    return MemoryStore::Get(key);
  }
  int reads = 0;
};

TEST(ReceiptsTest, WhatOneBatchAcceptedIsReadOnce) {
  CountingStore store;
  std::vector<Event> batch;
  for (int number = 0; number < 50; ++number) batch.push_back(Acceptance(number));
  const std::vector<store::Outcome> outcomes = Commit(store, batch);
  const std::vector<store::Outcome> later = Commit(store, {Acceptance(50)});
  store.reads = 0;
  ReceiptReader receipts(store);
  for (size_t index = 0; index < batch.size(); ++index) {
    EXPECT_TRUE(receipts.Read(batch[index].item, *outcomes[index].position).ok());
  }
  EXPECT_EQ(store.reads, 1);
  EXPECT_TRUE(receipts.Read(Acceptance(50).item, *later[0].position).ok());
  EXPECT_TRUE(receipts.Read(batch[0].item, *outcomes[0].position).ok());
  EXPECT_EQ(store.reads, 3);
}

TEST(ReceiptsTest, PositionWhereNothingOrSomethingElseStandsIsDataLoss) {
  store::MemoryStore store;
  const std::vector<store::Outcome> outcomes = Commit(store, {Acceptance(1), Acceptance(2)});
  const store::ItemKey item = Acceptance(2).item;
  ReceiptReader receipts(store);
  EXPECT_TRUE(receipts.Read(item, *outcomes[1].position).ok());
  EXPECT_TRUE(absl::IsDataLoss(receipts.Read(item, *outcomes[0].position).status()));
  contract::JournalPosition nowhere = *outcomes[1].position;
  nowhere.event_index = 2;
  EXPECT_TRUE(absl::IsDataLoss(receipts.Read(item, nowhere).status()));
  nowhere = *outcomes[1].position;
  nowhere.batch += 1;
  EXPECT_TRUE(absl::IsDataLoss(receipts.Read(item, nowhere).status()));
}

}  // namespace
}  // namespace envej::journal
