#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "municipality-client/content_opener.h"
#include "tests/municipality-client/support/notices.h"
#include "tests/support/sealing_world.h"

namespace envej::municipality_client {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class OpeningFilesTest : public testing::Test {
 protected:
  OpeningFiles Files(const std::string& revocation_lists = "") const {
    return {.inbox_certificates = {world_.inbox_certificate_file()},
            .inbox_keys = {world_.inbox_key_file()},
            .authorities = world_.authorities_file(),
            .revocation_lists = revocation_lists};
  }

  // Why nothing is made of these files: one line without anything of what they hold.
  std::string Unusable(const OpeningFiles& files) const {
    const absl::StatusOr<ContentOpener> opener = ContentOpener::Create(files);
    EXPECT_FALSE(opener.ok());
    const std::string why(opener.status().message());
    EXPECT_THAT(why, AllOf(Not(HasSubstr("\n")), Not(HasSubstr("BEGIN"))));
    return why;
  }

  const certs::TestDirectory files_;
  const support::SealingWorld world_{kRegion, kMunicipality};
  const certs::TestAuthority other_authority_{"another authority"};
};

TEST_F(OpeningFilesTest, ProperOnesAreTaken) { EXPECT_TRUE(ContentOpener::Create(Files()).ok()); }

TEST_F(OpeningFilesTest, AMissingFileIsNamed) {
  const std::string absent = files_.Path("absent");
  OpeningFiles files = Files();
  files.inbox_certificates = {absent};
  EXPECT_THAT(Unusable(files), HasSubstr(absent));
  files = Files();
  files.inbox_keys = {absent};
  EXPECT_THAT(Unusable(files), HasSubstr(absent));
  files = Files();
  files.authorities = absent;
  EXPECT_THAT(Unusable(files), HasSubstr(absent));
  EXPECT_THAT(Unusable(Files(absent)), HasSubstr(absent));
}

TEST_F(OpeningFilesTest, GarbageIsNamedAndNotRepeated) {
  const std::string garbage = files_.Write("garbage", "marmalade");
  const auto names_it = AllOf(HasSubstr(garbage), Not(HasSubstr("marmalade")));
  OpeningFiles files = Files();
  files.inbox_certificates = {garbage};
  EXPECT_THAT(Unusable(files), names_it);
  files = Files();
  files.inbox_keys = {garbage};
  EXPECT_THAT(Unusable(files), names_it);
  files = Files();
  files.authorities = garbage;
  EXPECT_THAT(Unusable(files), names_it);
  EXPECT_THAT(Unusable(Files(garbage)), names_it);
}

TEST_F(OpeningFilesTest, AKeyMustBeItsCertificatesAndItsOwnersAlone) {
  const support::SealingWorld other(kRegion, kMunicipality);
  OpeningFiles files = Files();
  files.inbox_certificates.push_back(other.inbox_certificate_file());
  files.inbox_keys.push_back(world_.inbox_key_file());
  EXPECT_THAT(Unusable(files), AllOf(HasSubstr(other.inbox_certificate_file()), HasSubstr(world_.inbox_key_file())));
  files = Files();
  files.inbox_keys = {files_.Write("open.key", certs::ReadFile(world_.inbox_key_file()), 0644)};
  EXPECT_THAT(Unusable(files), AllOf(HasSubstr(files.inbox_keys.front()), HasSubstr("open to others")));
}

TEST_F(OpeningFilesTest, EachCertificateNeedsItsKey) {
  OpeningFiles files = Files();
  files.inbox_certificates.push_back(world_.inbox_certificate_file());
  EXPECT_THAT(Unusable(files), HasSubstr("--inbox-key"));
  files.inbox_certificates.clear();
  files.inbox_keys.clear();
  EXPECT_THAT(Unusable(files), HasSubstr("no inbox certificate"));
}

TEST_F(OpeningFilesTest, WhereRevocationIsConfiguredThereMustBeAList) {
  const std::string lists = files_.Path("lists");
  std::filesystem::create_directory(lists);
  EXPECT_THAT(Unusable(Files(lists)), HasSubstr(lists));
  files_.Write("lists/one.pem", world_.authority().RevocationListPem({}));
  EXPECT_TRUE(ContentOpener::Create(Files(lists)).ok());
  const std::string strange = files_.Write("lists/two.pem", other_authority_.RevocationListPem({}));
  EXPECT_THAT(Unusable(Files(lists)), HasSubstr(strange));
}

}  // namespace
}  // namespace envej::municipality_client
