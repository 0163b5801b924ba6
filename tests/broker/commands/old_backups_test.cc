#include "broker/commands/old_backups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "broker/commands/backup_manifest.h"
#include "tests/broker/store/store_directory.h"

namespace envej::commands {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
const absl::Time kOldest = kNow - absl::Hours(24 * 7);
const absl::Time kOld = kOldest - absl::Seconds(1);

class OldBackupsTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directory(to_); }

  // A folder as a backup is, with a manifest of the time that its name says.
  std::string Make(absl::Time made_at, uint64_t batch) {
    std::string backup = BackupFolder(to_, made_at, batch);
    fs::create_directories(EngineOf(backup));
    store::WriteFile(EngineOf(backup) + "/1.sst", "table");
    BackupManifest manifest;
    manifest.head.store_incarnation = std::string(16, 'i');
    manifest.head.time = manifest.made_at = made_at;
    EXPECT_TRUE(WriteManifest(ManifestOf(backup), manifest).ok());
    return backup;
  }
  OldBackups Remove(const std::string& newest = "") {
    const absl::StatusOr<OldBackups> old = RemoveOldBackups(to_, kOldest, newest, kNow);
    EXPECT_TRUE(old.ok()) << old.status();
    return old.value_or(OldBackups());
  }
  std::vector<std::string> Left() const {
    std::vector<std::string> left;
    for (const fs::directory_entry& entry : fs::directory_iterator(to_)) left.push_back(entry.path().string());
    return left;
  }

  const store::TemporaryDirectory directory_;
  const std::string to_ = directory_.path("backups");
};

TEST_F(OldBackupsTest, WhatIsOlderIsRemovedButForTheNewest) {
  const std::string newest = Make(kOld - absl::Hours(1), 9);
  Make(kOld, 7);
  const std::string kept = Make(kOldest, 8);
  const OldBackups old = Remove(newest);
  EXPECT_EQ(old.removed, 1);
  EXPECT_THAT(old.unusable, IsEmpty());
  EXPECT_THAT(Left(), UnorderedElementsAre(newest, kept));
}

TEST_F(OldBackupsTest, TwoOfOneSecondAndBatchHaveTheirNames) {
  const std::string first = Make(kOldest, 8);
  const std::string second = Make(kOldest, 8);
  EXPECT_THAT(Left(), UnorderedElementsAre(first, second));
  EXPECT_LT(first, second);
}

TEST_F(OldBackupsTest, ABrokenBackupIsToldOfAndRemovedWhenItIsOld) {
  store::WriteFile(ManifestOf(Make(kOld, 1)), "{");
  fs::remove(ManifestOf(Make(kOld, 2)));
  fs::create_directories(BackupFolder(to_, kOld, 3));
  const std::string young = Make(kOldest, 4);
  store::WriteFile(ManifestOf(young), "{");
  const OldBackups old = Remove();
  EXPECT_EQ(old.removed, 3);
  EXPECT_THAT(old.unusable, ElementsAre(testing::AllOf(HasSubstr(young), HasSubstr("when it is old enough"))));
  EXPECT_THAT(Left(), ElementsAre(young));
}

TEST_F(OldBackupsTest, WhatMayBeSomebodyElsesIsNeverRemoved) {
  const std::string elsewhere = directory_.path("elsewhere");
  fs::create_directories(elsewhere + "/rocksdb");
  fs::create_directory_symlink(elsewhere, BackupFolder(to_, kOld, 1));
  store::WriteFile(BackupFolder(to_, kOld, 2), "a file");
  const std::string with_more = Make(kOld, 3);
  store::WriteFile(ManifestOf(with_more), "{");
  store::WriteFile(with_more + "/diary.txt", "dear diary");
  for (const char* const name :
       {"backup-", "backup-home", "backup-20200101T000000Z", "backup-20200101T000000Z-", "backup-20200101T000000Z-x",
        "backup-2020-01-01-7", "backup-20200199T000000Z-7", "unfinished-symphony", "unfinished-"}) {
    fs::create_directories(to_ + "/" + name + "/rocksdb");
  }
  const size_t there = Left().size();
  ASSERT_TRUE(RemoveUnfinished(to_).ok());
  const OldBackups old = Remove();
  EXPECT_EQ(old.removed, 0);
  EXPECT_EQ(old.unusable.size(), 8u) << "each folder that is called a backup, each time";
  EXPECT_EQ(Left().size(), there);
  EXPECT_TRUE(fs::exists(elsewhere + "/rocksdb"));
  EXPECT_EQ(store::ReadFile(with_more + "/diary.txt"), "dear diary");
}

TEST_F(OldBackupsTest, WhatWasBeingMadeOrRemovedIsRemoved) {
  fs::create_directories(UnfinishedFolder(to_, kOld) + "/rocksdb");
  fs::create_directories(to_ + "/unfinished-backup-20260101T000000Z-17/rocksdb");
  ASSERT_TRUE(RemoveUnfinished(to_).ok());
  EXPECT_THAT(Left(), IsEmpty());
}

}  // namespace
}  // namespace envej::commands
