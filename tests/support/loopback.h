#ifndef ENVEJ_TESTS_SUPPORT_LOOPBACK_H_
#define ENVEJ_TESTS_SUPPORT_LOOPBACK_H_

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace envej::support {

// A TCP connection to the port on this machine, which need not be accepted yet; -1 if there is none to be had. The
// caller closes it.
inline int ConnectTo(int port) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<in_port_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(connection, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) return connection;
  close(connection);
  return -1;
}

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_LOOPBACK_H_
