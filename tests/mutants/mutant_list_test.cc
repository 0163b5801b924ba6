#include "tests/mutants/mutant_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"

namespace envej::mutants {
namespace {

constexpr char kOne[] = "file a.cc\nbreaks it\n-  if (x)\n-    y();\n+  y();\n";

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

TEST(MutantListTest, WhatIsTakenOutAndPutInIsReadLineByLine) {
  const absl::StatusOr<std::vector<Mutant>> mutants = ParseMutants(absl::StrCat("# why\n\n", kOne, "\n", kOne));
  ASSERT_TRUE(mutants.ok()) << mutants.status();
  ASSERT_EQ(mutants->size(), 2u);
  EXPECT_EQ(mutants->at(0).text, "  if (x)\n    y();");
  EXPECT_EQ(mutants->at(0).replacement, "  y();");
  EXPECT_EQ(mutants->at(0).store, "memory");
}

TEST(MutantListTest, WhatIsNotWholeIsRefused) {
  for (const char* list : {"", "breaks it\n", "file a.cc\n-x\n+y\n", "file a.cc\nbreaks it\n+y\n",
                           "file a.cc\nbreaks it\n-x\n", "file a.h\nbreaks it\n-x\n+y\n",
                           "file a.cc\nbreaks it\nstore paper\n-x\n+y\n", "file a.cc\nbreaks it\n-x\n+y\nother\n"}) {
    EXPECT_FALSE(ParseMutants(list).ok()) << list;
  }
}

TEST(MutantListTest, TextMustStandThereOnce) {
  const Mutant mutant = ParseMutants(kOne)->at(0);
  const std::string once = "{\n  if (x)\n    y();\n}\n";
  EXPECT_EQ(*Apply(mutant, once), "{\n  y();\n}\n");
  EXPECT_FALSE(Apply(mutant, once + once).ok());
  EXPECT_FALSE(Apply(mutant, "").ok());
}

TEST(MutantListTest, EveryMutantOfTheListFitsTheTree) {
  const std::string root = std::getenv("ENVEJ_SOURCE_DIRECTORY");
  const absl::StatusOr<std::vector<Mutant>> mutants = ParseMutants(Read(root + "/tests/mutants/mutants.txt"));
  ASSERT_TRUE(mutants.ok()) << mutants.status();
  EXPECT_GE(mutants->size(), 40u);
  std::set<std::string> breaks;
  for (const Mutant& mutant : *mutants) {
    const absl::StatusOr<std::string> changed = Apply(mutant, Read(absl::StrCat(root, "/", mutant.file)));
    EXPECT_TRUE(changed.ok()) << mutant.breaks << ": " << changed.status();
    EXPECT_TRUE(breaks.insert(mutant.breaks).second) << mutant.breaks << ": listed twice";
  }
}

}  // namespace
}  // namespace envej::mutants
