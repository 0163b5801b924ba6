#include "certs/inbox_certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/err.h>

#include "absl/time/clock.h"
#include "certs/pem.h"
#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

using testing::HasSubstr;

// A certificate as an authority of somebody else's may issue it.
struct Wanted {
  std::string names = "URI:urn:envej:municipality:0101";
  std::string key_usage = "critical,keyAgreement";
  std::string extended_key_usage = "emailProtection";
  std::string basic_constraints = "critical,CA:FALSE";
  const char* curve = "P-256";
  const EVP_MD* digest = EVP_sha256();
};

class InboxCertificateTest : public testing::Test {
 protected:
  ~InboxCertificateTest() override { EXPECT_EQ(ERR_peek_error(), 0u) << "left in OpenSSL's queue"; }

  // An empty text leaves that extension out.
  Certificate Issue(const Wanted& wanted, const CertificateAuthority& authority) const {
    const IssuedCertificate issuer_pem = authority.ToPem().value();
    const std::vector<CertificatePointer> issuer = ParseCertificates(issuer_pem.certificate_pem).value();
    const KeyPointer key(EVP_EC_gen(wanted.curve));
    const CertificatePointer made(X509_new());
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 7);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 60);
    X509_set_issuer_name(made.get(), X509_get_subject_name(issuer.front().get()));
    X509_set_pubkey(made.get(), key.get());
    const auto add = [&](int type, const std::string& value) {
      if (value.empty()) return;
      const ExtensionPointer extension(X509V3_EXT_conf_nid(nullptr, nullptr, type, value.c_str()));
      EXPECT_EQ(X509_add_ext(made.get(), extension.get(), -1), 1) << value;
    };
    add(NID_basic_constraints, wanted.basic_constraints);
    add(NID_key_usage, wanted.key_usage);
    add(NID_ext_key_usage, wanted.extended_key_usage);
    add(NID_subject_alt_name, wanted.names);
    EXPECT_GT(X509_sign(made.get(), ParsePrivateKey(issuer_pem.key_pem)->get(), wanted.digest), 0);
    return Certificate::FromPem(ToPem(*made).value())->front();
  }

  std::string RefusalAt(const Certificate& certificate, absl::Time now) const {
    const absl::Status status = CheckInboxCertificate(certificate, authorities_, "0101", now);
    EXPECT_TRUE(status.ok() || absl::IsFailedPrecondition(status)) << status;
    return std::string(status.message());
  }
  std::string Refusal(const Wanted& wanted) const { return RefusalAt(Issue(wanted, authority_.authority()), now_); }

  LeafRequest Request(LeafUsage usage) const {
    LeafRequest request = ClientRequest("urn:envej:municipality:0101");
    request.usage = usage;
    return request;
  }
  Certificate Leaf(const LeafRequest& request) const {
    return Certificate::FromPem(authority_.Issue(request).certificate_pem)->front();
  }

  absl::Time now_ = absl::Now();
  TestAuthority authority_;
  std::vector<Certificate> authorities_ = Certificate::FromPem(authority_.CertificatePem()).value();
};

TEST_F(InboxCertificateTest, OneMadeForTheInboxIsGood) {
  EXPECT_EQ(RefusalAt(Leaf(Request(LeafUsage::kInbox)), now_), "");
  EXPECT_EQ(Refusal({}), "");
  EXPECT_TRUE(IsForAnInbox(Leaf(Request(LeafUsage::kInbox)).x509()));
}

TEST_F(InboxCertificateTest, OneForTlsIsRefused) {
  for (const LeafUsage usage : {LeafUsage::kClient, LeafUsage::kServer}) {
    EXPECT_THAT(RefusalAt(Leaf(Request(usage)), now_), HasSubstr("key usage is not keyAgreement"));
    EXPECT_FALSE(IsForAnInbox(Leaf(Request(usage)).x509()));
  }
  EXPECT_THAT(Refusal({.extended_key_usage = "clientAuth"}), HasSubstr("extended key usage"));
}

TEST_F(InboxCertificateTest, KeyUsageMustBeKeyAgreementAloneAndCritical) {
  for (const char* usage : {"", "keyAgreement", "critical,digitalSignature", "critical,keyAgreement,digitalSignature",
                            "critical,keyAgreement,encipherOnly", "critical,keyEncipherment"}) {
    EXPECT_THAT(Refusal({.key_usage = usage}), HasSubstr("key usage is not keyAgreement alone, and critical")) << usage;
  }
}

TEST_F(InboxCertificateTest, ExtendedKeyUsageMustBeEmailProtectionAlone) {
  for (const char* usage : {"", "clientAuth,emailProtection", "emailProtection,1.2.3.4", "anyExtendedKeyUsage"}) {
    EXPECT_THAT(Refusal({.extended_key_usage = usage}), HasSubstr("not emailProtection alone")) << usage;
  }
}

TEST_F(InboxCertificateTest, TheOneUriNameMustBeTheMunicipalitys) {
  for (const char* names : {"", "URI:urn:envej:municipality:0102", "URI:urn:envej:region:0101",
                            "URI:urn:envej:municipality:0101,URI:urn:envej:municipality:0102",
                            "URI:urn:envej:municipality:0101,URI:https://example.dk", "DNS:urn:envej:municipality:0101",
                            "URI:URN:envej:municipality:0101"}) {
    EXPECT_THAT(Refusal({.names = names}), HasSubstr("the one URI name urn:envej:municipality:0101")) << names;
  }
  EXPECT_EQ(Refusal({.names = "URI:urn:envej:municipality:0101,DNS:example.dk"}), "");
}

