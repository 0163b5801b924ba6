#ifndef ENVEJ_BROKER_OPERATIONS_WEB_WEB_SERVER_H_
#define ENVEJ_BROKER_OPERATIONS_WEB_WEB_SERVER_H_

#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "broker/clock.h"
#include "broker/mutex.h"
#include "broker/operations/web/assets.h"
#include "broker/operations/web/feed.h"
#include "broker/operations/web/lobby.h"
#include "broker/operations/web/site.h"
#include "broker/operations/web/tls_connection.h"
#include "broker/operations/web/web_limits.h"
#include "broker/operations/web/web_sources.h"
#include "certs/listening_sockets.h"
#include "certs/server_context.h"

namespace envej::operations {

// Serves the pages for operations by HTTPS, for as long as it lives, on threads of its own. Clients can take no more of
// it than the limits say. What there is at each path stands in site.h.
class WebServer {
 public:
  // `listen` is HOST:PORT or [IPV6]:PORT; port 0 lets the system choose one. UNAVAILABLE if it cannot be listened on;
  // NOT_FOUND if a file of a Debian package is missing, which is named. The context and the clock must outlive it; what
  // replaces the context's material holds from the next connection on.
  static absl::StatusOr<std::unique_ptr<WebServer>> Start(const std::string& listen, WebSources sources,
                                                          const certs::ServerContext& context, const Clock& clock,
                                                          const WebLimits& limits = {});
  // Ends open requests and feeds at once.
  ~WebServer();
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  int port() const { return lobby_->port(); }

 private:
  class Protocol;

  WebServer(WebSources sources, Assets assets, Descriptor stop, const Clock& clock, const WebLimits& limits);
  void Run() ENVEJ_EXCLUDES(mutex_);
  void Serve(std::unique_ptr<TlsConnection> connection);
  void Hand(std::unique_ptr<TlsConnection> connection) ENVEJ_EXCLUDES(mutex_);

  const WebLimits limits_;
  const WebSources sources_;
  const Assets assets_;
  const Descriptor stop_;  // an eventfd: readable once everything is to end
  Feed feed_;
  Site site_;
  const std::unique_ptr<Protocol> protocol_;

  Mutex mutex_;
  ConditionVariable work_;
  bool stopping_ ENVEJ_GUARDED_BY(mutex_) = false;
  std::deque<std::unique_ptr<TlsConnection>> queue_ ENVEJ_GUARDED_BY(mutex_);
  std::unique_ptr<Lobby> lobby_;
  std::vector<std::thread> workers_;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_WEB_WEB_SERVER_H_
