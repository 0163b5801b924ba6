// Whoever opens connections without end, and without a certificate, takes its own address's share of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

#include "absl/strings/numbers.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/loopback.h"
#include "tests/support/notice_messages.h"

namespace envej::trust {
namespace {

constexpr rlim_t kOpenFiles = 1200;  // of the broker, which keeps 640 to itself
constexpr int kConnections = 700;
constexpr in_addr_t kAnotherAddress = INADDR_LOOPBACK + 1;

TEST(ConnectionsTest, OneAddressLeavesRoomForAnother) {
  const rlimit files = {.rlim_cur = kOpenFiles, .rlim_max = kOpenFiles};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
  support::BrokerProcess broker;
  ASSERT_TRUE(broker.Start());
  int port = 0;
  ASSERT_TRUE(absl::SimpleAtoi(broker.address().substr(broker.address().rfind(':') + 1), &port));

  std::vector<int> connections;
  for (int opened = 0; opened < kConnections; ++opened) {
    connections.push_back(support::ConnectTo(port, kAnotherAddress));
    ASSERT_GE(connections.back(), 0);
  }
  EXPECT_TRUE(broker.WaitForLog("too many of one address"));

  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = support::NewNotice(support::kCode);
  v1::SubmitNoticeResponse answer;
  const grpc::Status status =
      broker.Intake(support::kRegion)->SubmitNotice(support::CallContext().get(), request, &answer);
  EXPECT_TRUE(status.ok()) << status.error_message();
  for (const int connection : connections) close(connection);
  EXPECT_EQ(broker.Stop().code, support::kDone);
}

}  // namespace
}  // namespace envej::trust
