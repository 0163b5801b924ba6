#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/broker_process.h"

namespace envej::system {
namespace {

using support::BrokerProcess;
using support::BytesAnswer;
using support::CallWithBytes;
using testing::HasSubstr;

constexpr char kHealthCheck[] = "/grpc.health.v1.Health/Check";
constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr char kServing[] = "\x08\x01";        // HealthCheckResponse: status = SERVING
constexpr char kListServices[] = "\x3a\x01*";  // ServerReflectionRequest: list_services = "*"

TEST(HealthTest, AHealthCheckSaysServing) {
  BrokerProcess broker;
  ASSERT_TRUE(broker.Start());
  for (const char* const caller : {support::kRegion, support::kMunicipality, support::kOperations}) {
    const BytesAnswer answer = CallWithBytes(broker.ChannelFor(caller), kHealthCheck, "");
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    EXPECT_EQ(answer.bytes, kServing);
  }
  const auto nobody = support::OpenChannel(broker.address(), support::CredentialsFor({}));
  EXPECT_EQ(CallWithBytes(nobody, kHealthCheck, "").status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(HealthTest, ReflectionIsThereOnlyIfAskedFor) {
  BrokerProcess without;
  ASSERT_TRUE(without.Start());
  const BytesAnswer refused = CallWithBytes(without.ChannelFor(support::kRegion), kReflection, kListServices);
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::UNIMPLEMENTED);

  BrokerProcess with({.more = "reflection: true\n"});
  ASSERT_TRUE(with.Start());
  const BytesAnswer answer = CallWithBytes(with.ChannelFor(support::kRegion), kReflection, kListServices);
  EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
  EXPECT_THAT(answer.bytes, HasSubstr("envej.v1.IntakeService"));
  EXPECT_THAT(answer.bytes, HasSubstr("envej.v1.InboxService"));
}

}  // namespace
}  // namespace envej::system
