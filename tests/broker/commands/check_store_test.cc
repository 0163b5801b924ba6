#include "broker/commands/check_store.h"

#include <gtest/gtest.h>

#include <map>

#include "broker/inbox/inboxes.h"
#include "broker/store/key_layout.h"
#include "tests/broker/inbox/inboxes_fixture.h"

namespace envej::commands {
namespace {

// Notices in several states, by the inbox itself.
class CheckStoreTest : public inbox::InboxesFixture {
 protected:
  void SetUp() override {
    for (const int number : {1, 2, 3}) ASSERT_TRUE(SubmitOne(number).ok());
  }

  absl::StatusOr<CheckedStore> Check() {
    return CheckStore({.get = [this](absl::string_view key) { return store_.Get(key); },
                       .scan = [this](const store::ScanRange& range) { return store_.Scan(range); }});
  }
  std::vector<store::KeyValue> All(const std::string& prefix) {
    return store_.Scan({.from = prefix, .to = store::EndOfPrefix(prefix)})->entries;
  }
  // Is refused with this entry taken away, and holds with it.
  void ExpectNeeded(const store::KeyValue& entry) {
    store_.Damage(entry.key, std::nullopt);
    EXPECT_TRUE(absl::IsDataLoss(Check().status())) << entry.key;
    store_.Damage(entry.key, entry.value);
    EXPECT_TRUE(Check().ok()) << entry.key;
  }
};

TEST_F(CheckStoreTest, CountsWhatASoundStoreHolds) {
  const absl::StatusOr<CheckedStore> checked = Check();
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->notices, 3u);
  EXPECT_EQ(checked->under_way, 3u);
  EXPECT_EQ(checked->unreadable, 0u);
  EXPECT_EQ(checked->batches, 3u);
}

TEST_F(CheckStoreTest, EveryIndexAndEveryBatchIsNeeded) {
  for (const std::string& prefix : {store::WaitingPrefix(), store::DuePrefix(), store::JournalPrefix()}) {
    const std::vector<store::KeyValue> entries = All(prefix);
    ASSERT_EQ(entries.size(), 3u);
    for (const store::KeyValue& entry : entries) {
      // The oldest batches may have been pruned.
      if (prefix != store::JournalPrefix() || entry.key != entries.front().key) ExpectNeeded(entry);
    }
  }
}

TEST_F(CheckStoreTest, WhatBelongsToNoNoticeIsFound) {
  const store::KeyValue content = All(store::ContentPrefix()).front();
  store_.Damage(content.key + "x", content.value);
  EXPECT_TRUE(absl::IsDataLoss(Check().status()));
  store_.Damage(content.key + "x", std::nullopt);
  const store::KeyValue waiting = All(store::WaitingPrefix()).front();
  store_.Damage(waiting.key + "x", "");
  EXPECT_TRUE(absl::IsDataLoss(Check().status()));
}

// As a broker serves all others beside it, a backup holds them.
TEST_F(CheckStoreTest, ANoticeThatCannotBeReadIsCounted) {
  const store::KeyValue content = All(store::ContentPrefix()).front();
  store_.Damage(content.key, std::nullopt);
  ASSERT_TRUE(Check().ok()) << Check().status();
  EXPECT_EQ(Check()->unreadable, 1u);
  store_.Damage(All(store::RecordPrefix()).back().key, "damaged");
  ASSERT_TRUE(Check().ok()) << Check().status();
  EXPECT_EQ(Check()->unreadable, 2u);
}

}  // namespace
}  // namespace envej::commands
