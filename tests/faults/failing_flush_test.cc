// A table that cannot be written or synced, when what the engine holds in memory is flushed into it while the broker
// serves. It takes as many notices as fill a write buffer.

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/faults/failing_calls_plan.h"
#include "tests/faults/fault_table.h"
#include "tests/faults/faulty_broker.h"
#include "tests/support/exit_codes.h"
#include "tests/support/sanitizer.h"

namespace envej::faults {
namespace {

constexpr char kFast[] = "limits: {participant_notices_per_second: 1000000, participant_burst: 1000000}\n";
constexpr int kNoticesMost = 40'000;

TEST(FailingFlushTest, EndsTheBrokerAndNothingAnsweredIsLost) {
  if (support::kUnderSanitizer) GTEST_SKIP() << "what makes calls fail does not go with a sanitizer";
  for (const std::string call : {"write", "fdatasync"}) {
    SCOPED_TRACE(call);
    const FailingCallsPlan plan;
    FaultyBroker store(plan.Settings(kFast));
    ASSERT_TRUE(store.broker().Start());
    plan.Arm(call, call == "write" ? "ENOSPC" : "EIO", 1, ".sst");
    while (store.accepted() < kNoticesMost && store.Submit(500)) {
    }
    EXPECT_TRUE(plan.Disarm()) << "nothing was flushed";
    const support::Ended ended = store.broker().Wait();
    AddRow(absl::StrCat(call, call == "write" ? " ENOSPC" : " EIO", ", table"), "flush", Describe(ended));
    EXPECT_EQ(ended.code, kStoreFailed) << ended.err.substr(0, 1000);
    EXPECT_TRUE(absl::StrContains(LogLine(ended.err, "store_failed"), "\"next\""));
    ASSERT_TRUE(store.broker().Start());
    store.ExpectNothingLost();
    EXPECT_EQ(store.broker().Stop().code, support::kDone);
  }
}

}  // namespace
}  // namespace envej::faults
