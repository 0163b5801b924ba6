#ifndef ENVEJ_BROKER_WIRE_ADDRESS_SHARE_H_
#define ENVEJ_BROKER_WIRE_ADDRESS_SHARE_H_

#include <sys/socket.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "broker/clock.h"

namespace envej::wire {

// What counts as one address of a peer: bytes that differ where the address does, whatever its port; empty for what is
// neither IPv4 nor IPv6. Of IPv6 the first 64 bits count, since whoever has one of those has all; IPv4 as IPv6 shows it
// is that IPv4 address.
std::string ShareKey(const sockaddr_storage& peer);

// Keeps one address from taking all connections: once half of the descriptors that connections may have are taken, an
// address (ShareKey) has a quarter of them at the most. Participants behind one address, as behind a shared gateway,
// have one share together.
//
// How many connections an address has is looked up among the open descriptors, once a second at the most; between,
// those that come are added. Thread safety: none.
class AddressShare {
 public:
  // The clock must outlive it.
  AddressShare(int descriptors_most, const Clock& clock) : most_(descriptors_most), clock_(clock) {}

  // Whether a connection that was just accepted may stay; what is no TCP connection may.
  bool Admit(int connection);

 private:
  void Count();

  const int most_;
  const Clock& clock_;
  std::optional<absl::Duration> counted_at_;
  std::map<std::string, int> connections_;  // by address
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_ADDRESS_SHARE_H_
