// Callers over real connections, whose standing changes while they are open.
#include "broker/wire/gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "broker/timer_scheduler.h"
#include "broker/wire/health_service.h"
#include "broker/wire/server.h"
#include "certs/tls_credentials.h"
#include "tests/support/broker_process.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/manual_clock.h"
#include "tests/support/trust_world.h"

namespace envej::wire {
namespace {

using contract::Reason;
using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckResponse;
using support::CallContext;
using support::ExpectRefused;
using support::MakeTrust;
using support::SharedAuthority;

certs::LeafRequest ForTwoHours(const std::string& uri) {
  certs::LeafRequest request = certs::ClientRequest(uri);
  request.not_after = absl::Now() + absl::Hours(2);
  return request;
}

// A client with one connection of its own, which it keeps.
class Client {
 public:
  Client(int port, const std::string& uri)
      : certificate_(SharedAuthority().Issue(ForTwoHours(uri))), channel_(Connect(port)) {}

  certs::Certificate certificate() const { return certs::Certificate::FromPem(certificate_.certificate_pem)->front(); }

  grpc::Status Check() {
    HealthCheckResponse answer;
    return Health::NewStub(channel_)->Check(CallContext(absl::Hours(3)).get(), {}, &answer);  // the clock is moved
  }

  // A watch that has been answered once.
  class Watch {
   public:
    explicit Watch(const std::shared_ptr<grpc::Channel>& channel)
        : context_(CallContext()), reader_(Health::NewStub(channel)->Watch(context_.get(), {})) {
      EXPECT_TRUE(reader_->Read(&answer_));
      EXPECT_EQ(answer_.status(), HealthCheckResponse::SERVING);
    }
    bool Read() { return reader_->Read(&answer_); }
    HealthCheckResponse::ServingStatus said() const { return answer_.status(); }
    grpc::Status Finish() { return reader_->Finish(); }

   private:
    std::unique_ptr<grpc::ClientContext> context_;
    HealthCheckResponse answer_;
    std::unique_ptr<grpc::ClientReader<HealthCheckResponse>> reader_;
  };
  Watch StartWatch() const { return Watch(channel_); }

 private:
  std::shared_ptr<grpc::Channel> Connect(int port) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = SharedAuthority().CertificatePem();
    options.pem_cert_chain = certificate_.certificate_pem;
    options.pem_private_key = certificate_.key_pem;
    return support::OpenChannel(absl::StrCat("127.0.0.1:", port), grpc::SslCredentials(options));
  }

  const certs::IssuedCertificate certificate_;
  const std::shared_ptr<grpc::Channel> channel_;
};

class GateTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto credentials =
        certs::MakeServerCredentials(SharedAuthority().IssueFiles(folder_, "broker", certs::ServerRequest()));
    ASSERT_TRUE(credentials.ok());
    auto server = Server::Start({.listen = "127.0.0.1:0", .credentials = *credentials}, {&health_});
    ASSERT_TRUE(server.ok());
    server_ = *std::move(server);
  }
  void TearDown() override {
    if (server_ != nullptr) server_->Drain(SystemClock(), absl::Now());
    scheduler_.Stop();
  }

  Client Connect(const std::string& uri) const { return Client(server_->port(), uri); }

  // What the authority says is revoked by now, in a list that is good for an hour.
  certs::RevocationSet Revoking(const std::vector<certs::RevokedCertificate>& revoked) {
    clock_.Set(absl::Now() + absl::Seconds(1));
    const absl::StatusOr<std::string> list =
        SharedAuthority().authority().MakeRevocationList({.number = 1,
                                                          .this_update = absl::Now() - absl::Hours(1),
                                                          .next_update = absl::Now() + absl::Hours(1),
                                                          .revoked = revoked});
    EXPECT_TRUE(list.ok()) << list.status();
    const std::string file = folder_.Write("list.pem", list.value());
    return *certs::RevocationSet::Load(file, {SharedAuthority().AsCertificate()});
  }

  size_t CountRefused() {
    const std::lock_guard lock(mutex_);
    return refused_.size();
  }

  size_t EndThose() {
    return server_->EndThose([this](const RunningCalls::Call& call) { return gate_.MayGoOn(call); });
  }

  certs::TestDirectory folder_;
  ManualClock clock_{absl::Now()};
  const Log log_{clock_};
  trust::CurrentTrust trust_{MakeTrust()};
  std::mutex mutex_;
  std::vector<Refused> refused_;
  const Refusals refusals_{[this](const Refused& refused) {
                             const std::lock_guard lock(mutex_);
                             refused_.push_back(refused);
                           },
                           log_};
  TimerScheduler scheduler_;
  FairShare share_{{}, scheduler_, refusals_, clock_, log_};
  std::atomic<bool> municipalities_suspended_ = false;  // by operations
  Gate gate_{trust_, share_, refusals_, clock_, log_, [this](const certs::Identity& caller) {
               return municipalities_suspended_ && caller.kind == certs::ParticipantKind::kMunicipality;
             }};
  HealthService health_{gate_, refusals_};
  std::unique_ptr<Server> server_;
};

