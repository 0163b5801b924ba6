// Real handshakes over loopback: who gets through, and as whom.

#include <gmock/gmock.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <chrono>
#include <future>
#include <memory>

#include "absl/strings/str_cat.h"
#include "certs/certificate_names.h"
#include "certs/client_connection.h"
#include "certs/openssl_pointers.h"
#include "certs/peer_certificates.h"
#include "certs/tls_credentials.h"
#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<Identity> Caller(const grpc::AuthContext& context, PeerCertificates& certificates,
                                const SubjectTable& table) {
  const absl::StatusOr<Certificate> certificate = certificates.Of(context);
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<Identity> identity = IdentifyParticipant(NamesOf(*certificate), table);
  return identity.ok() ? identity : absl::UnauthenticatedError(identity.status().message());
}

// Answers every call by saying who called: ABORTED with the participant's URI, or the refusal.
class IdentityService : public grpc::CallbackGenericService {
 public:
  explicit IdentityService(const SubjectTable& table) : table_(table) {}

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    class Reactor : public grpc::ServerGenericBidiReactor {
     public:
      explicit Reactor(const absl::StatusOr<Identity>& identity) {
        Finish(identity.ok() ? grpc::Status(grpc::StatusCode::ABORTED, ToUri(*identity))
                             : grpc::Status(static_cast<grpc::StatusCode>(identity.status().code()),
                                            std::string(identity.status().message())));
      }
      void OnDone() override { delete this; }
    };
    return new Reactor(Caller(*context->auth_context(), certificates_, table_));
  }

  size_t certificates() const { return certificates_.size(); }

 private:
  const SubjectTable& table_;
  PeerCertificates certificates_;
};

class HandshakeTest : public ::testing::Test {
 protected:
  HandshakeTest() { StartServer(ServerRequest()); }
  ~HandshakeTest() override { server_->Shutdown(); }

  void StartServer(const LeafRequest& request) {
    server_.reset();
    service_ = std::make_unique<IdentityService>(table_);
    const TlsFiles files = authority_.IssueFiles(directory_, "server", request);
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", MakeServerCredentials(files).value(), &port_);
    builder.RegisterCallbackGenericService(service_.get());
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }

  grpc::Status Call(const std::shared_ptr<grpc::Channel>& channel) const {
    grpc::GenericStub stub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    const grpc::Slice empty("");
    const grpc::ByteBuffer request(&empty, 1);
    grpc::ByteBuffer response;
    const auto answer = std::make_shared<std::promise<grpc::Status>>();
    std::future<grpc::Status> status = answer->get_future();
    stub.UnaryCall(&context, "/test/Who", grpc::StubOptions(), &request, &response,
                   [answer](grpc::Status result) { answer->set_value(std::move(result)); });
    return status.get();
  }

  grpc::Status CallAs(const TlsFiles& files, absl::string_view host = "127.0.0.1") const {
    const absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = Connect({absl::StrCat(host, ":", port_), files});
    if (!channel.ok()) return {grpc::StatusCode::INTERNAL, channel.status().ToString()};
    return Call(*channel);
  }

  TlsFiles ClientFiles(absl::string_view uri) const {
    return authority_.IssueFiles(directory_, "client", ClientRequest(uri));
  }

