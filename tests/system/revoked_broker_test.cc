// What a broker signed, proven after its certificate was revoked.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"

namespace envej::system {
namespace {

using certs::RevocationReason;
using certs::RevokedCertificate;
using support::BrokerProcess;
using support::CallContext;
using support::Ended;
using support::kCode;
using support::SharedAuthority;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr int kWhole = 0;
constexpr int kWrong = 1;

class RevokedBrokerTest : public testing::Test {
 protected:
  RevokedBrokerTest() { std::filesystem::create_directory(lists_); }

  void SetUp() override {
    authorities_ = broker_.folder().Write("verify.pem", SharedAuthority().CertificatePem());
    ASSERT_TRUE(broker_.Start());
  }

  // The id of the last.
  std::string Submit(int notices) {
    v1::SubmitNoticeResponse response;
    for (int count = 0; count < notices; ++count) {
      v1::SubmitNoticeRequest request;
      *request.mutable_notice() = support::NewNotice(kCode);
      const grpc::Status status =
          broker_.Intake(support::kRegion)->SubmitNotice(CallContext().get(), request, &response);
      EXPECT_TRUE(status.ok()) << status.error_message();
    }
    return response.receipt().notice_id();
  }

  Ended Verify(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {support::ProgramPath("envej-broker"), "journal", "verify", "--authorities", authorities_});
    return support::RunProgram(arguments);
  }
  Ended VerifyWithLists() const { return Verify({"--data", broker_.data(), "--revocation-lists", lists_}); }

  // The broker's certificate, revoked from this moment on.
  RevokedCertificate Revoked(absl::Time from, RevocationReason reason = RevocationReason::kSuperseded) const {
    const std::string pem = certs::ReadFile(broker_.folder().Path("broker.pem"));
    RevokedCertificate revoked = certs::Revoked(certs::Certificate::FromPem(pem)->front(), reason);
    revoked.revoked_at = from;
    return revoked;
  }

  static std::string ListUntil(absl::Time end, const std::vector<RevokedCertificate>& revoked) {
    return SharedAuthority()
        .authority()
        .MakeRevocationList({.number = 1, .this_update = end - absl::Hours(2), .next_update = end, .revoked = revoked})
        .value();
  }
  void Publish(const std::vector<RevokedCertificate>& revoked) const {
    broker_.folder().Write("current/list.pem", ListUntil(absl::Now() + absl::Hours(1), revoked));
  }

  BrokerProcess broker_{{.more = "journal: {checkpoint_seconds: 1}\n", .revocation = true}};
  const std::string lists_ = broker_.folder().Path("current");
  std::string authorities_;
};

TEST_F(RevokedBrokerTest, CheckpointsHoldUpToTheDateFromWhichTheCertificateIsRevoked) {
  Submit(2);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  const absl::Time between = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()) + 1);
  absl::SleepFor(between - absl::Now());
  ASSERT_TRUE(broker_.Start());
  Submit(2);
  ASSERT_EQ(broker_.Stop().code, support::kDone);

  Publish({});
  EXPECT_EQ(VerifyWithLists().code, kWhole) << VerifyWithLists().out;
  Publish({Revoked(absl::Now() + absl::Minutes(5))});
  EXPECT_EQ(VerifyWithLists().code, kWhole) << VerifyWithLists().out;

  RevokedCertificate compromised = Revoked(absl::Now() + absl::Minutes(5), RevocationReason::kKeyCompromise);
  compromised.invalid_since = between;
  for (const auto& [revoked, reason] :
       {std::pair(Revoked(between), "(superseded)"), std::pair(compromised, "(keyCompromise)")}) {
    Publish({revoked});
    const Ended verified = Verify({"--data", broker_.data(), "--revocation-lists", lists_, "--output", "json"});
    EXPECT_EQ(verified.code, kWrong) << verified.out;
    const nlohmann::json store = nlohmann::json::parse(verified.out)["parts"][0];
    EXPECT_EQ(store["signed_up_to"], 2) << store;
    ASSERT_GE(store["findings"].size(), 1u);
    for (const nlohmann::json& finding : store["findings"]) {
      EXPECT_GE(finding["batch"], 3) << finding;
      EXPECT_THAT(finding["what"].get<std::string>(),
                  AllOf(HasSubstr("does not count: the certificate was revoked then"), HasSubstr(reason)));
    }
  }
  EXPECT_EQ(Verify({"--data", broker_.data()}).code, kWhole) << "nobody asked for revocation";
}

