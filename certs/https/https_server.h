#ifndef ENVEJ_CERTS_HTTPS_HTTPS_SERVER_H_
#define ENVEJ_CERTS_HTTPS_HTTPS_SERVER_H_

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "certs/https/elapsed.h"
#include "certs/https/https_handler.h"
#include "certs/https/https_limits.h"
#include "certs/https/lobby.h"
#include "certs/https/tls_connection.h"
#include "certs/listening_sockets.h"
#include "certs/server_context.h"

namespace envej::https {

// Serves HTTPS, for as long as it lives, on threads of its own, to clients that show a certificate. They can take no
// more of it than the limits say.
class HttpsServer {
 public:
  // `listen` is HOST:PORT or [IPV6]:PORT; port 0 lets the system choose one. UNAVAILABLE if it cannot be listened on.
  // Handler and context must outlive it; what replaces the context's material holds from the next connection on.
  static absl::StatusOr<std::unique_ptr<HttpsServer>> Start(const std::string& listen, HttpsHandler& handler,
                                                            const certs::ServerContext& context, Elapsed elapsed,
                                                            const HttpsLimits& limits = {});
  // Ends open requests at once; an answer that is being made is waited for.
  ~HttpsServer();
  HttpsServer(const HttpsServer&) = delete;
  HttpsServer& operator=(const HttpsServer&) = delete;

  int port() const { return lobby_->port(); }

 private:
  class Protocol;

  HttpsServer(HttpsHandler& handler, Descriptor stop, Elapsed elapsed, const HttpsLimits& limits);
  void Run();
  void Serve(std::unique_ptr<TlsConnection> connection);
  void Hand(std::unique_ptr<TlsConnection> connection);
  bool Receive(TlsConnection& connection);

  HttpsHandler& handler_;
  const HttpsLimits limits_;
  const Elapsed elapsed_;
  const Descriptor stop_;  // an eventfd: readable once everything is to end
  const std::unique_ptr<Protocol> protocol_;

  std::mutex mutex_;  // of the two below
  std::condition_variable work_;
  bool stopping_ = false;
  std::deque<std::unique_ptr<TlsConnection>> queue_;
  std::unique_ptr<Lobby> lobby_;
  std::vector<std::thread> workers_;
};

}  // namespace envej::https

#endif  // ENVEJ_CERTS_HTTPS_HTTPS_SERVER_H_
