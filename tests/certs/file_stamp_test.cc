#include "certs/file_stamp.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

class FileStampTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(folder_.Path("lists"));
    folder_.Write("lists/one", "1");
    folder_.Write("file", "1");
    last_ = Stamp();
  }

  std::string Stamp() const { return StampOf({folder_.Path("file"), folder_.Path("lists"), folder_.Path("absent")}); }
  bool HasChanged() { return std::exchange(last_, Stamp()) != last_; }

  TestDirectory folder_;
  std::string last_;
};

TEST_F(FileStampTest, StaysAsLongAsNothingIsChanged) {
  EXPECT_FALSE(HasChanged());
  EXPECT_EQ(ReadFile(folder_.Path("file")), "1");
  EXPECT_FALSE(HasChanged());
}

TEST_F(FileStampTest, ChangesWithEveryChange) {
  folder_.Write("file", "22");
  EXPECT_TRUE(HasChanged());
  folder_.Write("new", "22");
  std::filesystem::rename(folder_.Path("new"), folder_.Path("file"));
  EXPECT_TRUE(HasChanged());
  EXPECT_EQ(chmod(folder_.Path("file").c_str(), 0644), 0);
  EXPECT_TRUE(HasChanged());
  folder_.Write("lists/one", "22");
  EXPECT_TRUE(HasChanged());
  folder_.Write("lists/two", "2");
  EXPECT_TRUE(HasChanged());
  std::filesystem::remove(folder_.Path("lists/one"));
  EXPECT_TRUE(HasChanged());
  folder_.Write("absent", "now there");
  EXPECT_TRUE(HasChanged());
  std::filesystem::remove(folder_.Path("file"));
  EXPECT_TRUE(HasChanged());
  EXPECT_FALSE(HasChanged());
}

}  // namespace
}  // namespace envej::certs
