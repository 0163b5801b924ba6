#include "certs/file_hash.h"

#include <gtest/gtest.h>

#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

TEST(FileHashTest, SaysWhetherTheContentOfAllFilesIsTheSame) {
  const TestDirectory directory;
  const std::string one = directory.Write("one", "content");
  const std::string same = directory.Write("same", "content");
  const std::string other = directory.Write("other", "other content");
  EXPECT_EQ(HashOfFiles({one}), HashOfFiles({same}));
  EXPECT_EQ(HashOfFiles({one}).size(), 64u);
  EXPECT_NE(HashOfFiles({one}), HashOfFiles({other}));
  EXPECT_NE(HashOfFiles({one, other}), HashOfFiles({other, one}));
  EXPECT_NE(HashOfFiles({one}), HashOfFiles({one, one}));
}

TEST(FileHashTest, AFileThatCannotBeReadCountsAsAnEmptyOne) {
  const TestDirectory directory;
  EXPECT_EQ(HashOfFiles({directory.Path("none")}), HashOfFiles({directory.Write("empty", "")}));
}

}  // namespace
}  // namespace envej::certs
