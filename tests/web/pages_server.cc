#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "broker/clock.h"
#include "broker/operations/web/web_server.h"
#include "certs/pem.h"
#include "certs/server_context.h"
#include "certs/tls_files.h"
#include "tests/broker/operations/web/test_answers.h"
#include "tests/certs/test_files.h"

// pages_server: the pages for operations as the broker serves them, with answers that are told on standard input, one a
// line: `PART JSON` (test_answers.h), each answered by `ok` or `wrong`. Begins by telling its port and the files of a
// client's certificate. Ends with its input.
namespace envej::operations {
namespace {

constexpr char kOperator[] = "urn:envej:operations:drift";

absl::StatusOr<std::string> Judge(const certs::Certificate& certificate) {
  const std::vector<std::string> uris = certs::UriNames(certificate.x509());
  if (uris != std::vector<std::string>{kOperator}) return absl::PermissionDeniedError("not of operations");
  return uris.front();
}

int Run() {
  const SystemClock clock;
  const certs::TestDirectory directory;
  const certs::TestAuthority authority;
  const certs::TlsFiles own = authority.IssueFiles(directory, "broker", certs::ServerRequest());
  const certs::TlsFiles client = authority.IssueFiles(directory, "client", certs::ClientRequest(kOperator));
  const auto context = certs::ServerContext::Create(certs::LoadTlsFiles(own, clock.Now()).value()).value();
  TestAnswers answers;
  WebLimits limits;
  limits.snapshot_every = absl::Milliseconds(200);
  const WebSources sources{.answers = answers,
                           .judge = Judge,
                           .metrics_text = [] { return std::string("envej_recovering 0\n"); },
                           .healthy = [] { return absl::OkStatus(); },
                           .ready = [] { return absl::OkStatus(); }};
  const auto server = WebServer::Start("127.0.0.1:0", sources, *context, clock, limits);
  if (!server.ok()) {
    std::cerr << server.status() << "\n";
    return 1;
  }
  std::cout << absl::StrCat("{\"port\": ", (*server)->port(), ", \"certificate\": \"", client.certificate_chain,
                            "\", \"key\": \"", client.private_key, "\"}")
            << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
    const size_t space = line.find(' ');
    const bool known = space != std::string::npos &&
                       answers.Set(absl::string_view(line).substr(0, space), absl::string_view(line).substr(space + 1));
    std::cout << (known ? "ok" : "wrong") << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace envej::operations

int main() { return envej::operations::Run(); }
