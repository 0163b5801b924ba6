#include "broker/operations/last_run.h"

#include <gtest/gtest.h>

#include "broker/inbox/upgrade.h"
#include "broker/store/key_layout.h"
#include "tests/support/memory_store.h"

namespace envej::operations {
namespace {

const absl::Time kNoted = absl::FromUnixSeconds(1'800'000'000);

class LastRunTest : public testing::Test {
 protected:
  LastRunTest() { EXPECT_TRUE(inbox::UpgradeStore(store_, nullptr).ok()); }

  store::MemoryStore store_;
};

TEST_F(LastRunTest, ABrokerRanUntilItSaidThatItEnded) {
  EXPECT_LT(RanUntil(store_, kNoted), kNoted);
  const uint64_t batches = store_.LastDurableBatch();
  ASSERT_TRUE(NoteEnd(store_, kNoted).ok());
  store_.Crash();
  EXPECT_EQ(RanUntil(store_, kNoted + absl::Hours(1)), kNoted);
  EXPECT_EQ(store_.LastDurableBatch(), batches) << "the journal has nothing of it";
  const absl::StatusOr<std::optional<std::string>> schema = store_.Get(store::SchemaKey());
  ASSERT_TRUE(schema.ok() && schema->has_value());
  EXPECT_EQ(*store::DecodeSchema(**schema), store::kSchemaVersion);
}

TEST_F(LastRunTest, ItNeverRanUntilATimeThatIsToCome) {
  ASSERT_TRUE(NoteEnd(store_, kNoted + absl::Hours(1)).ok());
  EXPECT_EQ(RanUntil(store_, kNoted), kNoted);
}

TEST_F(LastRunTest, AStoreThatDoesNotTakeItIsAnError) {
  store_.FailNextBatch(store::MemoryStore::BatchFault::kWrite);
  EXPECT_TRUE(absl::IsUnavailable(NoteEnd(store_, kNoted)));
}

}  // namespace
}  // namespace envej::operations
