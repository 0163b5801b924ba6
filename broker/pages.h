#ifndef ENVEJ_BROKER_PAGES_H_
#define ENVEJ_BROKER_PAGES_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "broker/clock.h"
#include "broker/operations/answers.h"
#include "broker/operations/metrics.h"
#include "broker/operations/web/web_server.h"
#include "broker/wire/gate.h"
#include "certs/server_context.h"
#include "certs/tls_files.h"

namespace envej {

// The pages for operations of a broker that serves, wired together: who may look is judged as at every call.
class Pages {
 public:
  // What they are made from. All must outlive them.
  struct Parts {
    operations::Answers& answers;
    const operations::Metrics& metrics;
    const wire::Gate& gate;
    const Clock& clock;
  };

  // Serves them on HOST:PORT with the broker's certificate and authorities. The error says what to do.
  static absl::StatusOr<std::unique_ptr<Pages>> Start(const std::string& listen, const certs::TlsMaterial& tls,
                                                      const Parts& parts);

  // For the connections from now on.
  absl::Status Replace(const certs::TlsMaterial& tls) { return context_->Replace(tls); }

  int port() const { return server_->port(); }

 private:
  Pages(std::unique_ptr<certs::ServerContext> context, std::unique_ptr<operations::WebServer> server)
      : context_(std::move(context)), server_(std::move(server)) {}

  const std::unique_ptr<certs::ServerContext> context_;
  const std::unique_ptr<operations::WebServer> server_;
};

}  // namespace envej

#endif  // ENVEJ_BROKER_PAGES_H_
