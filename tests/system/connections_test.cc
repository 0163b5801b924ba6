// Connections of nobody in particular: too many, or of bytes that are no TLS.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "broker/log_limit.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/loopback.h"
#include "tests/support/notice_messages.h"

namespace envej::system {
namespace {

using support::BrokerProcess;
using support::CallContext;
using support::Ended;
using testing::HasSubstr;

constexpr int kOpenFiles = 1024;
constexpr int kMoreThanThat = 1200;
constexpr char kNoTls[] = "GET / HTTP/1.1\r\n\r\n";

// Plain TCP connections, closed when this goes.
class PlainConnections {
 public:
  PlainConnections(const std::string& address, int count, const std::string& bytes = "") {
    int port = 0;
    EXPECT_TRUE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port));
    for (int opened = 0; opened < count; ++opened) {
      const int connection = support::ConnectTo(port);
      EXPECT_GE(connection, 0);
      // One that the broker has closed already takes no bytes.
      [[maybe_unused]] const ssize_t sent = send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      connections_.push_back(connection);
    }
  }
  ~PlainConnections() {
    for (const int connection : connections_) close(connection);
  }
  PlainConnections(const PlainConnections&) = delete;
  PlainConnections& operator=(const PlainConnections&) = delete;

 private:
  std::vector<int> connections_;
};

grpc::Status Submit(v1::IntakeService::Stub& intake) {
  const auto context = CallContext();
  context->set_wait_for_ready(true);
  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = support::NewNotice(support::kCode);
  v1::SubmitNoticeResponse answer;
  return intake.SubmitNotice(context.get(), request, &answer);
}

int64_t LinesOf(const std::string& log, absl::string_view event) {
  const std::vector<absl::string_view> lines = absl::StrSplit(log, '\n');
  return std::count_if(lines.begin(), lines.end(),
                       [event](absl::string_view line) { return absl::StrContains(line, event); });
}

class ConnectionsTest : public testing::Test {
 protected:
  void SetUp() override {
    rlimit files{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = files.rlim_max;
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
  }
};

TEST_F(ConnectionsTest, MoreThanTheProcessMayHaveAreClosedAndOthersAreServedAllTheTime) {
  BrokerProcess broker({.more = "", .open_files = kOpenFiles});
  ASSERT_TRUE(broker.Start());
  const auto before = broker.Intake(support::kRegion);
  ASSERT_TRUE(Submit(*before).ok());
  {
    const PlainConnections many(broker.address(), kMoreThanThat);
    const absl::Time until = absl::Now() + absl::Seconds(3);
    while (absl::Now() < until) {
      const grpc::Status status = Submit(*before);
      ASSERT_TRUE(status.ok()) << status.error_message();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  const grpc::Status status = Submit(*broker.Intake(support::kRegion));
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(broker.Stop().code, support::kDone);
  EXPECT_THAT(broker.Log(), HasSubstr(R"("event":"connection_refused")"));
}

TEST_F(ConnectionsTest, ABrokerThatMayHaveTooFewFilesDoesNotStart) {
  BrokerProcess broker({.more = "", .open_files = 512});
  const Ended ended = broker.StartRefused();
  EXPECT_EQ(ended.code, support::kConfigurationRefused);
  EXPECT_THAT(ended.err, HasSubstr("only 512 files may be open (ulimit -n)"));
}

TEST_F(ConnectionsTest, ABrokerThatCannotAcceptAnyMoreEndsByItsOwnCode) {
  BrokerProcess broker;
  ASSERT_TRUE(broker.Start());
  const rlimit none{.rlim_cur = 5, .rlim_max = 5};
  ASSERT_EQ(prlimit(broker.process_id(), RLIMIT_NOFILE, &none, nullptr), 0);
  const PlainConnections one(broker.address(), 1);
  EXPECT_EQ(broker.Wait(absl::Seconds(60)).code, support::kCannotAccept);
  EXPECT_THAT(broker.Log(), HasSubstr(R"("event":"cannot_accept")"));
}

TEST_F(ConnectionsTest, ManyThatAreNoTlsMakeFewLinesOfLog) {
  BrokerProcess broker;
  ASSERT_TRUE(broker.Start());
  const absl::Time begun = absl::Now();
  { const PlainConnections many(broker.address(), kMoreThanThat, kNoTls); }
  const auto intake = broker.Intake(support::kRegion);
  EXPECT_TRUE(Submit(*intake).ok());
  const testing::Matcher<const std::string&> tells_of_others =
      testing::ContainsRegex(R"re("event":"library_error".*"left_out":[1-9])re");
  while (!testing::Matches(tells_of_others)(broker.Log())) {
    ASSERT_LT(absl::Now(), begun + absl::Seconds(20)) << broker.Log();
    const PlainConnections more(broker.address(), 1, kNoTls);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  const int64_t seconds = absl::ToInt64Seconds(absl::Now() - begun) + 2;
  EXPECT_LE(LinesOf(broker.Log(), "library_error"), seconds * LogLimit::kLinesASecond);
  EXPECT_EQ(broker.Stop().code, support::kDone);
}

}  // namespace
}  // namespace envej::system
