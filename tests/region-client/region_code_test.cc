#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "absl/time/clock.h"
#include "certs/pem.h"
#include "envej/v1/sealed_payload.pb.h"
#include "region-client/notice_sealer.h"
#include "tests/region-client/support/notice_lines.h"
#include "tests/support/sealing_world.h"

namespace envej::region {
namespace {

using certs::Certificate;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kRegion[] = "1081";
constexpr char kMunicipality[] = "0101";

// As Danish OCES3 system certificates are.
certs::LeafRequest NamedBySubject() {
  certs::LeafRequest request = certs::ClientRequest("");
  request.uris.clear();
  request.subject_serial_number = "UI:DK-O:G:1";
  return request;
}

// Which region a notice is sealed for: as the certificate says, or as it is told.
class RegionCodeTest : public testing::Test {
 protected:
  SealingFiles Files() const {
    return {.tls = world_.region_files(), .secret = world_.secret_file(), .former_secrets = {}};
  }

  v1::Notice Sealed(const SealingFiles& files) const {
    v1::ListMunicipalitiesResponse directory;
    v1::Municipality& municipality = *directory.add_municipalities();
    municipality.set_municipality_code(kMunicipality);
    municipality.set_participating(true);
    municipality.add_inbox_certificates(world_.inbox().der());
    absl::StatusOr<NoticeSealer> sealer = NoticeSealer::Create(files, now_);
    EXPECT_TRUE(sealer.ok()) << sealer.status();
    sealer->Learn(directory, now_);
    return std::get<v1::Notice>(sealer->Seal(plain_));
  }

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

  // Why no sealer is made of these files.
  std::string Unusable(const SealingFiles& files) const {
    const absl::StatusOr<NoticeSealer> sealer = NoticeSealer::Create(files, now_);
    EXPECT_FALSE(sealer.ok());
    return std::string(sealer.status().message());
  }

  const absl::Time now_ = absl::Now();
  const v1::Notice plain_ = NoticeNumber(1, now_);
  const certs::TestDirectory files_;
  const support::SealingWorld world_{kRegion, kMunicipality};
  const certs::TestAuthority& authority_ = world_.authority();
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
