// Certificates that must not get in, or not any longer, at the real broker.
#include <gmock/gmock.h>
#include <grpc/grpc_security.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "tests/support/broker_process.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/trust_changes.h"

namespace envej::trust_suite {
namespace {

using certs::LeafRequest;
using contract::Reason;
using support::CallContext;
using support::CertificateOf;
using support::ExpectRefused;
using support::SharedAuthority;

class CertificatesTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(broker_.Start()); }

  grpc::Status CallAs(const certs::IssuedCertificate& client) const {
    return CallOver(support::OpenChannel(broker_.address(), support::CredentialsOf(client)));
  }
  grpc::Status CallAs(const LeafRequest& request) const { return CallAs(SharedAuthority().Issue(request)); }

  static grpc::Status CallOver(const std::shared_ptr<grpc::Channel>& channel) {
    v1::GetServiceInfoResponse answer;
    return v1::IntakeService::NewStub(channel)->GetServiceInfo(CallContext().get(), {}, &answer);
  }

  void ExpectNoConnection(const grpc::Status& status) const {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
  }

  support::BrokerProcess broker_{{.revocation = true}};
  support::TrustChanges changes_{broker_};
};

TEST_F(CertificatesTest, AGoodOneGetsInAndSoDoesASecondOneOfTheSameParticipant) {
  EXPECT_TRUE(CallAs(certs::ClientRequest(support::kRegion)).ok());
  EXPECT_TRUE(CallAs(certs::ClientRequest(support::kRegion)).ok());
}

TEST_F(CertificatesTest, AForgedOneGetsNoConnection) {
  const certs::TestAuthority same_name;
  ExpectNoConnection(CallAs(same_name.Issue(certs::ClientRequest(support::kRegion))));
}

TEST_F(CertificatesTest, OneOfAnotherAuthorityGetsNoConnection) {
  const certs::TestAuthority other("another authority");
  ExpectNoConnection(CallAs(other.Issue(certs::ClientRequest(support::kRegion))));
}

TEST_F(CertificatesTest, AnExpiredOneGetsNoConnection) {
  LeafRequest request = certs::ClientRequest(support::kRegion);
  request.not_after = absl::Now() - absl::Minutes(1);
  ExpectNoConnection(CallAs(request));
}

TEST_F(CertificatesTest, OneThatIsNotYetValidGetsNoConnection) {
  LeafRequest request = certs::ClientRequest(support::kRegion);
  request.not_before = absl::Now() + absl::Minutes(10);
  ExpectNoConnection(CallAs(request));
}

TEST_F(CertificatesTest, OneForAnotherUseGetsNoConnection) {
  for (const certs::LeafUsage usage : {certs::LeafUsage::kServer, certs::LeafUsage::kInbox}) {
    LeafRequest request = certs::ClientRequest(support::kMunicipality);
    request.usage = usage;
    ExpectNoConnection(CallAs(request));
  }
}

TEST_F(CertificatesTest, OneOfTwoNamesIsNobodys) {
  LeafRequest request = certs::ClientRequest(support::kRegion);
  request.uris.push_back(support::kMunicipality);
  ExpectRefused(CallAs(request), Reason::kCallerUnknown);
}

TEST_F(CertificatesTest, OneThatExpiresWhileItsConnectionIsOpenIsRefusedWithinSeconds) {
  LeafRequest request = certs::ClientRequest(support::kRegion);
  request.not_after = absl::Now() + absl::Seconds(3);
  const auto channel =
      support::OpenChannel(broker_.address(), support::CredentialsOf(SharedAuthority().Issue(request)));
  EXPECT_TRUE(CallOver(channel).ok());
  const absl::Time most = absl::Now() + absl::Seconds(20);
  grpc::Status status;
  while (status.ok() && absl::Now() < most) {
    absl::SleepFor(absl::Milliseconds(20));
    status = CallOver(channel);
  }
  ExpectRefused(status, Reason::kCallerUnknown);
}

TEST_F(CertificatesTest, ARevokedOneIsRefusedOnItsOpenConnectionWhileItsSuccessorGoesOn) {
  const certs::IssuedCertificate old = SharedAuthority().Issue(certs::ClientRequest(support::kRegion));
  const certs::IssuedCertificate successor = SharedAuthority().Issue(certs::ClientRequest(support::kRegion));
  const auto channel = support::OpenChannel(broker_.address(), support::CredentialsOf(old));
  EXPECT_TRUE(CallOver(channel).ok());
  changes_.Revoke({CertificateOf(old)});
  ExpectRefused(CallOver(channel), Reason::kCallerRevoked);
  ExpectRefused(CallAs(old), Reason::kCallerRevoked);
  EXPECT_TRUE(CallAs(successor).ok());
}

