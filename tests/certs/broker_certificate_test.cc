#include "certs/broker_certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/certs/test_files.h"

namespace envej::certs {
namespace {

using testing::HasSubstr;

class BrokerCertificateTest : public testing::Test {
 protected:
  // What is said of a certificate with these URI names, as that of the broker "main".
  std::string Said(const std::vector<std::string>& uris, LeafUsage usage = LeafUsage::kServer) {
    LeafRequest request = ServerRequest();
    request.uris = uris;
    request.usage = usage;
    return std::string(CheckBrokerCertificate(authority_.IssueCertificate(request), "main").message());
  }

  TestAuthority authority_;
};

TEST_F(BrokerCertificateTest, OneForAServerWithItsNameIsGood) { EXPECT_EQ(Said({"urn:envej:broker:main"}), ""); }

TEST_F(BrokerCertificateTest, OneForAClientIsRefused) {
  EXPECT_THAT(Said({"urn:envej:broker:main"}, LeafUsage::kClient), HasSubstr("not for a server"));
}

TEST_F(BrokerCertificateTest, AnyOtherNameIsRefused) {
  const std::vector<std::vector<std::string>> others = {
      {},
      {"urn:envej:broker:main-2"},
      {"urn:envej:region:1081"},
      {"urn:envej:broker:main", "urn:envej:broker:main-2"},
  };
  for (const std::vector<std::string>& uris : others) {
    EXPECT_THAT(Said(uris), HasSubstr("urn:envej:broker:main:"));
  }
}

}  // namespace
}  // namespace envej::certs
