#ifndef ENVEJ_BROKER_OPERATIONS_WEB_WEB_SERVER_H_
#define ENVEJ_BROKER_OPERATIONS_WEB_WEB_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "broker/clock.h"
#include "broker/operations/web/feed.h"
#include "broker/operations/web/site.h"
#include "broker/operations/web/web_limits.h"
#include "broker/operations/web/web_sources.h"
#include "certs/https/assets.h"
#include "certs/https/https_server.h"
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

  int port() const { return server_->port(); }

 private:
  WebServer(WebSources sources, https::Assets assets, const Clock& clock, const WebLimits& limits);

  const WebLimits limits_;
  const WebSources sources_;
  const https::Assets assets_;
  Feed feed_;
  Site site_;
  std::unique_ptr<https::HttpsServer> server_;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_WEB_WEB_SERVER_H_
