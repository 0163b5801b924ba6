#include "region-client/agent/store_mark.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/region-client/agent/agent_world.h"

namespace envej::region {
namespace {

TEST(StoreMarkTest, IsReadAsItWasWritten) {
  const certs::TestDirectory folder;
  const std::string path = folder.Path("mark");
  EXPECT_EQ(ReadStoreMark(path).value(), std::nullopt);
  for (const uint64_t writes : {uint64_t{7}, ~uint64_t{0}}) {
    const StoreMark mark{.writes = writes, .at = absl::FromUnixSeconds(1'800'000'000)};
    ASSERT_TRUE(WriteStoreMark(path, mark).ok());
    EXPECT_EQ(ReadStoreMark(path).value(), mark);
  }
  folder.Write("mark", "none\n");
  EXPECT_TRUE(absl::IsDataLoss(ReadStoreMark(path).status()));
}

// What the mark is held against: it never falls by a start, and does by a restore.
TEST(StoreMarkTest, WritesFallOnlyWhereTheStoreIsPutBack) {
  const AgentFolder folder;
  uint64_t before = 0;
  for (int start = 0; start < 3; ++start) {
    const std::unique_ptr<AgentStore> store = *AgentStore::Open(folder.Options());
    EXPECT_GE(store->writes(), before);
    if (start == 1) {
      EXPECT_TRUE(store->Compact().ok());
    }
    AgentBatch batch = store->NewBatch();
    batch.PutWatchToken("place");
    ASSERT_TRUE(store->Write(std::move(batch)).ok());
    EXPECT_GT(store->writes(), before);
    before = store->writes();
    if (start == 0)
      std::filesystem::copy(folder.folder(), folder.folder() + "-backup", std::filesystem::copy_options::recursive);
  }
  std::filesystem::remove_all(folder.folder());
  std::filesystem::rename(folder.folder() + "-backup", folder.folder());
  EXPECT_LT((*AgentStore::Open(folder.Options()))->writes(), before);
}

}  // namespace
}  // namespace envej::region
