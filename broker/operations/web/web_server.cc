#include "broker/operations/web/web_server.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "broker/operations/web/own_files.h"

namespace envej::operations {

absl::StatusOr<std::unique_ptr<WebServer>> WebServer::Start(const std::string& listen, WebSources sources,
                                                            const certs::ServerContext& context, const Clock& clock,
                                                            const WebLimits& limits) {
  absl::StatusOr<https::Assets> assets =
      https::Assets::Read(OwnFiles(), {{"bootstrap.css", "bootstrap5/css/bootstrap.min.css", "libjs-bootstrap5"},
                                       {"chart.js", "chart.js/chart.min.js", "libjs-chart.js"}});
  if (!assets.ok()) return assets.status();
  std::unique_ptr<WebServer> server(new WebServer(std::move(sources), *std::move(assets), clock, limits));
  absl::StatusOr<std::unique_ptr<https::HttpsServer>> https = https::HttpsServer::Start(
      listen, server->site_, context, [&clock] { return clock.Elapsed(); }, limits);
  if (!https.ok()) {
    return absl::UnavailableError(
        absl::StrCat("operations: ", https.status().message(), "; another address goes under operations.listen"));
  }
  server->server_ = *std::move(https);
  return server;
}

WebServer::WebServer(WebSources sources, https::Assets assets, const Clock& clock, const WebLimits& limits)
    : limits_(limits),
      sources_(std::move(sources)),
      assets_(std::move(assets)),
      feed_(sources_.answers, limits_, clock),
      site_(sources_, assets_, feed_, limits_, clock) {}

WebServer::~WebServer() { feed_.Stop(); }

}  // namespace envej::operations