TEST_F(GateTest, WhoeverIsRevokedIsRefusedOnAnOpenConnectionAndNobodyElseIs) {
  Client region = Connect(support::kRegion);
  Client municipality = Connect(support::kMunicipality);
  EXPECT_TRUE(region.Check().ok());
  EXPECT_TRUE(municipality.Check().ok());
  trust_.Replace(MakeTrust(
      {.revocations = Revoking({certs::Revoked(region.certificate(), certs::RevocationReason::kKeyCompromise)})}));
  ExpectRefused(region.Check(), Reason::kCallerRevoked);
  EXPECT_TRUE(municipality.Check().ok());
  {
    const std::lock_guard lock(mutex_);
    ASSERT_EQ(refused_.size(), 1u);
    EXPECT_EQ(refused_[0].reason, static_cast<uint32_t>(Reason::kCallerRevoked));
    EXPECT_EQ(refused_[0].actor, region.certificate().fingerprint()) << "so that a stolen key's use is seen";
    EXPECT_EQ(refused_[0].caller, "");
  }
  Client with_another_certificate = Connect(support::kRegion);
  EXPECT_TRUE(with_another_certificate.Check().ok());
}

TEST_F(GateTest, WhereRevocationIsConfiguredAndNoCurrentListSpeaksNobodyIsLetIn) {
  Client region = Connect(support::kRegion);
  trust_.Replace(MakeTrust({.revocations = Revoking({})}));
  EXPECT_TRUE(region.Check().ok());
  clock_.Advance(absl::Minutes(59));
  EXPECT_TRUE(region.Check().ok());
  clock_.Advance(absl::Minutes(2));  // the list is over, and the certificate is not
  ExpectRefused(region.Check(), Reason::kCallerStandingUnknown);
}

TEST_F(GateTest, AListOfAnotherAuthorityDoesNotSpeakOfTheCaller) {
  Client region = Connect(support::kRegion);
  const certs::TestAuthority other("another authority");
  const std::string file = folder_.Write("other.pem", other.RevocationListPem({}));
  trust_.Replace(MakeTrust({.revocations = *certs::RevocationSet::Load(file, {other.AsCertificate()})}));
  ExpectRefused(region.Check(), Reason::kCallerStandingUnknown);
}

TEST_F(GateTest, ASuspendedParticipantIsRefusedAndTheOthersAreNot) {
  Client region = Connect(support::kRegion);
  Client municipality = Connect(support::kMunicipality);
  EXPECT_TRUE(municipality.Check().ok());
  trust_.Replace(MakeTrust({.municipality_suspended = true}));
  ExpectRefused(municipality.Check(), Reason::kParticipantSuspended);
  EXPECT_TRUE(region.Check().ok());
  trust_.Replace(MakeTrust());
  EXPECT_TRUE(municipality.Check().ok());
}

TEST_F(GateTest, WhomOperationsSuspendIsRefusedAndItsOpenCallsAreEnded) {
  Client region = Connect(support::kRegion);
  Client municipality = Connect(support::kMunicipality);
  Client::Watch of_region = region.StartWatch();
  Client::Watch of_municipality = municipality.StartWatch();
  municipalities_suspended_ = true;
  ExpectRefused(municipality.Check(), Reason::kParticipantSuspended);
  EXPECT_TRUE(region.Check().ok());
  EXPECT_EQ(EndThose(), 1u);
  EXPECT_FALSE(of_municipality.Read());
  ExpectRefused(Connect("urn:envej:municipality:9999").Check(), Reason::kCallerUnknown);
  municipalities_suspended_ = false;
  EXPECT_TRUE(municipality.Check().ok());
}

