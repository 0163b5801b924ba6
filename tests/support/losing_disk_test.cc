#include "tests/support/losing_disk.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace envej::support {
namespace {

namespace fs = std::filesystem;

using Remains = LosingDisk::Remains;

class LosingDiskTest : public testing::Test {
 protected:
  static std::string NewFolder() {
    std::string pattern = testing::TempDir() + "/disk_XXXXXX";
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    const std::string folder = fs::canonical(pattern).string() + "/disk";
    fs::create_directory(folder);
    return folder;
  }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  // Writes without a sync; false if that fails.
  bool Write(const std::string& name, const std::string& bytes, off_t place = 0) {
    const int file = open(Path(name).c_str(), O_RDWR | O_CREAT, 0600);
    const bool written = pwrite(file, bytes.data(), bytes.size(), place) == static_cast<ssize_t>(bytes.size());
    return close(file) == 0 && written;
  }
  bool Sync(const std::string& name) {
    const int file = open(Path(name).c_str(), O_RDWR);
    const bool synced = fdatasync(file) == 0;
    return close(file) == 0 && synced;
  }
  bool SyncFolder() {
    const int folder = open(folder_.c_str(), O_RDONLY | O_DIRECTORY);
    const bool synced = fsync(folder) == 0;
    return close(folder) == 0 && synced;
  }

  std::optional<std::string> Read(const std::string& name) const {
    std::ifstream file(Path(name), std::ios::binary);
    if (!file.good()) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  // Every chance has this outcome, or the highest there is.
  void LosePower(Remains remains, uint64_t chance = 0) {
    disk_.LosePower(remains, [chance](const std::string&) {
      return [chance](uint64_t below) { return std::min(chance, below - 1); };
    });
  }

  const std::string folder_ = NewFolder();
  LosingDisk disk_{folder_};
};

TEST_F(LosingDiskTest, OnlyWhatWasSyncedIsLeft) {
  ASSERT_TRUE(Write("a", "synced") && Sync("a") && SyncFolder());
  ASSERT_TRUE(Write("a", ", and not", 6));
  EXPECT_EQ(Read("a"), "synced, and not") << "as long as there is power";
  LosePower(Remains::kNothing);
  EXPECT_EQ(Read("a"), "synced");
}

TEST_F(LosingDiskTest, WhatIsWrittenOverComesBack) {
  ASSERT_TRUE(Write("a", "0123456789") && Sync("a") && SyncFolder());
  ASSERT_TRUE(Write("a", "abc", 2) && Write("a", "xyz", 4));
  LosePower(Remains::kNothing);
  EXPECT_EQ(Read("a"), "0123456789");
  ASSERT_TRUE(Write("a", "abcd", 2));
  LosePower(Remains::kSome, 1);
  EXPECT_EQ(Read("a"), "012bcd6789") << "torn";
  ASSERT_TRUE(Write("a", "abcd", 2));
  LosePower(Remains::kAll);
  EXPECT_EQ(Read("a"), "01abcd6789");
}

TEST_F(LosingDiskTest, EntriesOfAFolderAreLostWithoutTheFoldersOwnSync) {
  ASSERT_TRUE(Write("kept", "1") && Sync("kept") && SyncFolder());
  ASSERT_TRUE(Write("made", "2") && Sync("made"));
  ASSERT_EQ(std::rename(Path("made").c_str(), Path("kept").c_str()), 0);
  EXPECT_EQ(Read("kept"), "2");
  LosePower(Remains::kNothing);
  EXPECT_EQ(Read("kept"), "1");
  EXPECT_EQ(Read("made"), std::nullopt);
  ASSERT_EQ(mkdir(Path("folder").c_str(), 0700), 0);
  LosePower(Remains::kNothing);
  EXPECT_FALSE(fs::exists(Path("folder")));
}

TEST_F(LosingDiskTest, OfSeveralEntriesTheFirstMayBeKept) {
  ASSERT_TRUE(Write("first", "1") && Sync("first") && Write("second", "2") && Sync("second"));
  LosePower(Remains::kSome, 1);
  EXPECT_EQ(Read("first"), "1");
  EXPECT_EQ(Read("second"), std::nullopt);
}

TEST_F(LosingDiskTest, AnArmedOperationFailsOnceAndWhatIsWrittenAfterItIsCounted) {
  ASSERT_TRUE(Write("a.log", "1") && Sync("a.log") && SyncFolder());
  disk_.Arm({.operation = LosingDisk::Operation::kSync, .failure = LosingDisk::Failure::kBefore, .suffix = ".log"});
  ASSERT_TRUE(Write("a.log", "2", 1));
  EXPECT_FALSE(disk_.HasFailed());
  EXPECT_FALSE(Sync("a.log"));
  EXPECT_TRUE(disk_.HasFailed());
  EXPECT_EQ(disk_.WrittenAfterFailure(), 0u);
  EXPECT_TRUE(Write("a.log", "3", 2));
  EXPECT_EQ(disk_.WrittenAfterFailure(), 1u);
  LosePower(Remains::kNothing);
  EXPECT_EQ(Read("a.log"), "1");
}

TEST_F(LosingDiskTest, WithoutPowerNothingIsDone) {
  ASSERT_TRUE(Write("a", "1") && Sync("a") && SyncFolder());
  disk_.PowerOffAfter(1);
  EXPECT_TRUE(Write("a", "2"));
  EXPECT_FALSE(Sync("a"));
  EXPECT_FALSE(Write("a", "3"));
  EXPECT_FALSE(SyncFolder());
  EXPECT_FALSE(disk_.PowerOn());
  LosePower(Remains::kNothing);
  EXPECT_EQ(Read("a"), "1");
  EXPECT_TRUE(disk_.PowerOn());
}

TEST_F(LosingDiskTest, WhatIsSyncedBesideABatchIsLostWithIt) {
  ASSERT_TRUE(Write("mark", "1") && Sync("mark") && SyncFolder());
  disk_.BeginBatch("/mark");
  ASSERT_TRUE(Write("mark", "2") && Sync("mark"));
  LosePower(Remains::kNothing);
  EXPECT_EQ(Read("mark"), "1");
  disk_.BeginBatch("/mark");
  ASSERT_TRUE(Write("mark", "3") && Sync("mark"));
  disk_.EndBatch();
  LosePower(Remains::kNothing);
  EXPECT_EQ(Read("mark"), "3");
}

}  // namespace
}  // namespace envej::support
