#include "certs/listening_sockets.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace envej {
namespace {

constexpr char kChosenPort[] = "0";  // by the system

using Addresses = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

absl::StatusOr<Addresses> Resolve(const std::string& host, const std::string& port) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failure = getaddrinfo(host.c_str(), port.c_str(), &wanted, &found);
  if (failure != 0) return absl::UnavailableError(gai_strerror(failure));
  return Addresses(found, freeaddrinfo);
}

void SetOption(int socket, int level, int option, int value) {
  setsockopt(socket, level, option, &value, sizeof value);
}

void SetPort(sockaddr_storage& address, int port) {
  const in_port_t in_network_order = htons(static_cast<uint16_t>(port));
  if (address.ss_family == AF_INET6) reinterpret_cast<sockaddr_in6&>(address).sin6_port = in_network_order;
  if (address.ss_family == AF_INET) reinterpret_cast<sockaddr_in&>(address).sin_port = in_network_order;
}

int PortOf(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

// A socket that listens there, or -1 and errno.
Descriptor ListenOn(const addrinfo& found, int port, int backlog) {
  sockaddr_storage address{};
  std::copy_n(reinterpret_cast<const char*>(found.ai_addr), found.ai_addrlen, reinterpret_cast<char*>(&address));
  if (port != 0) SetPort(address, port);
  Descriptor opened(socket(found.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (opened.number() < 0) return opened;
  SetOption(opened.number(), SOL_SOCKET, SO_REUSEADDR, 1);
  SetOption(opened.number(), IPPROTO_TCP, TCP_NODELAY, 1);  // of what it accepts, too
  if (found.ai_family == AF_INET6) SetOption(opened.number(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  const bool listens = bind(opened.number(), reinterpret_cast<sockaddr*>(&address), found.ai_addrlen) == 0 &&
                       listen(opened.number(), backlog) == 0;
  return listens ? std::move(opened) : Descriptor(-1);
}

// Of a name with several addresses, one that this machine does not have, such as IPv6's where that is switched off.
bool IsElsewhere(int error) { return error == EADDRNOTAVAIL || error == EAFNOSUPPORT; }

absl::Status Failed(absl::string_view address, absl::string_view why) {
  return absl::UnavailableError(absl::StrCat("cannot listen on ", address, ": ", why));
}

struct Place {
  std::string host;
  std::string port;
};

absl::StatusOr<Place> PlaceOf(absl::string_view address) {
  const size_t colon = address.rfind(':');
  if (colon == absl::string_view::npos) return absl::InvalidArgumentError("it is not HOST:PORT");
  absl::string_view host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const absl::string_view port = address.substr(colon + 1);
  uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size()) {
    return absl::InvalidArgumentError("its port is no number from 0 to 65535");
  }
  return Place{.host = std::string(host), .port = std::string(port)};
}

bool IsLoopback(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return false;
  if (address.ss_family == AF_INET6) return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<sockaddr_in6&>(address).sin6_addr);
  return address.ss_family == AF_INET &&
         ntohl(reinterpret_cast<sockaddr_in&>(address).sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

absl::StatusOr<ListeningSockets> ListenAt(const Place& place, int backlog, absl::string_view address) {
  const absl::StatusOr<Addresses> resolved = Resolve(place.host, place.port);
  if (!resolved.ok()) return Failed(address, resolved.status().message());
  ListeningSockets listening;
  std::set<std::string> seen;
  int last_error = EADDRNOTAVAIL;
  for (const addrinfo* found = resolved->get(); found != nullptr; found = found->ai_next) {
    if (!seen.emplace(reinterpret_cast<const char*>(found->ai_addr), found->ai_addrlen).second) continue;
    Descriptor socket = ListenOn(*found, listening.port, backlog);
    if (socket.number() < 0) {
      last_error = errno;
      if (IsElsewhere(last_error)) continue;
      return Failed(address, absl::StrCat(strerror(last_error), "; is another program using the port?"));
    }
    listening.port = PortOf(socket.number());
    listening.sockets.push_back(std::move(socket));
  }
  if (listening.sockets.empty()) return Failed(address, strerror(last_error));
  return listening;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Descriptor::~Descriptor() {
  const int error = errno;
  if (number_ >= 0) close(number_);
  errno = error;
}

absl::StatusOr<ListeningSockets> Listen(absl::string_view address, int backlog) {
  const absl::StatusOr<Place> place = PlaceOf(address);
  return place.ok() ? ListenAt(*place, backlog, address) : Failed(address, place.status().message());
}

absl::StatusOr<ListeningSockets> ListenBeside(absl::string_view address) {
  const absl::StatusOr<Place> place = PlaceOf(address);
  if (!place.ok()) return Failed(address, place.status().message());
  return ListenAt({.host = place->host, .port = kChosenPort}, 1, address);
}

bool IsOnLoopback(const ListeningSockets& listening) {
  return std::all_of(listening.sockets.begin(), listening.sockets.end(),
                     [](const Descriptor& socket) { return IsLoopback(socket.number()); });
}

}  // namespace envej
