#include "certs/peer_certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/pem.h"
#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

class PeerCertificatesTest : public ::testing::Test {
 protected:
  std::string Pem(const std::string& uri = "urn:envej:region:1081") const {
    return authority_.Issue(ClientRequest(uri)).certificate_pem;
  }

  // Whether both were read at once, and not one after the other from the same text.
  static bool IsSame(const Certificate& left, const Certificate& right) { return &left.x509() == &right.x509(); }

  const TestAuthority authority_;
};

TEST_F(PeerCertificatesTest, ReadsACertificateOnce) {
  PeerCertificates certificates;
  const std::string pem = Pem();
  const auto first = certificates.Read(pem);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(*first, Certificate::FromPem(pem)->front());
  EXPECT_TRUE(IsSame(certificates.Read(std::string(pem)).value(), *first));
  EXPECT_EQ(certificates.size(), 1u);
}

TEST_F(PeerCertificatesTest, KeepsThoseThatWereAskedForLast) {
  PeerCertificates certificates(2);
  const std::string one = Pem();
  const std::string two = Pem();
  const std::string three = Pem();
  const auto read_one = certificates.Read(one).value();
  const auto read_two = certificates.Read(two).value();
  EXPECT_TRUE(IsSame(certificates.Read(one).value(), read_one));
  certificates.Read(three).value();  // in place of two
  EXPECT_EQ(certificates.size(), 2u);
  EXPECT_TRUE(IsSame(certificates.Read(one).value(), read_one));
  const auto read_again = certificates.Read(two).value();
  EXPECT_FALSE(IsSame(read_again, read_two));
  EXPECT_EQ(read_again, read_two);
  EXPECT_EQ(certificates.size(), 2u);
}

TEST_F(PeerCertificatesTest, WhoHoldsOneKeepsItWhateverIsEvicted) {
  PeerCertificates certificates(0);  // one at least
  const auto held = certificates.Read(Pem()).value();
  certificates.Read(Pem()).value();
  EXPECT_EQ(certificates.size(), 1u);
  EXPECT_EQ(UriNames(held.x509()).size(), 1u);
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
        EXPECT_EQ(UriNames(peer->x509()).front(), absl::StrCat("urn:envej:region:108", region));
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
