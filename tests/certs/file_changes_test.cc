#include "certs/file_changes.h"

#include <gtest/gtest.h>

#include "certs/file_stamp.h"
#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

class FileChangesTest : public testing::Test {
 protected:
  bool Look() { return changes_.Look(/*at_once=*/false); }

  TestDirectory folder_;
  const std::string file_ = folder_.Write("file", "1");
  FileChanges changes_{{file_}, StampOf({file_})};
};

TEST_F(FileChangesTest, AreReadOnceTheyHaveSettled) {
  EXPECT_FALSE(Look());
  folder_.Write("file", "22");
  EXPECT_FALSE(Look());
  folder_.Write("file", "333");
  EXPECT_FALSE(Look());
  EXPECT_TRUE(Look());
  EXPECT_FALSE(Look());
}

TEST_F(FileChangesTest, AreReadAfterSomeLooksThoughTheyNeverSettle) {
  std::string contents = "1";
  for (int look = 1; look < FileChanges::kUnsettledLooks; ++look) {
    folder_.Write("file", contents += "1");
    EXPECT_FALSE(Look()) << look;
  }
  folder_.Write("file", contents += "1");
  EXPECT_TRUE(Look());
}

TEST_F(FileChangesTest, AreReadAtOnceWhereThatIsAskedFor) { EXPECT_TRUE(changes_.Look(/*at_once=*/true)); }

TEST_F(FileChangesTest, WhatWasRefusedIsTriedAgainUntilItIsTaken) {
  ASSERT_TRUE(changes_.Look(/*at_once=*/true));
  changes_.Refused();
  for (int look = 1; look < FileChanges::kLooksUntilTriedAgain; ++look) EXPECT_FALSE(Look()) << look;
  EXPECT_TRUE(Look());
  changes_.Taken();
  for (int look = 0; look < 2 * FileChanges::kLooksUntilTriedAgain; ++look) EXPECT_FALSE(Look()) << look;
}

TEST_F(FileChangesTest, WhatWasTakenMayRestOnOtherFiles) {
  const std::string other = folder_.Write("other", "1");
  ASSERT_TRUE(changes_.Look(/*at_once=*/true));
  changes_.Taken({other}, StampOf({other}));
  folder_.Write("file", "22");
  EXPECT_FALSE(Look());
  EXPECT_FALSE(Look());
  folder_.Write("other", "22");
  EXPECT_FALSE(Look());
  EXPECT_TRUE(Look());
}

}  // namespace
}  // namespace envej::certs
