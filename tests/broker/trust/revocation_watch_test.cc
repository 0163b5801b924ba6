#include "broker/trust/revocation_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "tests/support/broker_process.h"
#include "tests/support/manual_clock.h"
#include "tests/support/trust_world.h"

namespace envej::trust {
namespace {

using support::SharedAuthority;
using testing::HasSubstr;

class RevocationWatchTest : public testing::Test {
 protected:
  // What is logged by one look.
  std::string Look() {
    testing::internal::CaptureStderr();
    watch_.Look(*trust_);
    return testing::internal::GetCapturedStderr();
  }

  // Lists that expire in an hour from now.
  std::shared_ptr<const Trust> Fresh() const {
    const std::string file = folder_.Write("list.pem", SharedAuthority().RevocationListPem({}));
    return support::MakeTrust({.revocations = *certs::RevocationSet::Load(file, {SharedAuthority().AsCertificate()})});
  }

  certs::TestDirectory folder_;
  ManualClock clock_{absl::Now()};
  const Log log_{clock_};
  RevocationWatch watch_{absl::Minutes(30), clock_, log_};
  std::shared_ptr<const Trust> trust_ = Fresh();
};

TEST_F(RevocationWatchTest, IsSilentWhileThereIsTime) {
  clock_.Advance(absl::Minutes(29));
  EXPECT_EQ(Look(), "");
  trust_ = support::MakeTrust();  // revocation is not configured
  clock_.Advance(absl::Hours(10));
  EXPECT_EQ(Look(), "");
}

TEST_F(RevocationWatchTest, AlarmsForAnAuthorityWithoutAList) {
  const certs::TestAuthority other("another authority");
  const std::string file = folder_.Write("list.pem", SharedAuthority().RevocationListPem({}));
  trust_ = support::MakeTrust(
      {.revocations = *certs::RevocationSet::Load(file, {SharedAuthority().AsCertificate(), other.AsCertificate()})});
  EXPECT_THAT(Look(), HasSubstr("revocation_list_missing"));
  EXPECT_EQ(Look(), "");
}

TEST_F(RevocationWatchTest, AlarmsBeforeTheListExpiresAndEveryHourUntilThereIsANewOne) {
  clock_.Advance(absl::Minutes(31));
  EXPECT_THAT(Look(), HasSubstr("revocation_list_expires"));
  EXPECT_EQ(Look(), "");
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(Look(), HasSubstr("revocation_list_expired"));
  EXPECT_EQ(Look(), "");
  clock_.Set(absl::Now());
  trust_ = Fresh();
  EXPECT_EQ(Look(), "");
  clock_.Advance(absl::Minutes(31));
  EXPECT_THAT(Look(), HasSubstr("revocation_list_expires"));
}

}  // namespace
}  // namespace envej::trust
