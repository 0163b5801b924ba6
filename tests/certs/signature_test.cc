#include "certs/signature.h"

#include <gtest/gtest.h>

#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

constexpr char kBroker[] = "urn:envej:broker:main";

LeafRequest BrokerRequest() {
  LeafRequest request = ServerRequest();
  request.uris = {kBroker};
  return request;
}

Signer SignerFor(const TestAuthority& authority, const LeafRequest& request) {
  const IssuedCertificate issued = authority.Issue(request);
  return *Signer::FromPem(issued.certificate_pem, issued.key_pem);
}

std::vector<Certificate> Only(const TestAuthority& authority) {
  return *Certificate::FromPem(authority.CertificatePem());
}

TEST(SignatureTest, HoldsForItsBytesAndItsSignerOnly) {
  const TestAuthority authority;
  const Signer signer = SignerFor(authority, BrokerRequest());
  const Signer other = SignerFor(authority, BrokerRequest());
  const absl::StatusOr<std::string> signature = signer.Sign("bytes");
  ASSERT_TRUE(signature.ok()) << signature.status();
  EXPECT_TRUE(CheckSignature(signer.certificate(), "bytes", *signature).ok());
  EXPECT_TRUE(absl::IsDataLoss(CheckSignature(signer.certificate(), "bytez", *signature)));
  EXPECT_TRUE(absl::IsDataLoss(CheckSignature(other.certificate(), "bytes", *signature)));
  EXPECT_TRUE(absl::IsDataLoss(CheckSignature(signer.certificate(), "bytes", "")));
  for (size_t index = 0; index < signature->size(); ++index) {
    std::string changed = *signature;
    changed[index] = static_cast<char>(changed[index] ^ 1);
    EXPECT_FALSE(CheckSignature(signer.certificate(), "bytes", changed).ok()) << index;
  }
}

TEST(SignatureTest, AKeyThatIsNotTheCertificatesSignsNothing) {
  const TestAuthority authority;
  const IssuedCertificate one = authority.Issue(BrokerRequest());
  const IssuedCertificate other = authority.Issue(BrokerRequest());
  EXPECT_TRUE(absl::IsFailedPrecondition(Signer::FromPem(one.certificate_pem, other.key_pem).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Signer::FromPem(one.certificate_pem, "").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Signer::FromPem("", one.key_pem).status()));
}

TEST(SignatureTest, ABrokersSignerIsNamedServesAndIsValidUnderTheAuthorities) {
  const TestAuthority authority;
  const absl::Time now = absl::Now();
  const Signer signer = SignerFor(authority, BrokerRequest());
  const auto check = [&](const Signer& checked) {
    return CheckBrokerSigner(checked.certificate(), Only(authority), "main", now, nullptr, now);
  };
  EXPECT_TRUE(check(signer).ok()) << check(signer);
  EXPECT_FALSE(CheckBrokerSigner(signer.certificate(), Only(authority), "other", now, nullptr, now).ok());
  EXPECT_FALSE(CheckBrokerSigner(signer.certificate(), Only(TestAuthority("another")), "main", now, nullptr, now).ok());
  EXPECT_FALSE(CheckBrokerSigner(signer.certificate(), {}, "main", now, nullptr, now).ok());
  EXPECT_FALSE(
      CheckBrokerSigner(signer.certificate(), Only(authority), "main", now + absl::Hours(3), nullptr, now).ok());
  EXPECT_FALSE(
      CheckBrokerSigner(signer.certificate(), Only(authority), "main", now - absl::Hours(3), nullptr, now).ok());

  EXPECT_FALSE(check(SignerFor(authority, ClientRequest(kBroker))).ok());
  LeafRequest two_named = BrokerRequest();
  two_named.uris.push_back("urn:envej:broker:second");
  EXPECT_FALSE(check(SignerFor(authority, two_named)).ok());
  LeafRequest region = ServerRequest();
  region.uris = {"urn:envej:region:1084"};
  EXPECT_FALSE(check(SignerFor(authority, region)).ok());
}

TEST(SignatureTest, ABrokersSignatureHoldsUpToTheDateFromWhichItsCertificateIsRevoked) {
  const TestDirectory directory;
  const TestAuthority authority;
  const absl::Time now = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  const Signer signer = SignerFor(authority, BrokerRequest());
  const auto check = [&](const std::vector<RevokedCertificate>& revoked, absl::Time at, absl::Time judged_at) {
    const std::string file = directory.Write("list.pem", authority.RevocationListPem(revoked));
    const RevocationSet lists = RevocationSet::Load(file, Only(authority)).value();
    return CheckBrokerSigner(signer.certificate(), Only(authority), "main", at, &lists, judged_at);
  };
  EXPECT_TRUE(check({}, now, now).ok());
  RevokedCertificate revoked = Revoked(signer.certificate(), RevocationReason::kKeyCompromise);
  revoked.revoked_at = now;
  EXPECT_TRUE(absl::IsPermissionDenied(check({revoked}, now, now)));
  EXPECT_TRUE(check({revoked}, now - absl::Microseconds(1), now).ok());
  revoked.invalid_since = now - absl::Minutes(10);
  EXPECT_TRUE(absl::IsPermissionDenied(check({revoked}, now - absl::Minutes(10), now)));
  EXPECT_TRUE(check({revoked}, now - absl::Minutes(11), now).ok());
  // The list is good for an hour.
  EXPECT_TRUE(absl::IsUnavailable(check({}, now, now + absl::Hours(2))));
  EXPECT_TRUE(absl::IsUnavailable(check({revoked}, now - absl::Minutes(11), now + absl::Hours(2))));
}

}  // namespace
}  // namespace envej::certs
