#include "certs/signer_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <functional>

#include "absl/time/clock.h"
#include "certs/pem.h"
#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kRegion[] = "urn:envej:region:1081";

// The certificate with something changed, signed again by the authority.
Certificate Changed(const Certificate& certificate, const TestAuthority& authority,
                    const std::function<void(X509&)>& change, const EVP_MD* digest = EVP_sha256()) {
  const CertificatePointer copy(X509_dup(const_cast<X509*>(&certificate.x509())));
  change(*copy);
  EXPECT_GT(X509_sign(copy.get(), ParsePrivateKey(authority.authority().ToPem()->key_pem)->get(), digest), 0);
  return Certificate::FromPem(ToPem(*copy).value()).value().front();
}

class SignerCheckTest : public ::testing::Test {
 protected:
  absl::StatusOr<Identity> Judge(const Certificate& signer, absl::Time accepted_at,
                                 const RevocationSet* revocations = nullptr) const {
    return check_.Participant(signer, table_, accepted_at, revocations, now_);
  }

  std::string Refusal(const Certificate& signer, absl::Time accepted_at) const {
    const absl::StatusOr<Identity> identity = Judge(signer, accepted_at);
    EXPECT_TRUE(absl::IsFailedPrecondition(identity.status()));
    EXPECT_THAT(identity.status().message(), Not(HasSubstr("1081")));
    return std::string(identity.status().message());
  }

  RevocationSet Revoking(const std::vector<RevokedCertificate>& revoked) const {
    const std::string file = directory_.Write("list.pem", authority_.RevocationListPem(revoked));
    return RevocationSet::Load(file, {authority_.AsCertificate()}).value();
  }

  const absl::Time now_ = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  TestDirectory directory_;
  TestAuthority authority_;
  Certificate region_ = authority_.IssueCertificate(ClientRequest(kRegion));
  Certificate broker_ = authority_.IssueCertificate(ServerRequest());
  SubjectTable table_;
  SignerCheck check_ = SignerCheck::Create({authority_.AsCertificate()}).value();
};

TEST_F(SignerCheckTest, SaysWhoSigned) {
  const absl::StatusOr<Identity> identity = Judge(region_, now_);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(ToUri(*identity), kRegion);
  const absl::StatusOr<std::string> broker = check_.Broker(broker_, now_, nullptr, now_);
  ASSERT_TRUE(broker.ok()) << broker.status();
  EXPECT_EQ(*broker, "broker-1");
}

TEST_F(SignerCheckTest, KnowsAParticipantByItsSubject) {
  LeafRequest request = ClientRequest("");
  request.uris.clear();
  request.subject_serial_number = "UI:DK-O:G:1";
  const Certificate signer = authority_.IssueCertificate(request);
  EXPECT_THAT(Refusal(signer, now_), HasSubstr("names no participant"));
  table_[{SubjectAttribute::kSerialNumber, "UI:DK-O:G:1"}] = ParseIdentityUri(kRegion).value();
  const absl::StatusOr<Identity> identity = Judge(signer, now_);
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(ToUri(*identity), kRegion);
}

TEST_F(SignerCheckTest, TheTimeOfAcceptanceDecidesWhetherItWasValid) {
  EXPECT_THAT(Refusal(region_, now_ - absl::Hours(2)), HasSubstr("not valid yet then"));
  EXPECT_TRUE(Judge(region_, now_ + absl::Minutes(59)).ok());
  EXPECT_THAT(Refusal(region_, now_ + absl::Hours(2)), HasSubstr("no longer valid then"));
  // Accepted in its time, and judged long after it.
  EXPECT_TRUE(check_.Participant(region_, table_, now_, nullptr, now_ + absl::Hours(24 * 365)).ok());
}

TEST_F(SignerCheckTest, TheAuthorityMustHaveBeenValidThenToo) {
  LeafRequest request = ClientRequest(kRegion);
  request.not_before = now_ - absl::Hours(100);
  request.not_after = now_ + absl::Hours(100);
  const Certificate longer = authority_.IssueCertificate(request);
  EXPECT_TRUE(Judge(longer, now_).ok());
  EXPECT_THAT(Refusal(longer, now_ - absl::Hours(50)), HasSubstr("has an authority that was not valid yet"));
  EXPECT_THAT(Refusal(longer, now_ + absl::Hours(50)), HasSubstr("has an authority that was no longer valid"));
}

