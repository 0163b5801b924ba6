#include "broker/pages.h"

#include "broker/admission/access_policy.h"
#include "broker/operations/metrics_endpoint.h"
#include "certs/identity.h"

namespace envej {
namespace {

// Who may see the pages is who may ask how the broker is.
constexpr admission::Method kLooking = admission::Method::kGetBrokerStatus;

}  // namespace

absl::StatusOr<std::unique_ptr<Pages>> Pages::Start(const std::string& listen, const certs::TlsMaterial& tls,
                                                    const Parts& parts) {
  absl::StatusOr<std::unique_ptr<certs::ServerContext>> context = certs::ServerContext::Create(tls);
  if (!context.ok()) return context.status();
  operations::WebSources sources{
      .answers = parts.answers,
      .judge = [&gate = parts.gate](const certs::Certificate& certificate) -> absl::StatusOr<std::string> {
        const absl::StatusOr<wire::Caller> caller = gate.Judge(certificate, kLooking);
        if (!caller.ok()) return caller.status();
        return certs::ToUri(caller->identity);
      },
      .metrics_text = [&metrics = parts.metrics] { return metrics.Text(); },
      .healthy = [] { return absl::OkStatus(); },
      .ready = [&metrics = parts.metrics] { return operations::ReadinessOf(metrics.condition()); }};
  absl::StatusOr<std::unique_ptr<operations::WebServer>> server =
      operations::WebServer::Start(listen, std::move(sources), **context, parts.clock);
  if (!server.ok()) return server.status();
  return std::unique_ptr<Pages>(new Pages(*std::move(context), *std::move(server)));
}

}  // namespace envej
