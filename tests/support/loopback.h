#ifndef ENVEJ_TESTS_SUPPORT_LOOPBACK_H_
#define ENVEJ_TESTS_SUPPORT_LOOPBACK_H_

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace envej::support {

// A TCP connection to the port on this machine, which need not be accepted yet; -1 if there is none to be had. The
// caller closes it. `from` is one of 127.0.0.0/8, all of which are this machine's.
inline int ConnectTo(int port, in_addr_t from = INADDR_LOOPBACK) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(from);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<in_port_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(connection, reinterpret_cast<sockaddr*>(&here), sizeof here) == 0 &&
      connect(connection, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) {
    return connection;
  }
  close(connection);
  return -1;
}

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_LOOPBACK_H_
