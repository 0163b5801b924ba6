#include "broker/wire/acceptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <future>

#include "absl/strings/str_cat.h"
#include "tests/support/loopback.h"

namespace envej::wire {
namespace {

constexpr std::chrono::seconds kInTime(20);

Descriptor ConnectTo(int port) { return Descriptor(support::ConnectTo(port)); }

// What an acceptor tells, each once.
struct Told {
  std::promise<int> accepted;
  std::promise<std::string> refused;
  std::promise<absl::Status> given_up;

  AcceptorOptions Options(int descriptors_most) {
    return {.descriptors_most = descriptors_most,
            .failures_most = 3,
            .hand_over = [this](int, int connection) { accepted.set_value(connection); },
            .refused = [this](absl::string_view why) { refused.set_value(std::string(why)); },
            .give_up = [this](const absl::Status& why) { given_up.set_value(why); }};
  }
};

TEST(ListenTest, OneAddressIsListenedOnOnce) {
  const absl::StatusOr<ListeningSockets> first = Listen("127.0.0.1:0");
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_GT(first->port, 0);
  EXPECT_GE(ConnectTo(first->port).number(), 0);
  const absl::Status second = Listen(absl::StrCat("127.0.0.1:", first->port)).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.message()), testing::HasSubstr("is another program using the port?"));
}

TEST(ListenTest, EveryAddressOfANameHasTheSamePort) {
  for (const char* const name : {"localhost:0", "0.0.0.0:0"}) {
    const absl::StatusOr<ListeningSockets> listening = Listen(name);
    ASSERT_TRUE(listening.ok()) << listening.status();
    EXPECT_GE(ConnectTo(listening->port).number(), 0) << name;
  }
}

TEST(ListenTest, WhatIsNotHereIsRefusedInOneLine) {
  for (const char* const address : {"192.0.2.1:0", "no-such-host.invalid:0", "8443", "[::zz]:0"}) {
    const absl::Status status = Listen(address).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << address;
    EXPECT_THAT(std::string(status.message()), testing::StartsWith(absl::StrCat("cannot listen on ", address, ": ")));
  }
}

TEST(AcceptorTest, HandsOverWhatConnects) {
  Told told;
  absl::StatusOr<ListeningSockets> listening = Listen("127.0.0.1:0");
  ASSERT_TRUE(listening.ok());
  const Acceptor acceptor(std::move(listening->sockets), told.Options(1 << 20));
  const Descriptor client = ConnectTo(listening->port);
  std::future<int> accepted = told.accepted.get_future();
  ASSERT_EQ(accepted.wait_for(kInTime), std::future_status::ready);
  const Descriptor server(accepted.get());
  ASSERT_EQ(write(client.number(), "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(recv(server.number(), &byte, 1, 0), 1);
}

// Why an acceptor with these options closes what connects to it.
std::string WhyClosed(int descriptors_most, const std::function<bool(int)>& admit) {
  Told told;
  absl::StatusOr<ListeningSockets> listening = Listen("127.0.0.1:0");
  AcceptorOptions options = told.Options(descriptors_most);
  options.admit = admit;
  const Acceptor acceptor(std::move(listening->sockets), options);
  const Descriptor client = ConnectTo(listening->port);
  std::future<std::string> refused = told.refused.get_future();
  if (refused.wait_for(kInTime) != std::future_status::ready) return "not closed";
  char byte = 0;
  EXPECT_EQ(recv(client.number(), &byte, 1, 0), 0);
  return refused.get();
}

TEST(AcceptorTest, ClosesWhatComesBeyondItsBound) {
  EXPECT_EQ(WhyClosed(0, [](int) { return true; }), "too many");
}

TEST(AcceptorTest, ClosesWhatMayNotStay) {
  EXPECT_EQ(WhyClosed(1 << 20, [](int) { return false; }), "too many of one address");
}

TEST(AcceptorTest, GivesUpAfterSoManyFailures) {
  Told told;
  std::vector<Descriptor> sockets;
  sockets.emplace_back(eventfd(1, EFD_CLOEXEC));  // readable, and no socket
  std::future<absl::Status> given_up = told.given_up.get_future();
  const Acceptor acceptor(std::move(sockets), told.Options(1 << 20));
  ASSERT_EQ(given_up.wait_for(kInTime), std::future_status::ready);
  EXPECT_EQ(given_up.get().code(), absl::StatusCode::kResourceExhausted);
}

TEST(AcceptorTest, StopsWhileItWaits) {
  Told told;
  absl::StatusOr<ListeningSockets> listening = Listen("127.0.0.1:0");
  ASSERT_TRUE(listening.ok());
  { const Acceptor acceptor(std::move(listening->sockets), told.Options(1 << 20)); }
  EXPECT_LT(ConnectTo(listening->port).number(), 0);
}

}  // namespace
}  // namespace envej::wire
