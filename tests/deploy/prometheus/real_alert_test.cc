// Debian's Prometheus scrapes a real broker, and an alert fires and ends.

#include <gtest/gtest.h>

#include <string>

#include "tests/deploy/prometheus/prometheus_process.h"
#include "tests/deploy/prometheus/watched_broker.h"
#include "tests/deploy/support/program_run.h"

namespace envej::deploy {
namespace {

constexpr char kAlert[] = "EnvejReloadRefused";
TEST(RealAlertTest, ABrokenRegisterIsToldUntilItIsMended) {
  WatchedBroker watched;
  ASSERT_TRUE(watched.Start());
  PrometheusProcess prometheus(TestFolder(), watched.port);
  ASSERT_TRUE(prometheus.WaitFor(kAlert, "inactive")) << prometheus.Err();
  ASSERT_TRUE(prometheus.WaitFor("EnvejBrokerDown", "inactive")) << prometheus.Err();

  const std::string good = certs::ReadFile(watched.broker.folder().Path("participants.yaml"));
  watched.broker.folder().Write("participants.yaml", "regions: 1\n", 0644);
  watched.broker.Signal(SIGHUP);
  EXPECT_TRUE(prometheus.WaitFor(kAlert, "firing")) << prometheus.Err() << watched.Metrics();
  EXPECT_EQ(prometheus.BrokenRules(), "");

  watched.broker.folder().Write("participants.yaml", good, 0644);
  watched.broker.Signal(SIGHUP);
  EXPECT_TRUE(prometheus.WaitFor(kAlert, "inactive")) << prometheus.Err() << watched.Metrics();

  watched.broker.Kill();
  EXPECT_TRUE(prometheus.WaitFor("EnvejBrokerDown", "firing")) << prometheus.Err();
}

}  // namespace
}  // namespace envej::deploy
