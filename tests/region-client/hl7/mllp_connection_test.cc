#include "region-client/hl7/mllp_connection.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <memory>

#include "absl/time/clock.h"

namespace envej::hl7 {
namespace {

// A plain connection whose sender has bytes ready.
class MllpConnectionTest : public testing::Test {
 protected:
  void SetUp() override {
    std::array<int, 2> ends{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    sender_ = Descriptor(ends[1]);
    connection_ = MllpConnection::Make(Descriptor(ends[0]), stop_.number(), nullptr);
    ASSERT_NE(connection_, nullptr);
    ASSERT_EQ(send(sender_.number(), "\r\n", 2, MSG_NOSIGNAL), 2);
  }

  const Descriptor stop_{eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  Descriptor sender_{-1};
  std::unique_ptr<MllpConnection> connection_;
};

TEST_F(MllpConnectionTest, WhatIsReadyIsRead) {
  connection_->SetReadingTime(absl::Seconds(20));
  EXPECT_EQ(connection_->Read(), "\r\n");
}

TEST_F(MllpConnectionTest, NothingIsReadAfterItsTimeHoweverMuchIsReady) {
  connection_->SetReadingTime(absl::Milliseconds(1));
  absl::SleepFor(absl::Milliseconds(20));
  EXPECT_EQ(connection_->Read(), "");
}

TEST_F(MllpConnectionTest, NothingIsReadOnceAllIsToEndHoweverMuchIsReady) {
  connection_->SetReadingTime(absl::Seconds(20));
  ASSERT_EQ(eventfd_write(stop_.number(), 1), 0);
  EXPECT_EQ(connection_->Read(), "");
}

}  // namespace
}  // namespace envej::hl7
