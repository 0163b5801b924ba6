#ifndef ENVEJ_REGION_CLIENT_PAGES_WARD_PAGES_H_
#define ENVEJ_REGION_CLIENT_PAGES_WARD_PAGES_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/https/assets.h"
#include "certs/https/https_limits.h"
#include "certs/https/https_server.h"
#include "certs/server_context.h"
#include "region-client/agent/desk.h"
#include "region-client/pages/consent_api.h"
#include "region-client/pages/municipalities.h"
#include "region-client/pages/page_options.h"
#include "region-client/pages/process_message.h"
#include "region-client/pages/ward_site.h"

namespace envej::region {

// What the pages work on. All that is referred to must outlive them.
struct WardPagesParts {
  Desk& desk;
  const Municipalities& municipalities;
  std::function<bool()> reaches_broker;  // as far as is known; does not block
  std::function<absl::Time()> now;
  absl::TimeZone copenhagen;
  ProcessMessage process_message;                    // may be empty
  std::function<void(const std::string& json)> log;  // ward_site.h
};

// Serves ward staff their pages, and systems the place for their messages, by HTTPS, for as long as it lives, on
// threads of its own. What there is at each path stands in ward_site.h.
class WardPages {
 public:
  // UNAVAILABLE if it cannot be listened on; NOT_FOUND if a file of a Debian package is missing, which is named; else
  // the errors of LoadTlsFiles. In one line each.
  static absl::StatusOr<std::unique_ptr<WardPages>> Start(const PageOptions& options, WardPagesParts parts,
                                                          const https::HttpsLimits& limits = {});

  // Reads certificate, key and authorities again, for the connections from now on. An error changes nothing.
  absl::Status Reload();

  int port() const { return server_->port(); }

 private:
  WardPages(const PageOptions& options, WardPagesParts parts, https::Assets assets,
            std::unique_ptr<certs::ServerContext> context);

  const PageOptions options_;
  const std::function<absl::Time()> now_;
  const https::Assets assets_;
  const ConsentApi api_;
  WardSite site_;
  const std::unique_ptr<certs::ServerContext> context_;
  std::unique_ptr<https::HttpsServer> server_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_PAGES_WARD_PAGES_H_
