#ifndef ENVEJ_BROKER_WIRE_ADDRESS_SHARE_H_
#define ENVEJ_BROKER_WIRE_ADDRESS_SHARE_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "broker/clock.h"

namespace envej::wire {

// Keeps one address from taking all connections: once half of the descriptors that connections may have are taken, an
// address has a quarter of them at the most. Of IPv6, the first 64 bits are the address: whoever has one of those has
// all. Participants behind one address, as behind a shared gateway, have one share together.
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