TEST_F(SignerCheckTest, RefusesWhatNoneOfTheAuthoritiesIssued) {
  const TestAuthority namesake;
  const TestAuthority other("another");
  for (const TestAuthority* stranger : {&namesake, &other}) {
    EXPECT_THAT(Refusal(stranger->IssueCertificate(ClientRequest(kRegion)), now_),
                HasSubstr("not of one of the authorities"));
  }
  EXPECT_THAT(Refusal(other.AsCertificate(), now_), HasSubstr("not of one of the authorities"));
  // Under the authority's name and key identifier, but signed by another.
  EXPECT_THAT(Refusal(Changed(region_, namesake, [](X509&) {}), now_), HasSubstr("not of one of the authorities"));
}

TEST_F(SignerCheckTest, AChainMayEndAtAnIntermediateAuthority) {
  const TestAuthority intermediate("intermediate");
  const Certificate certified = Changed(intermediate.AsCertificate(), authority_, [&](X509& x509) {
    X509_set_issuer_name(&x509, X509_get_subject_name(&authority_.AsCertificate().x509()));
  });
  const Certificate leaf = intermediate.IssueCertificate(ClientRequest(kRegion));
  const absl::StatusOr<SignerCheck> check = SignerCheck::Create({certified});
  ASSERT_TRUE(check.ok()) << check.status();
  const absl::StatusOr<Identity> identity = check->Participant(leaf, table_, now_, nullptr, now_);
  EXPECT_TRUE(identity.ok()) << identity.status();
  // Its issuer alone, without it, is no way there.
  EXPECT_THAT(Refusal(leaf, now_), HasSubstr("not of one of the authorities"));
}

TEST_F(SignerCheckTest, AServersCertificateIsNoParticipantsAndAClientsNoBrokers) {
  LeafRequest request = ClientRequest(kRegion);
  request.usage = LeafUsage::kServer;
  EXPECT_THAT(Refusal(authority_.IssueCertificate(request), now_), HasSubstr("not for a client"));
  request = ServerRequest();
  request.usage = LeafUsage::kClient;
  EXPECT_THAT(check_.Broker(authority_.IssueCertificate(request), now_, nullptr, now_).status().message(),
              HasSubstr("not for a server"));
}

TEST_F(SignerCheckTest, ItMustBeForSignatures) {
  const Certificate agreement = Changed(region_, authority_, [](X509& x509) {
    X509_EXTENSION_free(X509_delete_ext(&x509, X509_get_ext_by_NID(&x509, NID_key_usage, -1)));
    const AsnStringPointer usage(ASN1_BIT_STRING_new());
    ASN1_BIT_STRING_set_bit(usage.get(), 4, 1);  // keyAgreement
    ASSERT_EQ(X509_add1_ext_i2d(&x509, NID_key_usage, usage.get(), 1, X509V3_ADD_DEFAULT), 1);
  });
  EXPECT_THAT(Refusal(agreement, now_), HasSubstr("not for signatures"));
}

TEST_F(SignerCheckTest, AnAuthorityIsNoParticipant) {
  const Certificate authority = Changed(region_, authority_, [](X509& certificate) {
    const int place = X509_get_ext_by_NID(&certificate, NID_basic_constraints, -1);
    if (place >= 0) X509_EXTENSION_free(X509_delete_ext(&certificate, place));
    X509_EXTENSION* const extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, const_cast<char*>("critical,CA:TRUE"));
    X509_add_ext(&certificate, extension, -1);
    X509_EXTENSION_free(extension);
  });
  EXPECT_THAT(Refusal(authority, now_), HasSubstr("is an authority's"));
}

TEST_F(SignerCheckTest, NamesOfNobodyOrTwoAreRefused) {
  LeafRequest request = ClientRequest(kRegion);
  request.uris.push_back("urn:envej:region:1082");
  EXPECT_THAT(Refusal(authority_.IssueCertificate(request), now_), HasSubstr("more than one URI name"));
  EXPECT_THAT(Refusal(authority_.IssueCertificate(ClientRequest("urn:envej:broker:main")), now_),
              HasSubstr("no participant's"));
  request = ServerRequest();
  for (const auto& uris : {std::vector<std::string>{}, {"urn:envej:broker:a", "urn:envej:broker:b"}}) {
    request.uris = uris;
    EXPECT_THAT(check_.Broker(authority_.IssueCertificate(request), now_, nullptr, now_).status().message(),
                HasSubstr("exactly one URI name"));
  }
  request.uris = {kRegion};
  EXPECT_THAT(check_.Broker(authority_.IssueCertificate(request), now_, nullptr, now_).status().message(),
              HasSubstr("names no broker"));
}

