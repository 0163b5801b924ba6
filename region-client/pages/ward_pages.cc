#include "region-client/pages/ward_pages.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/https/elapsed.h"
#include "region-client/pages/own_files.h"

namespace envej::region {

absl::StatusOr<std::unique_ptr<WardPages>> WardPages::Start(const PageOptions& options, WardPagesParts parts,
                                                            const https::HttpsLimits& limits) {
  absl::StatusOr<https::Assets> assets =
      https::Assets::Read(OwnFiles(), {{"bootstrap.css", "bootstrap5/css/bootstrap.min.css", "libjs-bootstrap5"}});
  if (!assets.ok()) return assets.status();
  const absl::StatusOr<certs::TlsMaterial> material = certs::LoadTlsFiles(options.files, parts.now());
  if (!material.ok()) return material.status();
  absl::StatusOr<std::unique_ptr<certs::ServerContext>> context = certs::ServerContext::Create(*material);
  if (!context.ok()) return context.status();
  std::unique_ptr<WardPages> pages(new WardPages(options, std::move(parts), *std::move(assets), *std::move(context)));
  absl::StatusOr<std::unique_ptr<https::HttpsServer>> server =
      https::HttpsServer::Start(options.listen, pages->site_, *pages->context_, https::SystemElapsed, limits);
  if (!server.ok()) {
    return absl::UnavailableError(
        absl::StrCat("page: ", server.status().message(), "; another address goes under page.listen"));
  }
  pages->server_ = *std::move(server);
  return pages;
}

WardPages::WardPages(const PageOptions& options, WardPagesParts parts, https::Assets assets,
                     std::unique_ptr<certs::ServerContext> context)
    : options_(options),
      now_(parts.now),
      assets_(std::move(assets)),
      api_({.desk = parts.desk,
            .municipalities = parts.municipalities,
            .reaches_broker = parts.reaches_broker,
            .now = parts.now,
            .copenhagen = parts.copenhagen}),
      site_({.sign_in = options_.sign_in,
             .assets = assets_,
             .api = api_,
             .process_message = std::move(parts.process_message),
             .log = std::move(parts.log)}),
      context_(std::move(context)) {}

absl::Status WardPages::Reload() {
  const absl::StatusOr<certs::TlsMaterial> material = certs::LoadTlsFiles(options_.files, now_());
  return material.ok() ? context_->Replace(*material) : material.status();
}

}  // namespace envej::region
