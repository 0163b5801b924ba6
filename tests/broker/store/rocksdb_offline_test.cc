#include "broker/store/rocksdb_offline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "broker/store/key_layout.h"
#include "broker/store/rocksdb_examination.h"
#include "tests/broker/store/store_directory.h"

namespace envej::store {
namespace {

// A store of a newer program is refused here as it is by a broker, in the same words.
TEST(RocksDbOfflineTest, RefusesAStoreOfANewerProgram) {
  const TemporaryDirectory directory;
  const std::string path = directory.path("store");
  OpenStore(path).reset();
  const std::string engine = StorePaths(path).engine;
  {
    const std::unique_ptr<RocksDbOffline> store = *RocksDbOffline::Open(engine);
    ASSERT_TRUE(store->Write({{.key = SchemaKey(), .value = EncodeSchema(kSchemaVersion + 1)}}).ok());
    ASSERT_TRUE(store->Finish().ok());
  }
  const absl::Status offline = RocksDbOffline::Open(engine).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(offline)) << offline;
  EXPECT_EQ(offline, RocksDbStore::Open(OptionsFor(path)).status());
}

}  // namespace
}  // namespace envej::store
