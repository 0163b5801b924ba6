// Every file that the trust rests on is exchanged under load, for a broken one and for a good one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/broker_process.h"
#include "tests/support/notice_messages.h"

namespace envej::trust_suite {
namespace {

using support::CallContext;
using support::kCode;
using support::SharedAuthority;
using testing::HasSubstr;

// Regions that submit, and a municipality that pulls and acknowledges, over connections that stand and over new ones,
// until it is told to stop. Every call must succeed.
class Load {
 public:
  explicit Load(const support::BrokerProcess& broker) {
    for (const bool over_new_connections : {false, true}) {
      threads_.emplace_back([this, &broker, over_new_connections] {
        const auto standing = broker.Intake(support::kRegion);
        while (!stopping_) {
          v1::SubmitNoticeRequest request;
          *request.mutable_notice() = support::NewNotice(kCode);
          v1::SubmitNoticeResponse answer;
          const auto fresh = over_new_connections ? broker.Intake(support::kRegion) : nullptr;
          Tell((fresh ? fresh : standing)->SubmitNotice(CallContext().get(), request, &answer));
        }
      });
    }
    threads_.emplace_back([this, &broker] {
      const auto inbox = broker.Inbox(support::kMunicipality);
      while (!stopping_) Pull(*inbox);
    });
  }
  ~Load() { Stop(); }

  void Stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  int calls() const { return calls_; }
  std::vector<std::string> failures() {
    const std::lock_guard lock(mutex_);
    return failures_;
  }

 private:
  void Pull(v1::InboxService::Stub& inbox) {
    v1::PullNoticesRequest request;
    request.set_municipality_code(kCode);
    request.set_max_notices(100);
    request.mutable_wait()->set_seconds(1);
    v1::PullNoticesResponse pulled;
    Tell(inbox.PullNotices(CallContext().get(), request, &pulled));
    if (pulled.items_size() == 0) return;
    v1::AcknowledgeNoticesRequest acknowledge;
    acknowledge.set_municipality_code(kCode);
    for (const v1::InboxItem& item : pulled.items()) *acknowledge.add_leases() = item.lease().name();
    v1::AcknowledgeNoticesResponse answer;
    Tell(inbox.AcknowledgeNotices(CallContext().get(), acknowledge, &answer));
  }
  void Tell(const grpc::Status& status) {
    ++calls_;
    if (status.ok()) return;
    const std::lock_guard lock(mutex_);
    failures_.push_back(absl::StrCat(status.error_code(), " ", status.error_message()));
  }

  std::atomic<bool> stopping_ = false;
  std::atomic<int> calls_ = 0;
  std::mutex mutex_;
  std::vector<std::string> failures_;
  std::vector<std::thread> threads_;
};

class FilesTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(broker_.Start()); }

  std::string Read(const char* name) const { return certs::ReadFile(broker_.folder().Path(name)); }
  void Write(const char* name, const std::string& contents) const {
    broker_.folder().Write(name, contents, std::string(name) == "broker.key" ? 0600 : 0644);
  }
  // Seen by the broker itself, which looks each second.
  void ExpectBroken() { EXPECT_TRUE(broker_.WaitForLog("\"trust_reload_failed\"", ++broken_)); }
  void ExpectTaken() { EXPECT_TRUE(broker_.WaitForLog("\"trust_reloaded\"", ++taken_)); }

  // What the broker's metrics say now.
  std::string Metrics() {
    EXPECT_TRUE(broker_.WaitForLog("\"metrics_served\""));
    const std::string log = broker_.Log();
    const size_t at = log.find("\"port\":", log.find("\"metrics_served\"")) + 7;
    httplib::Client client("127.0.0.1", std::stoi(log.substr(at)));
    const httplib::Result answer = client.Get("/metrics");
    return answer ? answer->body : "no answer";
  }

  support::BrokerProcess broker_{{.more = "metrics: {listen: \"127.0.0.1:0\"}\n", .revocation = true}};
  int broken_ = 0;
  int taken_ = 0;
};

TEST_F(FilesTest, EachFileIsExchangedUnderLoadAndABrokenOneChangesNothingWithoutOneFailedCall) {
  Load load(broker_);
  const certs::IssuedCertificate own = SharedAuthority().Issue(certs::ServerRequest());
  const std::string both_authorities =
      SharedAuthority().CertificatePem() + certs::TestAuthority("another authority").CertificatePem();
  std::string renamed = Read("participants.yaml");
  renamed.replace(renamed.find("Region Sj"), 9, "Region S-j");
  const struct {
    const char* name;
    std::string broken;
    std::string good;
  } files[] = {
      {"participants.yaml", "regions: 1\n", renamed},
      {"broker.authorities.pem", "no authority", both_authorities},
      {"lists/authority.pem", "no list", SharedAuthority().RevocationListPem({})},
      {"inbox-0101.pem", "no certificate", Read("inbox-0101.pem")},
      {"broker.pem", "no certificate", Read("broker.pem")},
      {"broker.key", "no key", Read("broker.key")},
  };
  for (const auto& file : files) {
    SCOPED_TRACE(file.name);
    Write(file.name, file.broken);
    ExpectBroken();
    Write(file.name, file.good);
    ExpectTaken();
  }
  // A certificate and its key, one after the other: seen as one change.
  Write("broker.key", own.key_pem);
  Write("broker.pem", own.certificate_pem);
  ExpectTaken();
  load.Stop();
  EXPECT_THAT(load.failures(), testing::IsEmpty());
  EXPECT_GT(load.calls(), 100);
  std::cout << "calls while files were exchanged: " << load.calls() << ", failed: " << load.failures().size() << "\n";
}