TEST_F(SignerCheckTest, WeakKeysAndSignaturesAreRefused) {
  EXPECT_THAT(Refusal(Changed(
                          region_, authority_, [](X509&) {}, EVP_sha1()),
                      now_),
              HasSubstr("too weak"));
  const KeyPointer key(EVP_RSA_gen(1024));
  EXPECT_THAT(Refusal(Changed(region_, authority_, [&](X509& x509) { X509_set_pubkey(&x509, key.get()); }), now_),
              HasSubstr("too weak"));
}

TEST_F(SignerCheckTest, ARevocationVoidsWhatWasAcceptedFromItsDateOn) {
  for (const RevocationReason reason :
       {RevocationReason::kUnspecified, RevocationReason::kKeyCompromise, RevocationReason::kCaCompromise,
        RevocationReason::kAffiliationChanged, RevocationReason::kSuperseded, RevocationReason::kCessationOfOperation,
        RevocationReason::kCertificateHold, RevocationReason::kPrivilegeWithdrawn, RevocationReason::kAaCompromise}) {
    RevokedCertificate revoked = Revoked(region_, reason);
    revoked.revoked_at = now_ - absl::Minutes(10);
    revoked.invalid_since = now_ - absl::Minutes(30);
    const RevocationSet set = Revoking({revoked});
    const absl::Time from = CountsFrom(revoked);
    EXPECT_EQ(from, InvalidityDateCounts(reason) ? *revoked.invalid_since : revoked.revoked_at);
    EXPECT_TRUE(Judge(region_, from - absl::Seconds(1), &set).ok()) << ReasonName(reason);
    for (const absl::Time accepted_at : {from, now_}) {
      const absl::StatusOr<Identity> identity = Judge(region_, accepted_at, &set);
      EXPECT_TRUE(absl::IsPermissionDenied(identity.status()));
      EXPECT_THAT(identity.status().message(), HasSubstr("was revoked then (" + std::string(ReasonName(reason))));
    }
  }
}

TEST_F(SignerCheckTest, ABrokersCertificateCanBeRevokedToo) {
  RevokedCertificate revoked = Revoked(broker_, RevocationReason::kKeyCompromise);
  const RevocationSet set = Revoking({revoked});
  EXPECT_TRUE(check_.Broker(broker_, revoked.revoked_at - absl::Seconds(1), &set, now_).ok());
  EXPECT_THAT(check_.Broker(broker_, revoked.revoked_at, &set, now_).status().message(), HasSubstr("keyCompromise"));
  EXPECT_TRUE(Judge(region_, now_, &set).ok());
}

TEST_F(SignerCheckTest, WithoutACurrentListItIsNotJudged) {
  const RevocationSet set = Revoking({});
  const absl::StatusOr<Identity> expired = check_.Participant(region_, table_, now_, &set, now_ + absl::Hours(2));
  EXPECT_TRUE(absl::IsUnavailable(expired.status()));
  EXPECT_THAT(expired.status().message(), HasSubstr("has expired"));
  const TestAuthority other("another");
  const absl::StatusOr<SignerCheck> check = SignerCheck::Create({authority_.AsCertificate(), other.AsCertificate()});
  const absl::StatusOr<Identity> unlisted =
      check->Participant(other.IssueCertificate(ClientRequest(kRegion)), table_, now_, &set, now_);
  EXPECT_TRUE(absl::IsUnavailable(unlisted.status()));
  EXPECT_THAT(unlisted.status().message(), HasSubstr("no revocation list"));
}

TEST_F(SignerCheckTest, NeedsAuthorities) {
  EXPECT_TRUE(absl::IsInvalidArgument(SignerCheck::Create({}).status()));
  const std::vector<Certificate> many(SignerCheck::kAuthoritiesMost + 1, authority_.AsCertificate());
  EXPECT_TRUE(absl::IsInvalidArgument(SignerCheck::Create(many).status()));
}

}  // namespace
}  // namespace envej::certs
