#include "broker/commands/backup_manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "broker/commands/backup.h"
#include "tests/broker/store/store_directory.h"

namespace envej::commands {
namespace {

BackupManifest Manifest(const std::string& backup) {
  BackupManifest manifest;
  manifest.head = {.store_incarnation = std::string(16, 'i'),
                   .batch = 7,
                   .hash = std::string(32, 'h'),
                   .time = absl::FromUnixMicros(1'800'000'000'123'456)};
  manifest.start_epoch = uint64_t{1} << 60;
  manifest.made_at = absl::FromUnixSeconds(1'800'000'009);
  manifest.keys = 20;
  manifest.notices = 5;
  manifest.under_way = 3;
  manifest.unreadable = 1;
  manifest.files = *SumFiles(EngineOf(backup));
  return manifest;
}

class BackupManifestTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(EngineOf(backup_));
    store::WriteFile(EngineOf(backup_) + "/one", "bytes");
    store::WriteFile(EngineOf(backup_) + "/two", "");
  }

  const store::TemporaryDirectory directory_;
  const std::string backup_ = directory_.path("backup");
};

TEST_F(BackupManifestTest, IsReadBackAsItWasWritten) {
  const BackupManifest manifest = Manifest(backup_);
  ASSERT_TRUE(WriteManifest(ManifestOf(backup_), manifest).ok());
  const absl::StatusOr<BackupManifest> read = ReadManifest(ManifestOf(backup_));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->head.store_incarnation, manifest.head.store_incarnation);
  EXPECT_EQ(read->head.batch, 7u);
  EXPECT_EQ(read->head.hash, manifest.head.hash);
  EXPECT_EQ(read->head.time, manifest.head.time);
  EXPECT_EQ(read->start_epoch, manifest.start_epoch);
  EXPECT_EQ(read->made_at, manifest.made_at);
  EXPECT_EQ(read->unreadable, 1u);
  ASSERT_EQ(read->files.size(), 2u);
  EXPECT_EQ(read->files[0].sha256, "277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9");
  EXPECT_TRUE(CheckFiles(backup_, *read).ok());
}

TEST_F(BackupManifestTest, WhateverIsNoManifestIsRefused) {
  ASSERT_TRUE(WriteManifest(ManifestOf(backup_), Manifest(backup_)).ok());
  const std::string whole = store::ReadFile(ManifestOf(backup_));
  EXPECT_TRUE(absl::IsNotFound(ReadManifest(ManifestOf(backup_ + "-none")).status()));
  for (size_t length = 0; length + 2 < whole.size(); length += 7) {
    store::WriteFile(ManifestOf(backup_), whole.substr(0, length));
    EXPECT_TRUE(absl::IsDataLoss(ReadManifest(ManifestOf(backup_)).status())) << length;
  }
  for (const char* const text : {"[]", "{}", "{\"format\": \"1\"}", "{\"format\": 1, \"batch\": -1}"}) {
    store::WriteFile(ManifestOf(backup_), text);
    EXPECT_TRUE(absl::IsDataLoss(ReadManifest(ManifestOf(backup_)).status())) << text;
  }
  store::WriteFile(ManifestOf(backup_), "{\"format\": 2}");
  EXPECT_TRUE(absl::IsFailedPrecondition(ReadManifest(ManifestOf(backup_)).status()));
}

TEST_F(BackupManifestTest, AFileThatIsChangedOrMissingIsNamed) {
  const BackupManifest manifest = Manifest(backup_);
  store::WriteFile(EngineOf(backup_) + "/one", "bytez");
  EXPECT_THAT(std::string(CheckFiles(backup_, manifest).message()), testing::HasSubstr("one is not as it was written"));
  std::filesystem::remove(EngineOf(backup_) + "/one");
  EXPECT_THAT(std::string(CheckFiles(backup_, manifest).message()), testing::HasSubstr("one is missing"));
}

TEST(BackupAgeTest, IsANumberAndAUnit) {
  absl::Duration age;
  EXPECT_TRUE(ParseAge("7d", age));
  EXPECT_EQ(age, absl::Hours(168));
  EXPECT_TRUE(ParseAge("36h", age));
  EXPECT_EQ(age, absl::Hours(36));
  EXPECT_TRUE(ParseAge("90m", age));
  for (const char* const text : {"", "d", "7", "0d", "-1d", "7w", "1.5h", "7 d"})
    EXPECT_FALSE(ParseAge(text, age)) << text;
}

}  // namespace
}  // namespace envej::commands
