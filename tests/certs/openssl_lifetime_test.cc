#include "certs/openssl_lifetime.h"

#include <gtest/gtest.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <cstdlib>

namespace envej::certs {
namespace {

constexpr int kWorks = 3;

// Runs at the very end, as what a thread still does then: it was registered before OpenSSL was used.
void UseOpenSsl() {
  unsigned char byte = 0;
  _exit(RAND_bytes(&byte, 1) == 1 ? kWorks : 1);
}

TEST(KeepOpenSslToTheEndTest, ItWorksWhileTheProcessEnds) {
  const auto end = [] {
    std::atexit(UseOpenSsl);
    KeepOpenSslToTheEnd();
    unsigned char byte = 0;
    RAND_bytes(&byte, 1);
    std::exit(0);
  };
  EXPECT_EXIT(end(), testing::ExitedWithCode(kWorks), "");
}

}  // namespace
}  // namespace envej::certs
