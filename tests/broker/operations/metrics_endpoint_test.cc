#include "broker/operations/metrics_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include "absl/strings/str_cat.h"

namespace envej::operations {
namespace {

using testing::HasSubstr;

TEST(MetricsEndpointTest, ServesWhatIsCountedAndNothingElse) {
  Metrics metrics;
  const auto endpoint = MetricsEndpoint::Start("127.0.0.1:0", metrics);
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  httplib::Client client("127.0.0.1", (*endpoint)->port());
  metrics.CountEndedCalls(3);
  const httplib::Result answer = client.Get("/metrics");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->body, HasSubstr("envej_calls_ended_total 3"));
  EXPECT_EQ(client.Get("/")->status, 404);
  EXPECT_NE(client.Post("/metrics", "x", "text/plain")->status, 200);
}

TEST(MetricsEndpointTest, ATakenPortIsRefusedByItsAddress) {
  Metrics metrics;
  const auto first = MetricsEndpoint::Start("127.0.0.1:0", metrics);
  ASSERT_TRUE(first.ok());
  const std::string taken = absl::StrCat("127.0.0.1:", (*first)->port());
  const auto second = MetricsEndpoint::Start(taken, metrics);
  EXPECT_TRUE(absl::IsUnavailable(second.status()));
  EXPECT_THAT(second.status().message(), HasSubstr(taken));
}

TEST(MetricsEndpointTest, MayGoAsSoonAsItIsThere) {
  Metrics metrics;
  for (int round = 0; round < 20; ++round) EXPECT_TRUE(MetricsEndpoint::Start("127.0.0.1:0", metrics).ok());
}

}  // namespace
}  // namespace envej::operations