TEST_F(RevokedBrokerTest, ASignerOfWhomNoCurrentListSpeaksCannotBeJudged) {
  Submit(1);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  const auto judged = [&] {
    const Ended verified = VerifyWithLists();
    EXPECT_EQ(verified.code, kWrong) << verified.out;
    EXPECT_THAT(verified.out, HasSubstr("does not count: the signer's certificate cannot be judged: "));
    return verified.out;
  };
  broker_.folder().Write("current/list.pem", ListUntil(absl::Now() - absl::Minutes(1), {}));
  EXPECT_THAT(judged(), HasSubstr("the revocation list for the certificate has expired"));

  const certs::TestAuthority other("other");
  broker_.folder().Write("current/list.pem", other.RevocationListPem({}));
  const Ended strangers = VerifyWithLists();
  EXPECT_EQ(strangers.code, support::kUsage);
  EXPECT_THAT(strangers.err, HasSubstr("none of the authorities signed"));
  broker_.folder().Write("verify.pem", absl::StrCat(SharedAuthority().CertificatePem(), other.CertificatePem()));
  EXPECT_THAT(judged(), HasSubstr("no revocation list says anything of the certificate"));

  std::filesystem::remove(broker_.folder().Path("current/list.pem"));
  EXPECT_EQ(VerifyWithLists().code, support::kUsage);
}

TEST_F(RevokedBrokerTest, TheConfigurationsListsAreAskedWhereNoOthersAreGiven) {
  Submit(1);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  // The broker's clients may be under further authorities, which have no say in who the broker is.
  const certs::TestAuthority clients("clients");
  broker_.folder().Write("broker.authorities.pem",
                         absl::StrCat(SharedAuthority().CertificatePem(), clients.CertificatePem()));
  broker_.folder().Write("lists/clients.pem", clients.RevocationListPem({}));
  EXPECT_EQ(Verify({"--config", broker_.config()}).code, kWhole);

  const absl::Time earlier = absl::Now() - absl::Hours(1);
  broker_.folder().Write("lists/authority.pem", ListUntil(absl::Now() + absl::Hours(1), {Revoked(earlier)}));
  const Ended verified = Verify({"--config", broker_.config()});
  EXPECT_EQ(verified.code, kWrong) << verified.out;
  EXPECT_THAT(verified.out, HasSubstr("the certificate was revoked then (superseded)"));
  EXPECT_EQ(Verify({"--data", broker_.data()}).code, kWhole) << "no configuration, no lists";
  Publish({});
  EXPECT_EQ(Verify({"--config", broker_.config(), "--revocation-lists", lists_}).code, kWhole);
  broker_.folder().Write("lists/authority.pem", "marmalade");
  EXPECT_EQ(Verify({"--config", broker_.config()}).code, support::kUsage);
}

TEST_F(RevokedBrokerTest, ReceiptsAreProvenUpToTheDateFromWhichTheCertificateIsRevoked) {
  std::vector<std::string> status = {
      support::ProgramPath("envej-region"), "status", "--municipality", kCode, Submit(1), "--output", "json"};
  const std::vector<std::string> connection = broker_.ConnectionArguments(support::kRegion);
  status.insert(status.end(), connection.begin(), connection.end());
  std::string answer;
  for (int wait = 0; wait < 100 && !absl::StrContains(answer, "checkpointProof"); ++wait) {
    answer = support::RunProgram(status).out;
    absl::SleepFor(absl::Milliseconds(50));
  }
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  const std::string proofs = broker_.folder().Write("proofs.jsonl", answer);
  const auto verify = [&] {
    return support::RunProgram({support::ProgramPath("envej-region"), "receipts", "verify", proofs, "--authorities",
                                authorities_, "--revocation-lists", lists_});
  };
  EXPECT_EQ(verify().code, support::kClientUnusable) << "there are no lists";
  Publish({});
  EXPECT_EQ(verify().out, "1 proven, 0 not proven\n");
  Publish({Revoked(absl::Now() + absl::Minutes(5))});
  EXPECT_EQ(verify().out, "1 proven, 0 not proven\n");
  Publish({Revoked(absl::Now() - absl::Hours(1))});
  const Ended revoked = verify();
  EXPECT_EQ(revoked.code, support::kClientRefused);
  EXPECT_THAT(revoked.out, HasSubstr("line 1: not proven: the certificate was revoked then (superseded)"));
  broker_.folder().Write("current/list.pem", ListUntil(absl::Now() - absl::Minutes(1), {}));
  const Ended expired = verify();
  EXPECT_EQ(expired.code, support::kClientRefused);
  EXPECT_THAT(expired.out, AllOf(HasSubstr("not proven: the signer's certificate cannot be judged: the revocation list "
                                           "for the certificate has expired"),
                                 Not(HasSubstr("1 proven"))));
}

}  // namespace
}  // namespace envej::system
