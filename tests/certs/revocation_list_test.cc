#include "certs/revocation_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/pem.h"
#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

using ::testing::HasSubstr;

const absl::Time kThen = absl::FromUnixSeconds(1'700'000'000);

// The authority's empty list with something changed, signed again.
std::string Changed(const TestAuthority& authority, const std::function<void(X509_CRL&)>& change,
                    const EVP_MD* digest = EVP_sha256()) {
  const std::string pem = authority.RevocationListPem({});
  const BioPointer input(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const RevocationListPointer list(PEM_read_bio_X509_CRL(input.get(), nullptr, nullptr, nullptr));
  change(*list);
  EXPECT_GT(X509_CRL_sign(list.get(), ParsePrivateKey(authority.authority().ToPem()->key_pem)->get(), digest), 0);
  unsigned char* bytes = nullptr;
  const int size = i2d_X509_CRL(list.get(), &bytes);
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

void AddExtension(X509_CRL& list, int type, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, nullptr, nullptr, nullptr, &list, 0);
  X509V3_set_ctx_nodb(&context);
  const ExtensionPointer extension(X509V3_EXT_conf_nid(nullptr, &context, type, value));
  ASSERT_NE(extension, nullptr) << value;
  ASSERT_EQ(X509_CRL_add_ext(&list, extension.get(), -1), 1);
}

std::string RefusalOf(const std::string& contents) {
  const absl::StatusOr<std::vector<RevocationList>> lists = RevocationList::Parse(contents);
  EXPECT_TRUE(absl::IsInvalidArgument(lists.status()));
  return std::string(lists.status().message());
}

TEST(RevocationListTest, SaysWhatItsAuthorityWroteIntoIt) {
  const TestAuthority authority;
  std::vector<RevokedCertificate> revoked;
  for (const RevocationReason reason :
       {RevocationReason::kUnspecified, RevocationReason::kKeyCompromise, RevocationReason::kCaCompromise,
        RevocationReason::kAffiliationChanged, RevocationReason::kSuperseded, RevocationReason::kCessationOfOperation,
        RevocationReason::kCertificateHold, RevocationReason::kPrivilegeWithdrawn, RevocationReason::kAaCompromise}) {
    revoked.push_back(Revoked(authority.IssueCertificate(ClientRequest("urn:envej:region:1081")), reason));
    if (revoked.size() % 2 == 0) revoked.back().invalid_since = kThen;
  }
  const absl::StatusOr<std::string> pem = authority.authority().MakeRevocationList(
      {.number = 4711, .this_update = kThen, .next_update = kThen + absl::Hours(2), .revoked = revoked});
  ASSERT_TRUE(pem.ok()) << pem.status();
  const absl::StatusOr<std::vector<RevocationList>> lists = RevocationList::Parse(*pem);
  ASSERT_TRUE(lists.ok()) << lists.status();
  ASSERT_EQ(lists->size(), 1u);
  const RevocationList& list = lists->front();
  EXPECT_EQ(list.number(), "1267");
  EXPECT_EQ(list.this_update(), kThen);
  EXPECT_EQ(list.next_update(), kThen + absl::Hours(2));
  EXPECT_THAT(list.revoked(), ::testing::UnorderedElementsAreArray(revoked));
}

TEST(RevocationListTest, OpensslReadsIt) {
  const TestDirectory directory;
  const TestAuthority authority;
  const Certificate certificate = authority.IssueCertificate(ClientRequest("urn:envej:region:1081"));
  const std::string file = directory.Write(
      "list.pem", authority.RevocationListPem({Revoked(certificate, RevocationReason::kKeyCompromise)}));
  const std::string authorities = directory.Write("authority.pem", authority.CertificatePem());
  EXPECT_EQ(std::system(absl::StrCat("openssl crl -noout -in ", file, " -CAfile ", authorities, " -verify 2>&1",
                                     " | grep -q 'verify OK'")
                            .c_str()),
            0);
  EXPECT_EQ(std::system(absl::StrCat("openssl crl -noout -text -in ", file, " | grep -q 'Key Compromise'").c_str()), 0);
}

TEST(RevocationListTest, RemovedEntriesAreNotRevoked) {
  const TestAuthority authority;
  const Certificate certificate = authority.IssueCertificate(ClientRequest("urn:envej:region:1081"));
  const auto lists =
      RevocationList::Parse(authority.RevocationListPem({Revoked(certificate, RevocationReason::kRemoveFromCrl)}));
  ASSERT_TRUE(lists.ok()) << lists.status();
  EXPECT_TRUE(lists->front().revoked().empty());
}

TEST(RevocationListTest, TakesListsInPemAndInDerOneAfterAnother) {
  const TestAuthority authority;
  const std::string pem = authority.RevocationListPem({});
  const std::string der = Changed(authority, [](X509_CRL&) {});
  EXPECT_EQ(RevocationList::Parse(pem)->size(), 1u);
  EXPECT_EQ(RevocationList::Parse(absl::StrCat("a comment\n", pem, pem))->size(), 2u);
  EXPECT_EQ(RevocationList::Parse(der)->size(), 1u);
  EXPECT_EQ(RevocationList::Parse(der + der)->size(), 2u);
}

TEST(RevocationListTest, RefusesWhatIsNoList) {
  const TestAuthority authority;
  const std::string pem = authority.RevocationListPem({});
  const std::string der = Changed(authority, [](X509_CRL&) {});
  EXPECT_THAT(RefusalOf(""), HasSubstr("holds no revocation list"));
  EXPECT_THAT(RefusalOf(authority.CertificatePem()), HasSubstr("holds no revocation list"));
  EXPECT_THAT(RefusalOf("text"), HasSubstr("malformed"));
  EXPECT_THAT(RefusalOf(der + "x"), HasSubstr("malformed"));
  EXPECT_THAT(RefusalOf(der.substr(0, der.size() - 1)), HasSubstr("malformed"));
  EXPECT_THAT(RefusalOf(pem.substr(0, pem.size() / 2)), HasSubstr("malformed"));
}

TEST(RevocationListTest, RefusesListsThatAreNotCompleteInThemselves) {
  const TestAuthority authority;
  const auto with = [&](int type, const char* value) {
    return RefusalOf(Changed(authority, [&](X509_CRL& list) { AddExtension(list, type, value); }));
  };
  EXPECT_THAT(RefusalOf(Changed(authority,
                                [](X509_CRL& list) {
                                  const AsnStringPointer base(ASN1_INTEGER_new());
                                  ASSERT_EQ(ASN1_INTEGER_set(base.get(), 1), 1);
                                  ASSERT_EQ(X509_CRL_add1_ext_i2d(&list, NID_delta_crl, base.get(), 1, 0), 1);
                                })),
              HasSubstr("a delta revocation list"));
  EXPECT_THAT(with(NID_issuing_distribution_point, "critical,indirectCRL:TRUE"), HasSubstr("an indirect"));
  for (const char* scope : {"critical,onlyCA:TRUE", "critical,onlyAA:TRUE", "critical,onlysomereasons:keyCompromise",
                            "critical,fullname:URI:http://example.dk/1.crl"}) {
    EXPECT_THAT(with(NID_issuing_distribution_point, scope), HasSubstr("for some certificates or reasons only"));
  }
  EXPECT_TRUE(RevocationList::Parse(Changed(authority, [](X509_CRL& list) {
                AddExtension(list, NID_issuing_distribution_point, "critical,onlyuser:TRUE");
              })).ok());
}

TEST(RevocationListTest, RefusesCriticalExtensionsThatItDoesNotKnow) {
  const TestAuthority authority;
  const auto with = [&](const char* value) {
    return RevocationList::Parse(
        Changed(authority, [&](X509_CRL& list) { AddExtension(list, NID_info_access, value); }));
  };
  EXPECT_TRUE(with("caIssuers;URI:http://example.dk/").ok());
  EXPECT_THAT(with("critical,caIssuers;URI:http://example.dk/").status().message(), HasSubstr("not understood"));
}

TEST(RevocationListTest, RefusesWeakSignaturesAndListsWithoutEnd) {
  const TestAuthority authority;
  EXPECT_THAT(RefusalOf(Changed(
                  authority, [](X509_CRL&) {}, EVP_sha1())),
              HasSubstr("SHA-1"));
  // OpenSSL's setters cannot take the field out, so it is cut out of what they wrote.
  std::string der = Changed(authority, [](X509_CRL&) {});
  const absl::Time next_update = RevocationList::Parse(der)->front().next_update();
  const std::string next =
      absl::StrCat("\x17\x0d", absl::FormatTime("%y%m%d%H%M%SZ", next_update, absl::UTCTimeZone()));
  const size_t place = der.find(next);
  ASSERT_NE(place, std::string::npos);
  der.erase(place, next.size());
  // The lengths of the two sequences around it: one byte, or the last of those after 0x81 or 0x82.
  size_t start = 0;
  for (int sequence = 0; sequence < 2; ++sequence) {
    const auto form = static_cast<unsigned char>(der[start + 1]);
    const size_t last = start + 1 + (form > 0x80 ? form - 0x80 : 0);
    ASSERT_GE(static_cast<unsigned char>(der[last]), next.size());
    der[last] = static_cast<char>(static_cast<unsigned char>(der[last]) - next.size());
    start = last + 1;
  }
  EXPECT_THAT(RefusalOf(der), HasSubstr("no next update"));
}

TEST(RevocationListTest, OnlyItsAuthoritySignedIt) {
  const TestAuthority authority("one");
  const TestAuthority namesake("one");
  const TestAuthority other("two");
  const auto lists = RevocationList::Parse(authority.RevocationListPem({}));
  EXPECT_TRUE(lists->front().IsSignedBy(authority.AsCertificate()));
  EXPECT_FALSE(lists->front().IsSignedBy(namesake.AsCertificate()));
  EXPECT_FALSE(lists->front().IsSignedBy(other.AsCertificate()));
}

TEST(RevocationListTest, TheDateThatCountsDependsOnTheReason) {
  RevokedCertificate revoked{.serial = "01", .revoked_at = kThen, .invalid_since = kThen - absl::Hours(5)};
  for (const RevocationReason reason : {RevocationReason::kUnspecified, RevocationReason::kKeyCompromise,
                                        RevocationReason::kCaCompromise, RevocationReason::kAaCompromise}) {
    revoked.reason = reason;
    EXPECT_EQ(CountsFrom(revoked), kThen - absl::Hours(5));
  }
  for (const RevocationReason reason :
       {RevocationReason::kAffiliationChanged, RevocationReason::kSuperseded, RevocationReason::kCessationOfOperation,
        RevocationReason::kCertificateHold, RevocationReason::kPrivilegeWithdrawn}) {
    revoked.reason = reason;
    EXPECT_EQ(CountsFrom(revoked), kThen);
  }
  revoked.reason = RevocationReason::kKeyCompromise;
  revoked.invalid_since.reset();
  EXPECT_EQ(CountsFrom(revoked), kThen);
}

TEST(RevocationListTest, ReasonsHaveTheNamesAndNumbersOfTheStandard) {
  for (long number = 0; number <= 10; ++number) {
    const std::optional<RevocationReason> reason = ReasonNumbered(number);
    EXPECT_EQ(reason.has_value(), number != 7);
    if (reason.has_value()) {
      EXPECT_EQ(ReasonNamed(ReasonName(*reason)), reason);
    }
  }
  EXPECT_EQ(ReasonNamed("keyCompromise"), RevocationReason::kKeyCompromise);
  EXPECT_EQ(ReasonNamed("KeyCompromise"), std::nullopt);
  EXPECT_EQ(ReasonNumbered(11), std::nullopt);
}

}  // namespace
}  // namespace envej::certs