TEST_F(FilesTest, ABrokenFileShowsInTheMetricsUntilItIsMended) {
  EXPECT_THAT(Metrics(), HasSubstr("envej_trust_broken 0"));
  const std::string good = Read("participants.yaml");
  Write("participants.yaml", "regions: 1\n");
  ExpectBroken();
  EXPECT_THAT(Metrics(), HasSubstr("envej_trust_broken 1"));
  Write("participants.yaml", good);
  ExpectTaken();
  EXPECT_THAT(Metrics(), HasSubstr("envej_trust_broken 0"));
  EXPECT_THAT(Metrics(), HasSubstr("envej_revocation_lists_expire_timestamp_seconds 1"));
}

TEST_F(FilesTest, RefusalsShowInTheMetricsByCallerAndReason) {
  v1::PullNoticesResponse answer;
  for (int call = 0; call < 2; ++call) {
    EXPECT_FALSE(broker_.Inbox(support::kRegion)->PullNotices(CallContext().get(), {}, &answer).ok());
  }
  EXPECT_FALSE(broker_.Inbox("urn:envej:broker:broker-1")->PullNotices(CallContext().get(), {}, &answer).ok());
  EXPECT_THAT(Metrics(), HasSubstr("{caller=\"urn:envej:region:1081\",reason=\"CALLER_KIND_NOT_ALLOWED\"} 2"));
  EXPECT_THAT(Metrics(), HasSubstr("{caller=\"unknown\",reason=\"CALLER_UNKNOWN\"} 1"));
}

TEST_F(FilesTest, ARenewedCertificateIsShownToNewConnections) {
  const auto shown = [this] {
    const auto context = CallContext();
    v1::GetServiceInfoResponse answer;
    EXPECT_TRUE(broker_.Intake(support::kRegion)->GetServiceInfo(context.get(), {}, &answer).ok());
    const auto pem = context->auth_context()->FindPropertyValues("x509_pem_cert");
    return pem.empty() ? std::string() : std::string(pem.front().data(), pem.front().size());
  };
  const certs::IssuedCertificate renewed = SharedAuthority().Issue(certs::ServerRequest());
  EXPECT_NE(shown(), renewed.certificate_pem);
  Write("broker.key", renewed.key_pem);
  Write("broker.pem", renewed.certificate_pem);
  ExpectTaken();
  const absl::Time most = absl::Now() + absl::Seconds(10);
  while (shown() != renewed.certificate_pem && absl::Now() < most) absl::SleepFor(absl::Milliseconds(50));
  EXPECT_EQ(shown(), renewed.certificate_pem);
}

TEST_F(FilesTest, AnAuthorityThatIsAddedLetsItsCallersInAndOneThatIsTakenOutDoesNot) {
  const certs::TestAuthority other("another authority");
  const certs::IssuedCertificate client = other.Issue(certs::ClientRequest(support::kRegion));
  const auto call = [&] {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = SharedAuthority().CertificatePem();
    options.pem_cert_chain = client.certificate_pem;
    options.pem_private_key = client.key_pem;
    v1::GetServiceInfoResponse answer;
    return v1::IntakeService::NewStub(support::OpenChannel(broker_.address(), grpc::SslCredentials(options)))
        ->GetServiceInfo(CallContext().get(), {}, &answer)
        .ok();
  };
  const auto becomes = [&](bool wanted) {
    const absl::Time most = absl::Now() + absl::Seconds(10);
    while (call() != wanted && absl::Now() < most) absl::SleepFor(absl::Milliseconds(50));
    return call() == wanted;
  };
  EXPECT_FALSE(call());
  Write("broker.authorities.pem", SharedAuthority().CertificatePem() + other.CertificatePem());
  Write("lists/other.pem", other.RevocationListPem({}));
  EXPECT_TRUE(becomes(true));
  EXPECT_TRUE(std::filesystem::remove(broker_.folder().Path("lists/other.pem")));
  Write("broker.authorities.pem", SharedAuthority().CertificatePem());
  EXPECT_TRUE(becomes(false));
}

}  // namespace
}  // namespace envej::trust_suite
