// The mirror's disk full, read-only, or gone, while the broker serves.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/faults/fault_table.h"
#include "tests/faults/faulty_broker.h"
#include "tests/support/exit_codes.h"

namespace envej::faults {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr size_t kDisk = size_t{4} << 20;

class MirrorDiskTest : public testing::Test {
 protected:
  MirrorDiskTest() : store_({.more = "journal: {checkpoint_seconds: 1, mirror: mirror}\n"}) {}

  void SetUp() override {
    if (!MountSmallDisk(mirror_, kDisk)) GTEST_SKIP() << "nothing can be mounted here";
    is_mounted_ = true;
    ASSERT_TRUE(store_.broker().Start());
  }
  void TearDown() override {
    if (is_mounted_) Unmount(mirror_);
  }

  // The broker serves on and says so; afterwards the mirror has everything.
  void Expect(const std::string& fault, const std::function<void()>& take_away,
              const std::function<void()>& give_back) {
    ASSERT_TRUE(store_.Submit(5));
    take_away();
    ASSERT_TRUE(store_.Submit(5) && store_.Acknowledge(3));
    EXPECT_TRUE(store_.broker().WaitForLog("journal_mirror_failed"));
    const std::string line = LogLine(store_.broker().Log(), "journal_mirror_failed");
    EXPECT_THAT(line, HasSubstr("\"next\":\"mend the mirror"));
    give_back();
    ASSERT_TRUE(store_.Submit(5));
    EXPECT_TRUE(store_.broker().WaitForLog("journal_mirror_caught_up"));
    store_.ExpectNothingLost();
    ASSERT_EQ(store_.broker().Stop().code, support::kDone);
    const support::Ended verified = support::RunProgram({support::ProgramPath("envej-broker"), "journal", "verify",
                                                         "--config", store_.broker().config(), "--authorities",
                                                         store_.broker().folder().Path("broker.authorities.pem")});
    EXPECT_EQ(verified.code, support::kDone) << verified.out << verified.err;
    AddRow(fault, "serving",
           absl::StrCat("it serves on; log: ", line, "; then journal_mirror_caught_up, journal verify: exit ",
                        verified.code));
  }

  FaultyBroker store_;
  const std::string mirror_ = store_.broker().folder().Path("mirror");
  bool is_mounted_ = false;
};

TEST_F(MirrorDiskTest, Full) {
  Expect(
      "mirror's disk full", [&] { FillDisk(mirror_, 0); }, [&] { RemoveBallast(mirror_); });
}

TEST_F(MirrorDiskTest, ReadOnly) {
  Expect(
      "mirror's disk read-only", [&] { ASSERT_TRUE(RemountReadOnly(mirror_, true)); },
      [&] { ASSERT_TRUE(RemountReadOnly(mirror_, false)); });
}

// A folder on the disk below, which must not be taken for the mirror, is what is left of a mount.
TEST_F(MirrorDiskTest, Gone) {
  Unmount(mirror_);
  is_mounted_ = false;
  fs::remove_all(mirror_);
  fs::create_directory(mirror_);
  fs::permissions(mirror_, fs::perms::owner_all);
  const std::string away = store_.broker().folder().Path("away");
  Expect(
      "mirror gone", [&] { fs::rename(mirror_, away); },
      [&] {
        EXPECT_FALSE(fs::exists(mirror_)) << "it was made anew, on another disk perhaps";
        fs::rename(away, mirror_);
      });
}

}  // namespace
}  // namespace envej::faults
