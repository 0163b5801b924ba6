#ifndef ENVEJ_CERTS_HTTPS_THREAD_SIGNALS_H_
#define ENVEJ_CERTS_HTTPS_THREAD_SIGNALS_H_

#include <pthread.h>

#include <csignal>

namespace envej::https {

// From here on the calling thread is told of a connection that broke by an error alone: OpenSSL writes to a socket
// without asking for that.
inline void IgnoreBrokenPipes() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace envej::https

#endif  // ENVEJ_CERTS_HTTPS_THREAD_SIGNALS_H_