TEST_F(CertificatesTest, ARevokedOneIsRefusedOnAResumedSession) {
  const certs::IssuedCertificate client = SharedAuthority().Issue(certs::ClientRequest(support::kRegion));
  grpc_ssl_session_cache* const sessions = grpc_ssl_session_cache_create_lru(4);
  const grpc_arg cache = grpc_ssl_session_cache_create_channel_arg(sessions);
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetPointerWithVtable(cache.key, cache.value.pointer.p, cache.value.pointer.vtable);
  // A connection of its own each time; whether it was resumed is what the client's own side says.
  const auto call = [&](bool& resumed) {
    const auto channel = grpc::CreateCustomChannel(broker_.address(), support::CredentialsOf(client), arguments);
    const auto context = CallContext();
    v1::GetServiceInfoResponse answer;
    const grpc::Status status = v1::IntakeService::NewStub(channel)->GetServiceInfo(context.get(), {}, &answer);
    const auto reused = context->auth_context()->FindPropertyValues("ssl_session_reused");
    resumed = !reused.empty() && reused.front() == "true";
    return status;
  };
  bool resumed = false;
  EXPECT_TRUE(call(resumed).ok());
  EXPECT_FALSE(resumed);
  EXPECT_TRUE(call(resumed).ok());
  EXPECT_TRUE(resumed) << "nothing is shown of resumed sessions";
  changes_.Revoke({CertificateOf(client)});
  ExpectRefused(call(resumed), Reason::kCallerRevoked);
  EXPECT_TRUE(resumed) << "nothing is shown of resumed sessions";
  grpc_ssl_session_cache_destroy(sessions);
}

TEST_F(CertificatesTest, AnOpenCallOfARevokedOneIsEndedWithinSeconds) {
  const certs::IssuedCertificate old = SharedAuthority().Issue(certs::ClientRequest(support::kMunicipality));
  const certs::IssuedCertificate successor = SharedAuthority().Issue(certs::ClientRequest(support::kMunicipality));
  const auto pull = [&](const certs::IssuedCertificate& client) {
    return std::async(std::launch::async, [this, client] {
      v1::PullNoticesRequest request;
      request.set_municipality_code(support::kCode);
      request.mutable_wait()->set_seconds(15);
      v1::PullNoticesResponse answer;
      return v1::InboxService::NewStub(support::OpenChannel(broker_.address(), support::CredentialsOf(client)))
          ->PullNotices(CallContext(absl::Seconds(30)).get(), request, &answer);
    });
  };
  std::future<grpc::Status> of_old = pull(old);
  std::future<grpc::Status> of_successor = pull(successor);
  EXPECT_EQ(of_old.wait_for(std::chrono::seconds(1)), std::future_status::timeout);
  changes_.Revoke({CertificateOf(old)});
  EXPECT_EQ(of_old.wait_for(std::chrono::seconds(5)), std::future_status::ready);
  EXPECT_EQ(of_old.get().error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_TRUE(of_successor.get().ok());
}

TEST_F(CertificatesTest, ASuspendedParticipantIsRefusedAtOnceUntilItIsLetInAndTheOthersAreNot) {
  const auto channel = broker_.ChannelFor(support::kRegion);
  const auto other = broker_.ChannelFor(support::kOtherRegion);
  EXPECT_TRUE(CallOver(channel).ok());
  changes_.Suspend("1081");
  ExpectRefused(CallOver(channel), Reason::kParticipantSuspended);
  EXPECT_TRUE(CallOver(other).ok());
  changes_.LetIn("1081");
  EXPECT_TRUE(CallOver(channel).ok());
}

TEST_F(CertificatesTest, AnEmptyDirectoryOfListsKeepsTheOldOnesAndStopsAStart) {
  const certs::IssuedCertificate client = SharedAuthority().Issue(certs::ClientRequest(support::kRegion));
  changes_.Revoke({CertificateOf(client)});
  std::filesystem::remove(broker_.folder().Path("lists/authority.pem"));
  broker_.Signal(SIGHUP);
  ASSERT_TRUE(broker_.WaitForLog("trust_reload_failed", 1));
  ExpectRefused(CallAs(client), Reason::kCallerRevoked);
  EXPECT_EQ(broker_.Stop().code, 0);
  const support::Ended ended = broker_.StartRefused();
  EXPECT_EQ(ended.code, 3);
  EXPECT_THAT(ended.err, testing::HasSubstr("holds no revocation list"));
}

}  // namespace
}  // namespace envej::trust_suite
