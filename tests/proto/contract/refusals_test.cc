#include "tests/support/refusals.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "envej/v1/rejection.pb.h"

namespace envej::support {
namespace {

int SpoilingsFor(contract::Reason reason) {
  int count = 0;
  for (const Spoiling& spoiling : Spoilings()) count += spoiling.reason == reason;
  return count;
}

int EntriesFor(contract::Reason reason) {
  int count = 0;
  for (const TestedElsewhere& entry : ReasonsTestedElsewhere()) count += entry.reason == reason;
  return count;
}

TEST(RefusalsTest, EveryReasonOfTheContractIsRefusedHereOrElsewhereNeverBoth) {
  const google::protobuf::EnumDescriptor& reasons = *v1::RejectionReason_descriptor();
  ASSERT_GT(reasons.value_count(), 1);
  for (int index = 0; index < reasons.value_count(); ++index) {
    const contract::Reason reason = static_cast<contract::Reason>(reasons.value(index)->number());
    if (reason == contract::Reason::kNone) continue;
    const bool here = SpoilingsFor(reason) > 0;
    const int elsewhere = EntriesFor(reason);
    EXPECT_EQ(here ? 1 : elsewhere, 1) << reasons.value(index)->name() << " has no test";
    EXPECT_FALSE(here && elsewhere > 0) << reasons.value(index)->name() << " is said to be tested twice";
  }
}

// As the code writes it: CALLER_UNKNOWN is Reason::kCallerUnknown.
std::string InCode(contract::Reason reason) {
  std::string name = "Reason::k";
  for (const absl::string_view word : absl::StrSplit(contract::Describe(reason).name, '_')) {
    absl::StrAppend(&name, word.substr(0, 1), absl::AsciiStrToLower(word.substr(1)));
  }
  return name;
}

bool Mentions(const std::string& text, const std::string& name) {
  for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    if (end == text.size() || !absl::ascii_isalnum(static_cast<unsigned char>(text[end]))) return true;
  }
  return false;
}

TEST(RefusalsTest, ElsewhereIsATestThatNamesTheReason) {
  const char* const root = std::getenv("ENVEJ_SOURCE_DIRECTORY");
  ASSERT_NE(root, nullptr);
  for (const TestedElsewhere& entry : ReasonsTestedElsewhere()) {
    SCOPED_TRACE(absl::StrCat(contract::Describe(entry.reason).name, " in ", entry.file));
    EXPECT_TRUE(absl::StartsWith(entry.file, "tests/") && absl::EndsWith(entry.file, "_test.cc"));
    const std::filesystem::path path = std::filesystem::path(root) / std::string(entry.file);
    std::ifstream file(path);
    EXPECT_TRUE(file.is_open());
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    EXPECT_TRUE(Mentions(text, InCode(entry.reason)));
  }
}

}  // namespace
}  // namespace envej::support
