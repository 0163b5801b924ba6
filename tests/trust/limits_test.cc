// What one caller may not do: each is refused, and the broker goes on.

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "proto/contract/limits.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"

namespace envej::trust {
namespace {

using support::BrokerProcess;
using support::CallContext;

constexpr int kStreams = 3;

class LimitsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(broker_.Start()); }
  void TearDown() override {
    EXPECT_TRUE(Submit(*broker_.Intake(support::kOtherRegion), *CallContext()).ok()) << "another is not served";
    EXPECT_EQ(broker_.Stop().code, support::kDone);
  }

  static grpc::Status Submit(v1::IntakeService::Stub& intake, grpc::ClientContext& context) {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = support::NewNotice(support::kCode);
    v1::SubmitNoticeResponse answer;
    return intake.SubmitNotice(&context, request, &answer);
  }

  BrokerProcess broker_{{.more = "limits: {concurrent_streams: 3}\n"}};
};

TEST_F(LimitsTest, MetadataThatIsTooLargeIsRefused) {
  const auto intake = broker_.Intake(support::kRegion);
  for (const size_t bytes : {size_t{9} << 10, size_t{1} << 20}) {
    const auto context = CallContext();
    context->AddMetadata("padding", std::string(bytes, 'x'));
    EXPECT_FALSE(Submit(*intake, *context).ok()) << bytes;
  }
  // The connection goes with the refusal, and a call that meets its closing is UNAVAILABLE.
  grpc::Status status(grpc::StatusCode::UNAVAILABLE, "");
  for (int attempt = 0; attempt < 100 && status.error_code() == grpc::StatusCode::UNAVAILABLE; ++attempt) {
    const auto context = CallContext();
    context->AddMetadata("padding", std::string(1 << 10, 'x'));
    context->set_wait_for_ready(true);
    status = Submit(*intake, *context);
  }
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(LimitsTest, AMessageThatIsTooLargeIsRefused) {
  const auto intake = broker_.Intake(support::kRegion);
  v1::SubmitNoticesRequest request;
  *request.add_notices() = support::NewNotice(support::kCode);
  request.mutable_notices(0)->mutable_citizen()->set_name(
      std::string(contract::kBatchBytes + contract::kBatchOverheadBytes, 'x'));
  v1::SubmitNoticesResponse answer;
  const grpc::Status status = intake->SubmitNotices(CallContext().get(), request, &answer);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
  EXPECT_TRUE(Submit(*intake, *CallContext()).ok()) << "the connection goes on";
}

// Those beyond the bound wait at the client until one of the others has ended.
TEST_F(LimitsTest, MoreCallsThanAConnectionMayHaveWait) {
  const auto inbox = v1::InboxService::NewStub(broker_.ChannelFor(support::kMunicipality));
  v1::PullNoticesRequest request;
  request.set_municipality_code(support::kCode);
  request.mutable_wait()->set_seconds(2);
  std::atomic<int> ended = 0;
  std::vector<std::thread> pulls;
  const absl::Time begin = absl::Now();
  for (int pull = 0; pull < kStreams; ++pull) {
    pulls.emplace_back([&] {
      v1::PullNoticesResponse answer;
      EXPECT_TRUE(inbox->PullNotices(CallContext().get(), request, &answer).ok());
      ++ended;
    });
  }
  absl::SleepFor(absl::Milliseconds(500));  // for all of them to have begun
  v1::PullNoticesRequest at_once;
  at_once.set_municipality_code(support::kCode);
  v1::PullNoticesResponse answer;
  EXPECT_TRUE(inbox->PullNotices(CallContext().get(), at_once, &answer).ok());
  EXPECT_GE(absl::Now() - begin, absl::Milliseconds(1900));
  EXPECT_GE(ended, 1);
  for (std::thread& pull : pulls) pull.join();
}

TEST_F(LimitsTest, WhoPingsTooOftenIsSentAway) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 100);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  const auto channel =
      grpc::CreateCustomChannel(broker_.address(), support::CredentialsFor({support::kMunicipality}), arguments);
  const auto inbox = v1::InboxService::NewStub(channel);
  v1::PullNoticesRequest request;
  request.set_municipality_code(support::kCode);
  request.mutable_wait()->set_seconds(15);
  v1::PullNoticesResponse answer;
  const absl::Time begin = absl::Now();
  const grpc::Status status = inbox->PullNotices(CallContext().get(), request, &answer);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
  EXPECT_LT(absl::Now() - begin, absl::Seconds(14));
}

}  // namespace
}  // namespace envej::trust
