#include "broker/wire/address_share.h"

#include <netinet/in.h>
#include <sys/socket.h>

namespace envej::wire {
namespace {

constexpr absl::Duration kBetweenCounts = absl::Seconds(1);
constexpr size_t kIpv6Bytes = 8;

// Of the peer; empty if there is none.
std::string AddressOf(int descriptor) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  return getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) == 0 ? ShareKey(peer) : std::string();
}

}  // namespace

std::string ShareKey(const sockaddr_storage& peer) {
  if (peer.ss_family == AF_INET) {
    const auto& address = reinterpret_cast<const sockaddr_in&>(peer).sin_addr;
    return {reinterpret_cast<const char*>(&address), sizeof address};
  }
  if (peer.ss_family != AF_INET6) return "";
  const auto& address = reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&address)) return {reinterpret_cast<const char*>(&address.s6_addr[12]), sizeof(in_addr)};
  return {reinterpret_cast<const char*>(&address), kIpv6Bytes};
}

bool AddressShare::Admit(int connection) {
  if (connection < most_ / 2) return true;
  const std::string address = AddressOf(connection);
  if (address.empty()) return true;
  const absl::Duration now = clock_.Elapsed();
  if (!counted_at_.has_value() || now - *counted_at_ >= kBetweenCounts) {
    counted_at_ = now;
    Count();
  } else {
    ++connections_[address];
  }
  int& held = connections_[address];
  if (held <= most_ / 4) return true;
  --held;
  return false;
}

void AddressShare::Count() {
  connections_.clear();
  for (int descriptor = 0; descriptor < most_; ++descriptor) {
    if (const std::string address = AddressOf(descriptor); !address.empty()) ++connections_[address];
  }
}

}  // namespace envej::wire
