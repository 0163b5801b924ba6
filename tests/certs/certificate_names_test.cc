#include "certs/certificate_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "certs/pem.h"
#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The names of a certificate whose subject was changed after the authority had signed it: who signed is not asked here.
CertificateNames NamesWith(const std::function<void(X509_NAME&)>& change) {
  const Certificate certificate = TestAuthority().IssueCertificate(ClientRequest("urn:envej:region:1081"));
  const CertificatePointer copy(X509_dup(const_cast<X509*>(&certificate.x509())));
  const std::unique_ptr<X509_NAME, OpensslDeleter<&X509_NAME_free>> subject(
      X509_NAME_dup(X509_get_subject_name(copy.get())));
  change(*subject);
  EXPECT_EQ(X509_set_subject_name(copy.get(), subject.get()), 1);
  EXPECT_GT(i2d_re_X509_tbs(copy.get(), nullptr), 0);
  return NamesOf(Certificate::FromPem(ToPem(*copy).value()).value().front());
}

void Add(X509_NAME& subject, int attribute, int type, absl::string_view bytes) {
  ASSERT_EQ(X509_NAME_add_entry_by_NID(&subject, attribute, type, reinterpret_cast<const unsigned char*>(bytes.data()),
                                       static_cast<int>(bytes.size()), -1, 0),
            1);
}

TEST(NamesOfTest, GivesUrisAndBothAttributesInOrder) {
  LeafRequest request = ClientRequest("urn:envej:region:1081");
  request.uris.push_back("https://example.dk/");
  request.subject_serial_number = "UI:DK-O:G:1";
  request.organization_identifier = "NTRDK-1";
  const CertificateNames names = NamesOf(TestAuthority().IssueCertificate(request));
  EXPECT_THAT(names.uris, ElementsAre("urn:envej:region:1081", "https://example.dk/"));
  EXPECT_THAT(names.subject_names, ElementsAre(SubjectName{SubjectAttribute::kSerialNumber, "UI:DK-O:G:1"},
                                               SubjectName{SubjectAttribute::kOrganizationIdentifier, "NTRDK-1"}));
}

TEST(NamesOfTest, TakesNothingElseForAName) {
  LeafRequest request = ClientRequest("");
  request.uris.clear();
  request.common_name = "UI:DK-O:G:1";
  request.dns_names = {"urn:envej:region:1081"};
  const CertificateNames names = NamesOf(TestAuthority().IssueCertificate(request));
  EXPECT_THAT(names.uris, IsEmpty());
  EXPECT_THAT(names.subject_names, IsEmpty());
}

TEST(NamesOfTest, ReadsEachTypeOfTextAsUtf8) {
  const CertificateNames names = NamesWith([](X509_NAME& subject) {
    Add(subject, NID_serialNumber, V_ASN1_PRINTABLESTRING, "printable");
    Add(subject, NID_serialNumber, V_ASN1_UTF8STRING,
        "r\xc3\xb8"
        "d");
    Add(subject, NID_serialNumber, V_ASN1_T61STRING,
        "r\xf8"
        "d");
    Add(subject, NID_serialNumber, V_ASN1_BMPSTRING, absl::string_view("\0r\0\xf8\0d", 6));
  });
  std::vector<std::string> values;
  for (const SubjectName& name : names.subject_names) values.push_back(name.value);
  EXPECT_THAT(values, ElementsAre("printable",
                                  "r\xc3\xb8"
                                  "d",
                                  "r\xc3\xb8"
                                  "d",
                                  "r\xc3\xb8"
                                  "d"));
}

TEST(NamesOfTest, KeepsEveryByteAndEveryRepetition) {
  const absl::string_view with_nul("UI:DK-O:G:1\0x", 13);
  const CertificateNames names = NamesWith([&](X509_NAME& subject) {
    Add(subject, NID_serialNumber, V_ASN1_UTF8STRING, with_nul);
    Add(subject, NID_serialNumber, V_ASN1_UTF8STRING, with_nul);
  });
  ASSERT_EQ(names.subject_names.size(), 2u);
  for (const SubjectName& name : names.subject_names) EXPECT_EQ(name.value, with_nul);
}

TEST(NamesOfTest, TextThatCannotBeReadIsNoCertificate) {
  LeafRequest request = ClientRequest("urn:envej:region:1081");
  request.organization_identifier = "odd";
  std::string der = TestAuthority().IssueCertificate(request).der();
  const size_t place = der.find("\x0c\x03odd");
  ASSERT_NE(place, std::string::npos);
  ASSERT_TRUE(Certificate::FromDer(der).ok());
  der[place] = V_ASN1_BMPSTRING;  // two bytes a character
  EXPECT_TRUE(absl::IsInvalidArgument(Certificate::FromDer(der).status()));
}

}  // namespace
}  // namespace envej::certs