  void ExpectSeenAs(const grpc::Status& status, const std::string& uri) const {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED) << status.error_message();
    EXPECT_EQ(status.error_message(), uri);
  }

  void ExpectNoHandshake(const grpc::Status& status) const {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
    EXPECT_TRUE(LacksTlsConnection(status)) << status.error_message();
  }

  void ExpectUnauthenticated(const grpc::Status& status, const std::string& why) const {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED) << status.error_message();
    EXPECT_THAT(status.error_message(), HasSubstr(why));
  }

  // Whether a TLS client with a proper certificate, of just this version, completes a handshake.
  bool Handshakes(int version) const {
    const TlsFiles files = ClientFiles("urn:envej:region:1081");
    const std::unique_ptr<SSL_CTX, OpensslDeleter<&SSL_CTX_free>> context(SSL_CTX_new(TLS_client_method()));
    // At a higher level OpenSSL itself would not speak the old version, and the server were not tested.
    SSL_CTX_set_security_level(context.get(), 0);
    EXPECT_EQ(SSL_CTX_set_cipher_list(context.get(), "ALL@SECLEVEL=0"), 1);
    EXPECT_EQ(SSL_CTX_set_min_proto_version(context.get(), version), 1);
    EXPECT_EQ(SSL_CTX_set_max_proto_version(context.get(), version), 1);
    EXPECT_EQ(SSL_CTX_use_certificate_chain_file(context.get(), files.certificate_chain.c_str()), 1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey_file(context.get(), files.private_key.c_str(), SSL_FILETYPE_PEM), 1);
    const std::unique_ptr<BIO, OpensslDeleter<&BIO_free_all>> connection(BIO_new_ssl_connect(context.get()));
    BIO_set_conn_hostname(connection.get(), absl::StrCat("127.0.0.1:", port_).c_str());
    SSL* ssl = nullptr;
    BIO_get_ssl(connection.get(), &ssl);
    const unsigned char protocol[] = {2, 'h', '2'};
    EXPECT_EQ(SSL_set_alpn_protos(ssl, protocol, sizeof(protocol)), 0);
    return BIO_do_connect(connection.get()) == 1;
  }

  TestDirectory directory_;
  TestAuthority authority_;
  SubjectTable table_;
  std::unique_ptr<IdentityService> service_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

TEST_F(HandshakeTest, EachParticipantIsSeenAsWhatItsCertificateSays) {
  for (const char* uri : {"urn:envej:region:1081", "urn:envej:region:1081:epj", "urn:envej:municipality:0101",
                          "urn:envej:operations:night"}) {
    ExpectSeenAs(CallAs(ClientFiles(uri)), uri);
  }
}

TEST_F(HandshakeTest, TheServerIsReachedByEitherOfItsNames) {
  ExpectSeenAs(CallAs(ClientFiles("urn:envej:region:1081"), "localhost"), "urn:envej:region:1081");
}

TEST_F(HandshakeTest, AClientWithoutCertificateFails) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = authority_.CertificatePem();
  ExpectNoHandshake(Call(grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_), grpc::SslCredentials(options))));
}

TEST_F(HandshakeTest, AClientWithoutTlsFails) {
  ExpectNoHandshake(Call(grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_), grpc::InsecureChannelCredentials())));
}

