// Real handshakes with a server whose certificate, key and authorities are replaced while it serves.
#include "certs/replaceable_credentials.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/tls_files.h"
#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

// One authority with a server and a client of its own.
struct Side {
  TestAuthority authority;
  IssuedCertificate server = authority.Issue(ServerRequest());
  IssuedCertificate client = authority.Issue(ClientRequest("urn:envej:region:1081"));

  TlsMaterial material() const {
    return {server.certificate_pem, WipedText(server.key_pem), authority.CertificatePem()};
  }
};

class ReplaceableCredentialsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto credentials = ReplaceableCredentials::Create(old_.material());
    ASSERT_TRUE(credentials.ok()) << credentials.status();
    credentials_ = *std::move(credentials);
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", credentials_->credentials(), &port_);
    builder.RegisterCallbackGenericService(&service_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }
  void TearDown() override {
    if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
  }

  // A new connection, by which a call gets through (to a service that has none) or does not.
  std::shared_ptr<grpc::Channel> Connect(const Side& trusted, const IssuedCertificate& client) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = trusted.authority.CertificatePem();
    options.pem_cert_chain = client.certificate_pem;
    options.pem_private_key = client.key_pem;
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port_), grpc::SslCredentials(options), arguments);
  }
  static bool GetsThrough(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    grpc::CompletionQueue queue;
    grpc::GenericStub stub(channel);
    const auto call = stub.PrepareUnaryCall(&context, "/envej.Test/Call", grpc::ByteBuffer(), &queue);
    call->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    call->Finish(&answer, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return status.error_code() == grpc::StatusCode::UNIMPLEMENTED;
  }
  bool Serves(const Side& trusted, const IssuedCertificate& client) const {
    return GetsThrough(Connect(trusted, client));
  }

  // Until what was replaced must have been taken.
  bool TakesNew(const Side& trusted, const IssuedCertificate& client) const {
    const absl::Time most = absl::Now() + 5 * ReplaceableCredentials::kTakenWithin;
    while (absl::Now() < most) {
      if (Serves(trusted, client)) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }

  const Side old_;
  const Side new_;
  grpc::CallbackGenericService service_;
  std::unique_ptr<ReplaceableCredentials> credentials_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

TEST_F(ReplaceableCredentialsTest, ServesWithWhatItWasMadeOf) {
  EXPECT_TRUE(Serves(old_, old_.client));
  EXPECT_FALSE(Serves(new_, new_.client));
  EXPECT_FALSE(Serves(old_, new_.client));
}

TEST_F(ReplaceableCredentialsTest, NewConnectionsAreMadeWithWhatWasReplacedAndOldOnesGoOn) {
  const std::shared_ptr<grpc::Channel> open = Connect(old_, old_.client);
  EXPECT_TRUE(GetsThrough(open));
  ASSERT_TRUE(credentials_->Replace(new_.material()).ok());
  EXPECT_TRUE(TakesNew(new_, new_.client));
  EXPECT_FALSE(Serves(old_, old_.client));
  EXPECT_TRUE(GetsThrough(open));
}

// Key and certificate are read one after the other: of two materials, no connection could be made.
TEST_F(ReplaceableCredentialsTest, NoConnectionFailsWhileCertificateAndKeyAreReplacedOverAndOver) {
  TlsMaterial material = old_.material();
  for (int replaced = 0; replaced < 30; ++replaced) {
    const IssuedCertificate server = old_.authority.Issue(ServerRequest());
    material.certificate_chain = server.certificate_pem;
    material.private_key = WipedText(server.key_pem);
    ASSERT_TRUE(credentials_->Replace(material).ok());
    for (int connection = 0; connection < 10; ++connection) EXPECT_TRUE(Serves(old_, old_.client));
  }
}

}  // namespace
}  // namespace envej::certs
