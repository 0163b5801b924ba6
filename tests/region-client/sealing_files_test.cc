// What a sealer is made of, and what it is refused for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/region-client/support/notice_sealer_fixture.h"

namespace envej::region {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

using SealingFilesTest = NoticeSealerTest;

TEST_F(SealingFilesTest, AMissingOrBrokenFileIsNamed) {
  const std::string garbage = files_.Write("garbage", "marmalade");
  for (const std::string& bad : {files_.Path("absent"), garbage}) {
    for (const std::function<void(SealingFiles&)>& spoil : std::vector<std::function<void(SealingFiles&)>>{
             [&](SealingFiles& files) { files.tls.certificate_chain = bad; },
             [&](SealingFiles& files) { files.tls.private_key = bad; },
             [&](SealingFiles& files) { files.tls.authorities = bad; },
             [&](SealingFiles& files) { files.secret = bad; },
             [&](SealingFiles& files) { files.former_secrets = {bad}; },
         }) {
      SealingFiles files = Files();
      spoil(files);
      EXPECT_THAT(Unusable(files), HasSubstr(bad));
    }
  }
}

TEST_F(SealingFilesTest, KeyAndSecretAreTheirOwnersAlone) {
  SealingFiles files = Files();
  files.secret = files_.Write("open", certs::ReadFile(world_.secret_file()), 0640);
  EXPECT_THAT(Unusable(files), AllOf(HasSubstr(files.secret), HasSubstr("open to others")));
  files = Files();
  files.tls.private_key = files_.Write("open.key", certs::ReadFile(files.tls.private_key), 0604);
  EXPECT_THAT(Unusable(files), AllOf(HasSubstr(files.tls.private_key), HasSubstr("open to others")));
}

TEST_F(SealingFilesTest, KeyAndCertificateMustBelongTogetherAndBeValid) {
  SealingFiles files = Files();
  files.tls.private_key =
      authority_.IssueFiles(files_, "other", certs::ClientRequest("urn:envej:region:1081")).private_key;
  EXPECT_THAT(Unusable(files), HasSubstr(files.tls.private_key));
  const absl::StatusOr<NoticeSealer> expired = NoticeSealer::Create(Files(), now_ + absl::Hours(2));
  EXPECT_THAT(std::string(expired.status().message()),
              AllOf(HasSubstr(world_.region_files().certificate_chain), HasSubstr("was valid until")));
}

TEST_F(SealingFilesTest, OnlyARegionSeals) {
  SealingFiles files = Files();
  certs::LeafRequest two_names = certs::ClientRequest("urn:envej:region:1081");
  two_names.uris.push_back("urn:envej:region:1082");
  for (const certs::LeafRequest& request :
       {certs::ClientRequest("urn:envej:municipality:0101"), certs::ServerRequest(), two_names}) {
    files.tls = authority_.IssueFiles(files_, "other", request);
    EXPECT_THAT(Unusable(files),
                AllOf(StartsWith(files.tls.certificate_chain), HasSubstr("not the certificate of a region")));
  }
}

TEST_F(SealingFilesTest, ASecretIsGivenOnce) {
  SealingFiles files = Files();
  files.former_secrets = {WriteSecret("copy", 'b')};
  EXPECT_THAT(Unusable(files), AllOf(HasSubstr(files.former_secrets.front()), HasSubstr("given before")));
  files.former_secrets = {WriteSecret("one", 'c'), WriteSecret("two", 'c')};
  EXPECT_THAT(Unusable(files), HasSubstr(files.former_secrets.back()));
}

}  // namespace
}  // namespace envej::region