TEST_F(InboxCertificateTest, OtherCurvesAreRefused) {
  for (const char* curve : {"P-384", "secp256k1"}) {
    EXPECT_THAT(Refusal({.curve = curve}), HasSubstr("not on P-256")) << curve;
  }
}

TEST_F(InboxCertificateTest, AnAuthorityIsNoInbox) {
  EXPECT_THAT(Refusal({.basic_constraints = "critical,CA:TRUE"}), HasSubstr("is an authority's"));
  EXPECT_THAT(RefusalAt(authorities_.front(), now_), HasSubstr("is an authority's"));
}

TEST_F(InboxCertificateTest, IsGoodFromItsFirstSecondThroughItsLast) {
  LeafRequest request = Request(LeafUsage::kInbox);
  request.not_before = absl::FromUnixSeconds(absl::ToUnixSeconds(now_) - 100);
  request.not_after = request.not_before + absl::Seconds(200);
  const Certificate certificate = Leaf(request);
  EXPECT_THAT(RefusalAt(certificate, request.not_before - absl::Seconds(1)), HasSubstr("not valid yet"));
  EXPECT_EQ(RefusalAt(certificate, request.not_before), "");
  EXPECT_EQ(RefusalAt(certificate, request.not_after), "");
  EXPECT_THAT(RefusalAt(certificate, request.not_after + absl::Seconds(1)), HasSubstr("no longer valid"));
}

TEST_F(InboxCertificateTest, OnlyAcceptedAuthoritiesCount) {
  const TestAuthority same_name;
  const Certificate other = Issue({}, same_name.authority());
  EXPECT_THAT(RefusalAt(other, now_), HasSubstr("not under an accepted authority"));
  // Neither certificate tells which of two authorities of one name issued it.
  authorities_.push_back(Certificate::FromPem(same_name.CertificatePem())->front());
  EXPECT_EQ(RefusalAt(Issue({}, authority_.authority()), now_), "");
  EXPECT_EQ(RefusalAt(other, now_), "");
  authorities_.clear();
  EXPECT_THAT(RefusalAt(other, now_), HasSubstr("not under an accepted authority"));
  // Listed itself, it is still nobody's authority.
  authorities_ = {other};
  EXPECT_THAT(RefusalAt(other, now_), HasSubstr("not under an accepted authority"));
}

TEST_F(InboxCertificateTest, AnAuthorityMustBeValidToo) {
  const CertificateAuthority expired =
      CertificateAuthority::Create("expired", now_ - absl::Hours(9), now_ - absl::Hours(8)).value();
  authorities_ = Certificate::FromPem(expired.ToPem()->certificate_pem).value();
  EXPECT_THAT(RefusalAt(Issue({}, expired), now_), HasSubstr("not under an accepted authority"));
}

TEST_F(InboxCertificateTest, ASignatureWithSha1IsTooWeak) {
  EXPECT_THAT(Refusal({.digest = EVP_sha1()}), HasSubstr("not under an accepted authority"));
}

TEST_F(InboxCertificateTest, AnAuthorityBelowTheRootIsTrustedAsItStands) {
  // Its certificate is under a root that is not among the accepted ones.
  const std::string root_pem = authority_.CertificatePem();
  const CertificatePointer root = std::move(ParseCertificates(root_pem)->front());
  const KeyPointer root_key = ParsePrivateKey(authority_.authority().ToPem()->key_pem).value();
  const IssuedCertificate own =
      CertificateAuthority::Create("below", now_ - absl::Hours(1), now_ + absl::Hours(1))->ToPem().value();
  const CertificatePointer below = std::move(ParseCertificates(own.certificate_pem)->front());
  X509_set_issuer_name(below.get(), X509_get_subject_name(root.get()));
  ASSERT_GT(X509_sign(below.get(), root_key.get(), EVP_sha256()), 0);
  const std::string below_pem = ToPem(*below).value();
  const CertificateAuthority authority = CertificateAuthority::FromPem(below_pem, own.key_pem).value();
  authorities_ = Certificate::FromPem(below_pem).value();
  EXPECT_EQ(RefusalAt(Issue({}, authority), now_), "");
}

TEST_F(InboxCertificateTest, ListsDecideApartWhetherItIsStillGood) {
  const TestDirectory directory;
  const Certificate good = Leaf(Request(LeafUsage::kInbox));
  const Certificate revoked = Leaf(Request(LeafUsage::kInbox));
  RevokedCertificate from_tomorrow = Revoked(revoked, RevocationReason::kSuperseded);
  from_tomorrow.revoked_at += absl::Hours(24);
  const std::string list = directory.Write("list.pem", authority_.RevocationListPem({from_tomorrow}));
  const RevocationSet lists = RevocationSet::Load(list, authorities_).value();
  EXPECT_TRUE(CheckInboxStanding(good, lists, now_).ok());
  const absl::Status refused = CheckInboxStanding(revoked, lists, now_);
  EXPECT_TRUE(absl::IsPermissionDenied(refused)) << refused;
  EXPECT_EQ(refused.message(), "the inbox certificate is revoked (superseded)");
  EXPECT_TRUE(absl::IsUnavailable(CheckInboxStanding(good, lists, now_ + absl::Hours(2))));
  EXPECT_TRUE(absl::IsUnavailable(CheckInboxStanding(revoked, lists, now_ + absl::Hours(2))));
}

}  // namespace
}  // namespace envej::certs
