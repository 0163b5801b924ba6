#include "certs/peer_certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/peer_identity.h"
#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

using ::testing::HasSubstr;

class PeerCertificatesTest : public ::testing::Test {
 protected:
  std::string Pem(const std::string& uri = "urn:envej:region:1081") const {
    return authority_.Issue(ClientRequest(uri)).certificate_pem;
  }

  const TestAuthority authority_;
};

TEST_F(PeerCertificatesTest, ReadsACertificateAndItsNamesOnce) {
  PeerCertificates certificates;
  const std::string pem = Pem();
  const auto first = certificates.Read(pem);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ((*first)->certificate, Certificate::FromPem(pem)->front());
  EXPECT_THAT((*first)->names.uris, ::testing::ElementsAre("urn:envej:region:1081"));
  EXPECT_EQ(certificates.Read(std::string(pem)).value(), *first);
  EXPECT_EQ(certificates.size(), 1u);
}

TEST_F(PeerCertificatesTest, KeepsThoseThatWereAskedForLast) {
  PeerCertificates certificates(2);
  const std::string one = Pem();
  const std::string two = Pem();
  const std::string three = Pem();
  const auto read_one = certificates.Read(one).value();
  const auto read_two = certificates.Read(two).value();
  EXPECT_EQ(certificates.Read(one).value(), read_one);
  certificates.Read(three).value();  // in place of two
  EXPECT_EQ(certificates.size(), 2u);
  EXPECT_EQ(certificates.Read(one).value(), read_one);
  const auto read_again = certificates.Read(two).value();
  EXPECT_NE(read_again, read_two);
  EXPECT_EQ(read_again->certificate, read_two->certificate);
  EXPECT_EQ(certificates.size(), 2u);
}

TEST_F(PeerCertificatesTest, WhoHoldsOneKeepsItWhateverIsEvicted) {
  PeerCertificates certificates(0);  // one at least
  const auto held = certificates.Read(Pem()).value();
  certificates.Read(Pem()).value();
  EXPECT_EQ(certificates.size(), 1u);
  EXPECT_EQ(held->names.uris.size(), 1u);
}

TEST_F(PeerCertificatesTest, RefusesAnythingButOneCertificateAndKeepsNothingOfIt) {
  PeerCertificates certificates;
  for (const std::string& text : {std::string(), std::string("marked"), Pem().substr(0, 300), Pem() + Pem(),
                                  Pem() + std::string(24 << 10, '\n')}) {
    const auto peer = certificates.Read(text);
    EXPECT_TRUE(absl::IsUnauthenticated(peer.status())) << peer.status();
    EXPECT_EQ(peer.status().message().find("marked"), absl::string_view::npos);
  }
  EXPECT_EQ(certificates.size(), 0u);
}

TEST_F(PeerCertificatesTest, ThePeerIsIdentifiedByItsNamesOrRefused) {
  PeerCertificates certificates;
  const auto region = certificates.Read(Pem()).value();
  EXPECT_EQ(ToUri(PeerIdentity(*region, {}).value()), "urn:envej:region:1081");
  const auto broker = certificates.Read(Pem("urn:envej:broker:main")).value();
  EXPECT_TRUE(absl::IsUnauthenticated(PeerIdentity(*broker, {}).status()));
  LeafRequest request = ClientRequest("urn:envej:region:1081");
  request.organization_identifier = "NTRDK-2";
  const auto two = certificates.Read(authority_.Issue(request).certificate_pem).value();
  EXPECT_TRUE(PeerIdentity(*two, {}).ok());
  const SubjectTable table = {
      {{SubjectAttribute::kOrganizationIdentifier, "NTRDK-2"}, {ParticipantKind::kMunicipality, "0101", ""}}};
  const absl::Status refused = PeerIdentity(*two, table).status();
  EXPECT_TRUE(absl::IsUnauthenticated(refused));
  EXPECT_THAT(refused.message(), HasSubstr("the caller's certificate names two different participants"));
}

TEST_F(PeerCertificatesTest, ManyThreadsAskAtOnce) {
  PeerCertificates certificates(3);
  std::vector<std::string> pems;
  for (int region = 0; region < 5; ++region) pems.push_back(Pem(absl::StrCat("urn:envej:region:108", region)));
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (size_t call = 0; call < 500; ++call) {
        const size_t region = (call + thread) % pems.size();
        const auto peer = certificates.Read(pems[region]);
        ASSERT_TRUE(peer.ok()) << peer.status();
        EXPECT_EQ((*peer)->names.uris.front(), absl::StrCat("urn:envej:region:108", region));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(certificates.size(), 3u);
}

TEST_F(PeerCertificatesTest, FindingACertificateIsFarCheaperThanReadingIt) {
  PeerCertificates certificates;
  std::vector<std::string> pems;
  for (int certificate = 0; certificate < 100; ++certificate) pems.push_back(Pem());
  const auto time = [&](int rounds) {
    const auto start = std::chrono::steady_clock::now();
    for (int round = 0; round < rounds; ++round) {
      for (const std::string& pem : pems) EXPECT_TRUE(certificates.Read(pem).ok());
    }
    return (std::chrono::steady_clock::now() - start) / (rounds * pems.size());
  };
  const auto reading = time(1);
  const auto finding = time(200);
  EXPECT_LT(finding * 5, reading);
}

}  // namespace
}  // namespace envej::certs
