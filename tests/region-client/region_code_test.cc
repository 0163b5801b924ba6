#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "certs/pem.h"
#include "envej/v1/sealed_payload.pb.h"
#include "tests/region-client/support/notice_sealer_fixture.h"

namespace envej::region {
namespace {

using certs::Certificate;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// As Danish OCES3 system certificates are.
certs::LeafRequest NamedBySubject() {
  certs::LeafRequest request = certs::ClientRequest("");
  request.uris.clear();
  request.subject_serial_number = "UI:DK-O:G:1";
  return request;
}

// Which region a notice is sealed for: as the certificate says, or as it is told.
class RegionCodeTest : public NoticeSealerTest {
 protected:
  v1::Notice Sealed(const SealingFiles& files) const { return NoticeSealerTest::Sealed(MakeSealer(files)); }

  // Which region the content says it is of; the municipality compares it with who sent it.
  std::string RegionSealedIn(const v1::Notice& sealed, const SealingFiles& files) const {
    std::vector<certs::Opener::Inbox> inboxes;
    inboxes.push_back(
        {.certificate = world_.inbox(), .key = *certs::ParsePrivateKey(certs::ReadFile(world_.inbox_key_file()))});
    const auto content = certs::Opener::Create(std::move(inboxes))->Open(sealed.sealed().cms());
    const auto signer = Certificate::FromPem(certs::ReadFile(files.tls.certificate_chain));
    const auto payload = content->Payload(signer->front());
    v1::SealedPayload message;
    EXPECT_TRUE(message.ParseFromString(payload.value_or("x")));
    return message.region_code();
  }
};

TEST_F(RegionCodeTest, ACertificateThatNamesItsRegionBySubjectNeedsTheRegionsCode) {
  SealingFiles files = Files();
  certs::LeafRequest by_organization = NamedBySubject();
  std::swap(by_organization.subject_serial_number, by_organization.organization_identifier);
  for (const certs::LeafRequest& request : {NamedBySubject(), by_organization}) {
    files.tls = authority_.IssueFiles(files_, "other", request);
    files.region_code.clear();
    EXPECT_THAT(Unusable(files), AllOf(StartsWith(files.tls.certificate_chain), HasSubstr("bears no URI name"),
                                       HasSubstr("--region"), Not(HasSubstr("UI:DK-O"))));
    files.region_code = kRegion;
    EXPECT_TRUE(NoticeSealer::Create(files, now_).ok());
  }
}

TEST_F(RegionCodeTest, TheRegionsCodeThatIsGivenIsSealedWithTheContent) {
  SealingFiles files = Files();
  const std::string commitment = Sealed(files).envelope().content_commitment().value();
  files.tls = authority_.IssueFiles(files_, "other", NamedBySubject());
  files.region_code = kRegion;
  EXPECT_EQ(Sealed(files).envelope().content_commitment().value(), commitment);
  EXPECT_EQ(RegionSealedIn(Sealed(files), files), kRegion);
  files.region_code = "1082";
  EXPECT_NE(Sealed(files).envelope().content_commitment().value(), commitment);
  EXPECT_EQ(RegionSealedIn(Sealed(files), files), "1082");
}

TEST_F(RegionCodeTest, TheRegionsCodeThatIsGivenMustBeTheUriNames) {
  SealingFiles files = Files();
  files.region_code = kRegion;
  EXPECT_TRUE(NoticeSealer::Create(files, now_).ok());
  certs::LeafRequest both = certs::ClientRequest("urn:envej:region:1081:ward-system");
  both.subject_serial_number = "UI:DK-O:G:1";
  for (const certs::LeafRequest& request : {certs::ClientRequest("urn:envej:region:1081"), both}) {
    files.tls = authority_.IssueFiles(files_, "other", request);
    files.region_code = "1082";
    EXPECT_THAT(Unusable(files), AllOf(StartsWith(files.tls.certificate_chain),
                                       HasSubstr("is the certificate of region 1081, and --region says 1082")));
    files.region_code = "1081";
    EXPECT_TRUE(NoticeSealer::Create(files, now_).ok());
  }
}

TEST_F(RegionCodeTest, ACodeMakesNoRegionOfAnotherCertificate) {
  SealingFiles files = Files();
  files.region_code = kRegion;
  certs::LeafRequest nobody = NamedBySubject();
  nobody.subject_serial_number.clear();
  for (const certs::LeafRequest& request :
       {certs::ClientRequest("urn:envej:municipality:1081"), certs::ServerRequest(), nobody}) {
    files.tls = authority_.IssueFiles(files_, "other", request);
    EXPECT_THAT(Unusable(files), HasSubstr("not the certificate of a region"));
  }
}

}  // namespace
}  // namespace envej::region
