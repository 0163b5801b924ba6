// envej-region agent takes certificates that were replaced while it runs, and goes on with the former where new ones
// are wrong.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <signal.h>

#include <memory>
#include <string>

#include "absl/strings/numbers.h"
#include "tests/support/loopback.h"
#include "tests/system/agent_fixture.h"

namespace envej::system {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kSystem[] = "urn:envej:operations:engine";

class SystemAgentCertificatesTest : public SystemAgentTest {
 protected:
  // Replaces the agent's certificate to the broker, first the one file and then the other.
  void Replace(const certs::TestAuthority& authority) {
    const certs::IssuedCertificate issued = authority.Issue(certs::ClientRequest(support::kRegion));
    broker_.folder().Write("agent.key", issued.key_pem);
    broker_.folder().Write("agent.pem", issued.certificate_pem, 0644);
  }
  bool Says(const std::string& text) {
    return agent_->WaitForError([&](const std::string& error) { return error.find(text) != error.npos; });
  }
  int PortBehind(const std::string& text) {
    EXPECT_TRUE(Says(text)) << agent_->Err();
    const std::string err = agent_->Err();
    int port = 0;
    const size_t begin = err.find(text) + text.size();
    EXPECT_TRUE(absl::SimpleAtoi(err.substr(begin, err.find_first_not_of("0123456789", begin) - begin), &port)) << err;
    return port;
  }
  // Whether the server there shows a certificate of the authority in whose file `files` names it.
  static bool IsUnder(const certs::TlsFiles& files, int port) {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
    SSL_CTX_use_certificate_chain_file(context.get(), files.certificate_chain.c_str());
    SSL_CTX_use_PrivateKey_file(context.get(), files.private_key.c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_load_verify_locations(context.get(), files.authorities.c_str(), nullptr);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), &SSL_free);
    const int socket = support::ConnectTo(port);
    SSL_set_fd(ssl.get(), socket);
    const bool connected = SSL_connect(ssl.get()) == 1;
    close(socket);
    return connected;
  }
};

TEST_F(SystemAgentCertificatesTest, ThatToTheBrokerIsTakenAndASpoiltOneIsNot) {
  ASSERT_TRUE(broker_.Start());
  const certs::TestAuthority stranger("stranger");
  Replace(stranger);
  Discharge(3);
  StartAgent();
  Consent(0);
  ASSERT_TRUE(Says("the broker cannot be asked")) << agent_->Err();
  Replace(support::SharedAuthority());
  ASSERT_TRUE(WaitUntil([this] { return Outgoing() == 0; })) << agent_->Err();
  EXPECT_THAT(agent_->Err(), HasSubstr("broker: certificate, key and authorities were read again"));
  EXPECT_THAT(agent_->Err(), Not(HasSubstr("goes on with the former")));

  broker_.folder().Write("agent.pem", "no certificate", 0644);
  ASSERT_TRUE(Says("broker: goes on with the former certificate")) << agent_->Err();
  Consent(1);
  EXPECT_TRUE(WaitUntil([this] { return Outgoing() == 0; })) << agent_->Err();
  Replace(support::SharedAuthority());
  agent_->Signal(SIGHUP);
  EXPECT_TRUE(WaitUntil([this] {
    const std::string err = agent_->Err();
    return err.rfind("were read again") > err.find("goes on with the former");
  })) << agent_->Err();
  Consent(2);
  EXPECT_TRUE(WaitUntil([this] { return Outgoing() == 0; })) << agent_->Err();
  StopAgent();
}

TEST_F(SystemAgentCertificatesTest, ThoseOfListenersAndPagesAreTaken) {
  const certs::TestAuthority clients("clients");
  const certs::TestAuthority first("first");
  const certs::TestAuthority second("second");
  const auto serve = [this](const certs::TestAuthority& authority) {
    const certs::IssuedCertificate issued = authority.Issue(certs::ServerRequest());
    broker_.folder().Write("server.key", issued.key_pem);
    broker_.folder().Write("server.pem", issued.certificate_pem, 0644);
  };
  serve(first);
  certs::TlsFiles system = clients.IssueFiles(broker_.folder(), "engine", certs::ClientRequest(kSystem));
  const std::string files = "certificate: server.pem, key: server.key, authorities: engine.authorities.pem";
  Configure(absl::StrCat("hl7:\n  - name: pas\n    listen: 127.0.0.1:0\n    tls: {", files,
                         "}\npage: {listen: \"127.0.0.1:0\", ", files, ", systems: [\"", kSystem, "\"]}\n"));
  StartAgent();
  const int listener = PortBehind("pas: listens for HL7 on port ");
  const int page = PortBehind("page: listens on port ");
  system.authorities = broker_.folder().Write("first.pem", first.CertificatePem());
  EXPECT_TRUE(IsUnder(system, listener));
  EXPECT_TRUE(IsUnder(system, page));
  serve(second);
  system.authorities = broker_.folder().Write("second.pem", second.CertificatePem());
  EXPECT_TRUE(WaitUntil([&] { return IsUnder(system, listener) && IsUnder(system, page); })) << agent_->Err();
  StopAgent();
}

}  // namespace
}  // namespace envej::system
