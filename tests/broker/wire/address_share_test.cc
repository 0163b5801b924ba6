#include "broker/wire/address_share.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <vector>

#include "certs/listening_sockets.h"
#include "tests/support/loopback.h"
#include "tests/support/manual_clock.h"

namespace envej::wire {
namespace {

constexpr int kMost = 80;
constexpr int kShare = kMost / 4;
constexpr in_addr_t kFirst = INADDR_LOOPBACK;
constexpr in_addr_t kSecond = INADDR_LOOPBACK + 1;

class AddressShareTest : public testing::Test {
 protected:
  // How many more of an address may stay, until one may not, or so many do.
  int Take(in_addr_t address, int most = kMost) {
    int taken = 0;
    for (; taken < most; ++taken) {
      clients_.emplace_back(support::ConnectTo(listening_->port, address));
      Descriptor server(accept(listening_->sockets[0].number(), nullptr, nullptr));
      EXPECT_GE(server.number(), 0);
      if (!share_.Admit(server.number())) return taken;
      servers_.push_back(std::move(server));
    }
    return taken;
  }

  // Takes descriptors that are no connections' until the next one has at least this number.
  void FillUpTo(int number) {
    while (servers_.empty() || servers_.back().number() < number) servers_.emplace_back(dup(0));
  }

  ManualClock clock_{absl::UnixEpoch()};
  AddressShare share_{kMost, clock_};
  absl::StatusOr<ListeningSockets> listening_ = Listen("127.0.0.1:0");
  std::vector<Descriptor> clients_;
  std::vector<Descriptor> servers_;
};

std::string KeyOf(const char* address, int port = 1) {
  sockaddr_storage peer{};
  auto& ipv4 = reinterpret_cast<sockaddr_in&>(peer);
  auto& ipv6 = reinterpret_cast<sockaddr_in6&>(peer);
  if (inet_pton(AF_INET, address, &ipv4.sin_addr) == 1) {
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(static_cast<in_port_t>(port));
  } else if (inet_pton(AF_INET6, address, &ipv6.sin6_addr) == 1) {
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(static_cast<in_port_t>(port));
  }
  return ShareKey(peer);
}

TEST(ShareKeyTest, TellsAddressesApartAndNothingElse) {
  EXPECT_EQ(KeyOf("192.0.2.1", 1), KeyOf("192.0.2.1", 2));
  EXPECT_NE(KeyOf("192.0.2.1"), KeyOf("192.0.2.2"));
  EXPECT_EQ(KeyOf("192.0.2.1"), KeyOf("::ffff:192.0.2.1"));
  EXPECT_NE(KeyOf("::ffff:192.0.2.1"), KeyOf("::ffff:192.0.2.2"));
  EXPECT_EQ(KeyOf("2001:db8:0:1::1"), KeyOf("2001:db8:0:1:ffff::2")) << "one network";
  EXPECT_NE(KeyOf("2001:db8:0:1::1"), KeyOf("2001:db8:0:2::1"));
  EXPECT_EQ(KeyOf("neither"), "");
}

TEST_F(AddressShareTest, WhileThereIsRoomAnAddressHasWhatItWants) { EXPECT_EQ(Take(kFirst, 8), 8); }

TEST_F(AddressShareTest, WhenHalfIsTakenAnAddressHasAQuarter) {
  FillUpTo(kMost / 2);
  const int first = Take(kFirst);
  EXPECT_GT(first, 0);
  EXPECT_LE(first, kShare);
  EXPECT_GT(Take(kSecond, 3), 0) << "another one has its own";
  EXPECT_EQ(Take(kFirst), 0);
}

TEST_F(AddressShareTest, WhatWasClosedMakesRoomAfterASecond) {
  FillUpTo(kMost / 2);
  Take(kFirst);
  EXPECT_EQ(Take(kFirst), 0);
  clients_.clear();
  servers_.clear();
  FillUpTo(kMost / 2);
  EXPECT_EQ(Take(kFirst), 0) << "it is not looked up yet";
  clock_.Advance(absl::Seconds(1));
  EXPECT_GT(Take(kFirst), 0);
}

TEST_F(AddressShareTest, WhatIsNoConnectionMayStay) {
  FillUpTo(kMost / 2);
  EXPECT_TRUE(share_.Admit(servers_.back().number()));
}

}  // namespace
}  // namespace envej::wire
