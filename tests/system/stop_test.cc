// What does not hold up a broker that is asked to stop. What it does wait for is in programs_test.

#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>

#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"

namespace envej::system {
namespace {

using support::BrokerProcess;
using support::CallContext;

// Calls under way would get five minutes, and gRPC gives a connection that does not say goodbye 20 seconds: a stop that
// comes long before waited for neither.
constexpr char kLongDrain[] = "drain_seconds: 300\n";
constexpr absl::Duration kLongBefore = absl::Seconds(12);

// A channel of this program never looks at its connection while it has no calls, instead of every five seconds. gRPC
// reads this when it starts.
[[maybe_unused]] const int kChannelsLookNever = setenv("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "0", 1);

TEST(StopTest, AClientWithoutCallsDoesNotHoldItUp) {
  BrokerProcess broker({.more = kLongDrain});
  ASSERT_TRUE(broker.Start());
  const auto intake = broker.Intake(support::kRegion);
  v1::GetServiceInfoResponse answer;
  ASSERT_TRUE(intake->GetServiceInfo(CallContext().get(), {}, &answer).ok());
  broker.Signal(SIGTERM);
  EXPECT_EQ(broker.Wait(kLongBefore).code, support::kDone);
}

}  // namespace
}  // namespace envej::system