TEST_F(HandshakeTest, NobodyThereIsNotTakenForAFailedHandshake) {
  server_->Shutdown();
  const grpc::Status status = CallAs(ClientFiles("urn:envej:region:1081"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_FALSE(LacksTlsConnection(status)) << status.error_message();
}

TEST_F(HandshakeTest, AClientOfAnotherAuthorityFails) {
  const TestAuthority other;  // of the same name
  TlsFiles files = other.IssueFiles(directory_, "stranger", ClientRequest("urn:envej:region:1081"));
  files.authorities = ClientFiles("urn:envej:region:1081").authorities;
  ExpectNoHandshake(CallAs(files));
}

TEST_F(HandshakeTest, AServerOfAnotherAuthorityIsNotTrusted) {
  const TestAuthority other;
  TlsFiles files = ClientFiles("urn:envej:region:1081");
  files.authorities = directory_.Write("other.pem", other.CertificatePem());
  ExpectNoHandshake(CallAs(files));
}

TEST_F(HandshakeTest, AServerOfAnotherNameIsNotTrusted) {
  LeafRequest request = ServerRequest();
  request.dns_names = {"elsewhere.example"};
  request.ip_addresses = {"127.0.0.2"};
  StartServer(request);
  ExpectNoHandshake(CallAs(ClientFiles("urn:envej:region:1081")));
  ExpectNoHandshake(CallAs(ClientFiles("urn:envej:region:1081"), "localhost"));
}

TEST_F(HandshakeTest, AParticipantCannotPassAsAServer) {
  LeafRequest request = ServerRequest();
  request.usage = LeafUsage::kClient;
  StartServer(request);
  ExpectNoHandshake(CallAs(ClientFiles("urn:envej:region:1081")));
}

TEST_F(HandshakeTest, AServersCertificateIsNoClients) {
  LeafRequest request = ClientRequest("urn:envej:region:1081");
  request.usage = LeafUsage::kServer;
  ExpectNoHandshake(CallAs(authority_.IssueFiles(directory_, "client", request)));
}

TEST_F(HandshakeTest, AnInboxCertificateIsNoClients) {
  LeafRequest request = ClientRequest("urn:envej:municipality:0101");
  request.usage = LeafUsage::kInbox;
  ExpectNoHandshake(CallAs(authority_.IssueFiles(directory_, "client", request)));
}

TEST_F(HandshakeTest, ACertificateWithTwoUriNamesIsNobody) {
  LeafRequest request = ClientRequest("urn:envej:region:1081");
  request.uris.push_back("urn:envej:municipality:0101");
  ExpectUnauthenticated(CallAs(authority_.IssueFiles(directory_, "client", request)), "more than one URI name");
}

TEST_F(HandshakeTest, ACertificateWithoutUriNameIsNobodyWhateverItsOtherNamesSay) {
  LeafRequest request = ClientRequest("");
  request.uris.clear();
  request.common_name = "urn:envej:region:1081";
  request.dns_names = {"urn:envej:region:1081"};
  ExpectUnauthenticated(CallAs(authority_.IssueFiles(directory_, "client", request)), "names no participant");
}

TEST_F(HandshakeTest, ACertificateWithAnotherUriNameIsNobody) {
  for (const char* uri : {"urn:envej:broker:main", "urn:envej:region:1081:", "https://example.dk/"}) {
    const grpc::Status status = CallAs(ClientFiles(uri));
    ExpectUnauthenticated(status, "no participant's");
    EXPECT_EQ(status.error_message().find(uri), std::string::npos);
  }
}

TEST_F(HandshakeTest, AParticipantInTheTableIsKnownByItsSubject) {
  table_[{SubjectAttribute::kSerialNumber, "UI:DK-O:G:1"}] = ParseIdentityUri("urn:envej:municipality:0101").value();
  LeafRequest request = ClientRequest("");
  request.uris.clear();
  request.subject_serial_number = "UI:DK-O:G:1";
  ExpectSeenAs(CallAs(authority_.IssueFiles(directory_, "client", request)), "urn:envej:municipality:0101");
  request.subject_serial_number = "UI:DK-O:G:2";
  ExpectUnauthenticated(CallAs(authority_.IssueFiles(directory_, "client", request)), "names no participant");
}

TEST_F(HandshakeTest, ACertificateIsReadOnceHoweverOftenItCalls) {
  const TlsFiles files = ClientFiles("urn:envej:region:1081");
  for (int call = 0; call < 3; ++call) ExpectSeenAs(CallAs(files), "urn:envej:region:1081");
  EXPECT_EQ(service_->certificates(), 1u);
  ExpectSeenAs(CallAs(ClientFiles("urn:envej:region:1082")), "urn:envej:region:1082");
  EXPECT_EQ(service_->certificates(), 2u);
}

TEST_F(HandshakeTest, ACertificateThatExpiredWhileTheProgramRanFails) {
  LeafRequest request = ClientRequest("urn:envej:region:1081");
  request.not_after = request.not_before + absl::Minutes(1);
  const IssuedCertificate expired = authority_.Issue(request);
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = authority_.CertificatePem();
  options.pem_cert_chain = expired.certificate_pem;
  options.pem_private_key = expired.key_pem;
  ExpectNoHandshake(Call(grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_), grpc::SslCredentials(options))));
}

TEST_F(HandshakeTest, Tls12And13AreSpokenAndOlderVersionsAreRefused) {
  EXPECT_TRUE(Handshakes(TLS1_3_VERSION));
  EXPECT_TRUE(Handshakes(TLS1_2_VERSION));
  EXPECT_FALSE(Handshakes(TLS1_1_VERSION));
  EXPECT_FALSE(Handshakes(TLS1_VERSION));
}

}  // namespace
}  // namespace envej::certs
