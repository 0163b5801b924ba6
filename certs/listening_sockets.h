#ifndef ENVEJ_CERTS_LISTENING_SOCKETS_H_
#define ENVEJ_CERTS_LISTENING_SOCKETS_H_

#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace envej {

// A file descriptor of its own, closed with it.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int number() const { return number_; }
  // It is the caller's to close.
  int Release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

// Sockets that listen on every address of one name, all on the same port. They do not block.
struct ListeningSockets {
  std::vector<Descriptor> sockets;  // one at least
  int port = 0;
};

// Listens on HOST:PORT or [IPV6]:PORT; port 0 is one that the system chooses, and [::] takes IPv4 as well. UNAVAILABLE,
// in one line, if it cannot: another program has the port, or nothing here has the address.
// `backlog` is what the kernel holds, for each socket, of connections that were not accepted yet; it knows a bound of
// its own.
absl::StatusOr<ListeningSockets> Listen(absl::string_view address, int backlog = 4096);

// Listens where `address` says, but on a port of the system's choice: so it can be told whether it is an address of
// this machine while the port is in use. Errors as above.
absl::StatusOr<ListeningSockets> ListenBeside(absl::string_view address);

// Whether nobody but this machine reaches any of them.
bool IsOnLoopback(const ListeningSockets& listening);

}  // namespace envej

#endif  // ENVEJ_CERTS_LISTENING_SOCKETS_H_