TEST_F(GateTest, AnAuthorityThatIsTakenOutCountsNoMoreForOpenConnections) {
  Client region = Connect(support::kRegion);
  EXPECT_TRUE(region.Check().ok());
  trust_.Replace(MakeTrust({.authorities = {certs::TestAuthority("another authority").AsCertificate()}}));
  ExpectRefused(region.Check(), Reason::kCallerUnknown);
}

TEST_F(GateTest, ACertificateThatExpiresOnAnOpenConnectionIsRefusedWithinSeconds) {
  Client region = Connect(support::kRegion);
  EXPECT_TRUE(region.Check().ok());
  clock_.Advance(absl::Hours(2) + trust::Trust::kJudgedAnewAfter);
  const grpc::Status status = region.Check();
  ExpectRefused(status, Reason::kCallerUnknown);
}

TEST_F(GateTest, OpenCallsOfWhomMayNoLongerCallAreEndedAndNoOthers) {
  Client region = Connect(support::kRegion);
  Client::Watch of_region = region.StartWatch();
  Client::Watch of_municipality = Connect(support::kMunicipality).StartWatch();
  EXPECT_EQ(EndThose(), 0u);
  trust_.Replace(MakeTrust(
      {.revocations = Revoking({certs::Revoked(region.certificate(), certs::RevocationReason::kSuperseded)})}));
  EXPECT_EQ(EndThose(), 1u);
  EXPECT_EQ(EndThose(), 0u) << "it was counted";
  EXPECT_EQ(CountRefused(), 0u) << "a call that is ended had been let in";
  EXPECT_FALSE(of_region.Read());
  EXPECT_EQ(of_region.Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
  health_.SayNotServing();
  EXPECT_TRUE(of_municipality.Read());
  EXPECT_EQ(of_municipality.said(), HealthCheckResponse::NOT_SERVING);
  EXPECT_FALSE(of_municipality.Read());
  EXPECT_TRUE(of_municipality.Finish().ok());
}

TEST_F(GateTest, HealthIsToldToWhomTheRegisterKnowsAlone) {
  for (const char* const uri : {support::kRegion, support::kMunicipality}) EXPECT_TRUE(Connect(uri).Check().ok());
  ExpectRefused(Connect("urn:envej:region:1099").Check(), Reason::kCallerUnknown);
  ExpectRefused(Connect("urn:envej:broker:broker-1").Check(), Reason::kCallerUnknown);
}

TEST_F(GateTest, TheHealthOfAServiceThatIsNotThereIsNotFound) {
  const auto channel =
      support::OpenChannel(absl::StrCat("127.0.0.1:", server_->port()), support::CredentialsFor({support::kRegion}));
  grpc::health::v1::HealthCheckRequest request;
  HealthCheckResponse answer;
  request.set_service("envej.v1.IntakeService");
  EXPECT_TRUE(Health::NewStub(channel)->Check(CallContext().get(), request, &answer).ok());
  EXPECT_EQ(answer.status(), HealthCheckResponse::SERVING);
  health_.SayNotServing();
  EXPECT_TRUE(Health::NewStub(channel)->Check(CallContext().get(), request, &answer).ok());
  EXPECT_EQ(answer.status(), HealthCheckResponse::NOT_SERVING);
  request.set_service("envej.v1.NoService");
  EXPECT_EQ(Health::NewStub(channel)->Check(CallContext().get(), request, &answer).error_code(),
            grpc::StatusCode::NOT_FOUND);
  const auto context = CallContext();
  const auto watch = Health::NewStub(channel)->Watch(context.get(), request);
  EXPECT_TRUE(watch->Read(&answer));
  EXPECT_EQ(answer.status(), HealthCheckResponse::SERVICE_UNKNOWN);
  context->TryCancel();
}

TEST_F(GateTest, WhoeverMayCallIsSeenAndNobodyElseIs) {
  std::vector<std::string> seen;
  gate_.TellSeen([&](const Caller& caller, absl::Time now) {
    EXPECT_EQ(now, clock_.Now());
    const std::lock_guard lock(mutex_);
    seen.push_back(certs::ToUri(caller.identity));
  });
  EXPECT_TRUE(Connect(support::kMunicipality).Check().ok());
  trust_.Replace(MakeTrust({.municipality_suspended = true}));
  ExpectRefused(Connect(support::kMunicipality).Check(), Reason::kParticipantSuspended);
  const std::lock_guard lock(mutex_);
  EXPECT_EQ(seen, std::vector<std::string>{support::kMunicipality});
}

}  // namespace
}  // namespace envej::wire
