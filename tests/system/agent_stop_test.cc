// envej-region agent ends soon after SIGTERM, whatever it waits for, and loses nothing by it.

#include <gtest/gtest.h>
#include <signal.h>

#include <string>

#include "tests/system/agent_fixture.h"

namespace envej::system {
namespace {

constexpr absl::Duration kEndsWithin = absl::Seconds(2);

class SystemAgentStopTest : public SystemAgentTest {
 protected:
  void StopsSoon() {
    const absl::Time asked = absl::Now();
    StopAgent();
    EXPECT_LT(absl::Now() - asked, kEndsWithin) << agent_->Err();
  }
};

TEST_F(SystemAgentStopTest, WhileNobodyListensAtTheBrokersAddress) {
  Discharge(1);
  StartAgent();
  Consent(0);
  absl::SleepFor(absl::Seconds(1));  // it waits for a connection
  StopsSoon();
  ASSERT_TRUE(broker_.Start());
  StartAgent();
  EXPECT_TRUE(WaitUntil([this] { return Outgoing() == 0; })) << agent_->Err();
  EXPECT_EQ(AtBroker().size(), 1u);
  StopsSoon();
}

TEST_F(SystemAgentStopTest, WhileTheBrokerHasItsCallsAndAnswersNone) {
  ASSERT_TRUE(broker_.Start());
  Discharge(2);
  StartAgent();
  Consent(0);
  ASSERT_TRUE(WaitUntil([this] { return Outgoing() == 0; })) << agent_->Err();
  broker_.Signal(SIGSTOP);
  Consent(1);
  Consent(0, "20 12 34 57");
  absl::SleepFor(absl::Seconds(1));  // the calls are under way
  StopsSoon();
  broker_.Signal(SIGCONT);
  StartAgent();
  EXPECT_TRUE(WaitUntil([this] { return Outgoing() == 0; })) << agent_->Err();
  EXPECT_EQ(AtBroker().size(), 2u);
  EXPECT_EQ(Notice(0).revision(), 2u);
  EXPECT_EQ(Notice(0).standing(), ward::v1::NOTICE_STANDING_ACCEPTED);
  StopsSoon();
}

}  // namespace
}  // namespace envej::system
