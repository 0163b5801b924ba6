#include "broker/wire/acceptor.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace envej::wire {
namespace {

constexpr int kPauseMilliseconds = 100;

// What says nothing about the next connection: it went away, or its network failed (accept(2) passes such errors on).
bool IsOfOneConnection(int error) {
  switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case EPERM:
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
    case ETIMEDOUT:
      return true;
    default:
      return false;
  }
}

}  // namespace

Acceptor::Acceptor(std::vector<Descriptor> sockets, AcceptorOptions options)
    : sockets_(std::move(sockets)), options_(std::move(options)), thread_([this] { Run(); }) {}

Acceptor::~Acceptor() {
  stopping_ = true;
  for (const Descriptor& socket : sockets_) shutdown(socket.number(), SHUT_RD);  // wakes the thread
  thread_.join();
}

void Acceptor::Run() {
  int failures = 0;
  int error = 0;
  std::vector<pollfd> watched;
  for (const Descriptor& socket : sockets_) watched.push_back({.fd = socket.number(), .events = POLLIN, .revents = 0});
  while (failures < options_.failures_most) {
    // After a failure the connection is still there, so that waiting for one would not be waiting.
    const bool pause = failures > 0;
    const int polled = poll(watched.data(), pause ? 0 : watched.size(), pause ? kPauseMilliseconds : -1);
    if (stopping_) return;
    error = polled < 0 && errno != EINTR ? errno : AcceptFromEach();
    failures = error == 0 ? 0 : failures + 1;
  }
  options_.give_up(
      absl::ResourceExhaustedError(absl::StrCat("connections cannot be accepted any more: ", strerror(error))));
}

int Acceptor::AcceptFromEach() {
  for (const Descriptor& socket : sockets_) {
    Descriptor connection(accept4(socket.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (connection.number() >= options_.descriptors_most) {
      options_.refused("too many");
    } else if (connection.number() >= 0 && !options_.admit(connection.number())) {
      options_.refused("too many of one address");
    } else if (connection.number() >= 0) {
      options_.hand_over(socket.number(), connection.Release());
    } else if (errno != EAGAIN && errno != EWOULDBLOCK && !IsOfOneConnection(errno)) {
      return errno;
    }
  }
  return 0;
}

}  // namespace envej::wire
