#include "broker/trust/trust_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <thread>

#include "absl/time/clock.h"
#include "certs/file_stamp.h"
#include "certs/pem.h"
#include "tests/broker/trust/trust_files.h"

namespace envej::trust {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

class TrustReaderTest : public testing::Test {
 protected:
  std::string Refusal() const {
    const absl::StatusOr<TrustFiles> read = files_.Read(absl::Now());
    return read.ok() ? "not refused" : std::string(read.status().message());
  }

  GoodFiles files_;
};

TEST_F(TrustReaderTest, ReadsWhomToTrustAndNamesEveryFile) {
  const absl::StatusOr<TrustFiles> read = files_.Read(absl::Now());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->trust->revocations().has_value());
  EXPECT_NE(read->trust->participants().FindRegion("1081"), nullptr);
  EXPECT_EQ(read->trust->signer().certificate(), read->trust->sealer().certificate());
  for (const char* const name :
       {"participants.yaml", "broker.pem", "broker.key", "authorities.pem", "lists", "inbox.pem"}) {
    EXPECT_THAT(read->paths, Contains(files_.Path(name)));
  }
}

TEST_F(TrustReaderTest, WithoutListsNobodyIsAskedForRevocation) {
  const absl::StatusOr<TrustFiles> read = GoodFiles(false).Read(absl::Now());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_FALSE(read->trust->revocations().has_value());
}

TEST_F(TrustReaderTest, AnEmptyDirectoryOfListsIsRefused) {
  files_.Remove("lists/authority.pem");
  EXPECT_THAT(Refusal(), AllOf(HasSubstr(files_.Path("lists")), HasSubstr("holds no revocation list")));
}

TEST_F(TrustReaderTest, AnythingThatIsWrongIsRefusedByItsFile) {
  const certs::TestAuthority other("another authority");
  const struct {
    const char* name;
    std::string contents;
  } cases[] = {
      {"participants.yaml", "regions: 1\n"},
      {"participants.yaml", ""},
      {"broker.pem", "no certificate"},
      {"broker.pem", other.Issue(certs::ServerRequest()).certificate_pem},
      {"broker.key", "no key"},
      {"broker.key", other.Issue(certs::ServerRequest()).key_pem},
      {"authorities.pem", ""},
      {"lists/authority.pem", "no list"},
      {"lists/authority.pem", other.RevocationListPem({})},
      {"inbox.pem", "no certificate"},
  };
  for (const auto& wrong : cases) {
    const std::string good = certs::ReadFile(files_.Path(wrong.name));
    files_.Write(wrong.name, wrong.contents);
    EXPECT_THAT(Refusal(), HasSubstr(files_.Path(wrong.name)));
    files_.Write(wrong.name, good);
    EXPECT_EQ(Refusal(), "not refused");
  }
}

TEST_F(TrustReaderTest, AnInboxCertificateOfAnotherAuthorityIsRefusedByItsMunicipality) {
  files_.WriteInbox(certs::TestAuthority("another authority"));
  EXPECT_THAT(Refusal(), HasSubstr("municipality 0101"));
}

TEST_F(TrustReaderTest, WhatIsReadIsReadTogether) {
  const absl::StatusOr<TrustFiles> before = files_.Read(absl::Now());
  files_.WriteOwn();
  const absl::StatusOr<TrustFiles> after = files_.Read(absl::Now());
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_NE(before->stamp, after->stamp);
  EXPECT_THAT(after->tls.certificate_chain, HasSubstr(certs::ReadFile(files_.Path("broker.pem"))));
}

// At whatever moment of the reading: otherwise the file as it was would count for good.
TEST_F(TrustReaderTest, AFileThatIsReplacedWhileItIsReadIsSeenToHaveChanged) {
  const absl::Time begin = absl::Now();
  ASSERT_TRUE(files_.Read(begin).ok());
  const absl::Duration reading = absl::Now() - begin;
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds; ++round) {
    const std::string before = certs::ReadFile(files_.Path("inbox.pem"));
    files_.WriteInbox(files_.authority());
    const std::string after = certs::ReadFile(files_.Path("inbox.pem"));
    files_.Write("inbox.pem", before);
    files_.Write("inbox.new", after);
    std::thread replacing([&] {
      absl::SleepFor(reading * round / kRounds);
      EXPECT_EQ(std::rename(files_.Path("inbox.new").c_str(), files_.Path("inbox.pem").c_str()), 0);
    });
    const absl::StatusOr<TrustFiles> read = files_.Read(absl::Now());
    replacing.join();
    ASSERT_TRUE(read.ok()) << read.status();
    if (read->stamp != certs::StampOf(read->paths)) continue;  // it is read again
    const certs::Certificate& inbox = read->trust->participants().FindMunicipality("0101")->inbox_certificates.front();
    EXPECT_EQ(certs::ToPem(inbox.x509()).value(), after) << round;
  }
}

}  // namespace
}  // namespace envej::trust
