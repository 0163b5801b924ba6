#ifndef ENVEJ_TESTS_BROKER_OPERATIONS_WEB_WEB_FIXTURE_H_
#define ENVEJ_TESTS_BROKER_OPERATIONS_WEB_WEB_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/socket.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "broker/operations/web/web_server.h"
#include "certs/pem.h"
#include "certs/server_context.h"
#include "certs/tls_files.h"
#include "tests/broker/operations/web/test_answers.h"
#include "tests/certs/test_files.h"
#include "tests/support/loopback.h"
#include "tests/support/tls_peer.h"

namespace envej::operations {

using support::TlsPeer;

inline constexpr char kOperator[] = "urn:envej:operations:drift";
inline constexpr char kOtherOperator[] = "urn:envej:operations:vagt";

// A server of the pages with answers that a test sets, and its clients.
class WebFixture : public testing::Test {
 protected:
  void Start(const WebLimits& limits = {}) {
    server_ = nullptr;
    const auto material =
        certs::LoadTlsFiles(authority_.IssueFiles(directory_, "broker", certs::ServerRequest()), clock_.Now());
    ASSERT_TRUE(material.ok()) << material.status();
    context_ = certs::ServerContext::Create(*material).value();
    const WebSources sources{
        .answers = answers_,
        .judge = [this](const certs::Certificate& certificate) { return Judge(certificate); },
        .metrics_text = [] { return std::string("envej_recovering 0\n"); },
        .healthy = [] { return absl::OkStatus(); },
        .ready = [this] { return ready_ ? absl::OkStatus() : absl::UnavailableError("the store cannot write"); }};
    auto server = WebServer::Start("127.0.0.1:0", sources, *context_, clock_, limits);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  absl::StatusOr<std::string> Judge(const certs::Certificate& certificate) const {
    const std::vector<std::string> uris = certs::UriNames(certificate.x509());
    const bool is_operator = uris.size() == 1 && (uris.front() == kOperator || uris.front() == kOtherOperator);
    if (suspended_ || !is_operator) return absl::PermissionDeniedError("not of operations");
    return uris.front();
  }

  certs::TlsFiles FilesOf(absl::string_view uri) const {
    return authority_.IssueFiles(directory_, "client", certs::ClientRequest(uri));
  }
  std::unique_ptr<httplib::SSLClient> ClientOf(const certs::TlsFiles& files) const {
    auto client =
        std::make_unique<httplib::SSLClient>("127.0.0.1", server_->port(), files.certificate_chain, files.private_key);
    client->set_ca_cert_path(files.authorities.c_str());
    client->enable_server_certificate_verification(true);
    client->set_read_timeout(20);
    return client;
  }
  std::unique_ptr<httplib::SSLClient> Operator() const { return ClientOf(FilesOf(kOperator)); }
  std::unique_ptr<TlsPeer> Peer() const { return std::make_unique<TlsPeer>(server_->port(), FilesOf(kOperator)); }

  const SystemClock clock_;
  const certs::TestDirectory directory_;
  const certs::TestAuthority authority_;
  TestAnswers answers_;
  std::atomic<bool> suspended_ = false;
  std::atomic<bool> ready_ = true;
  std::unique_ptr<certs::ServerContext> context_;
  std::unique_ptr<WebServer> server_;
};

}  // namespace envej::operations

#endif  // ENVEJ_TESTS_BROKER_OPERATIONS_WEB_WEB_FIXTURE_H_
