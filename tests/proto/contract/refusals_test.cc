#include "tests/support/refusals.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
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

TEST(RefusalsTest, ElsewhereIsATestFile) {
  for (const TestedElsewhere& entry : ReasonsTestedElsewhere()) {
    EXPECT_TRUE(absl::StartsWith(entry.file, "tests/") && absl::EndsWith(entry.file, "_test.cc"))
        << contract::Describe(entry.reason).name;
  }
}

}  // namespace
}  // namespace envej::support
