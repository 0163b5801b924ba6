#include "certs/https/assets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace envej::https {
namespace {

using testing::HasSubstr;

TEST(AssetsTest, AMissingPackageIsNamed) {
  const absl::StatusOr<Assets> assets =
      Assets::Read({}, {{"bootstrap.css", "bootstrap5/css/bootstrap.min.css", "libjs-bootstrap5"}}, "/nowhere");
  EXPECT_TRUE(absl::IsNotFound(assets.status()));
  EXPECT_THAT(assets.status().message(), HasSubstr("install Debian's package libjs-bootstrap5"));
}

}  // namespace
}  // namespace envej::https
