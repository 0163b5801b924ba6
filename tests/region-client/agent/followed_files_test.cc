#include "region-client/agent/followed_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/certs/test_files.h"

namespace envej::region {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FollowedFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    files_.Follow("pas", tls_, [this] {
      ++taken_;
      return status_;
    });
  }
  void LookTwice() {
    files_.Look(/*at_once=*/false);
    files_.Look(/*at_once=*/false);
  }

  certs::TestDirectory folder_;
  const certs::TlsFiles tls_{.certificate_chain = folder_.Write("chain", "1"),
                             .private_key = folder_.Write("key", "1"),
                             .authorities = folder_.Write("authorities", "1")};
  int taken_ = 0;
  absl::Status status_;
  std::vector<std::string> log_;
  FollowedFiles files_{[this](const std::string& line) { log_.push_back(line); }};
};

TEST_F(FollowedFilesTest, AnyOfThemThatChangesIsTaken) {
  LookTwice();
  EXPECT_EQ(taken_, 0);
  int changes = 0;
  for (const char* const name : {"chain", "key", "authorities"}) {
    folder_.Write(name, "22");
    LookTwice();
    EXPECT_EQ(taken_, ++changes) << name;
  }
  files_.Look(/*at_once=*/true);
  EXPECT_EQ(taken_, 4);
}

TEST_F(FollowedFilesTest, WhatIsWrongIsSaidOnceAndWhatIsRightAgainIsTaken) {
  status_ = absl::FailedPreconditionError("the key is another's");
  folder_.Write("chain", "22");
  LookTwice();
  folder_.Write("chain", "333");
  LookTwice();
  EXPECT_EQ(taken_, 2);
  EXPECT_THAT(log_, ElementsAre("pas: goes on with the former certificate: the key is another's"));
  log_.clear();
  status_ = absl::OkStatus();
  folder_.Write("key", "22");
  LookTwice();
  EXPECT_THAT(log_, ElementsAre(HasSubstr("read again")));
  log_.clear();
  LookTwice();
  EXPECT_THAT(log_, IsEmpty());
}

}  // namespace
}  // namespace envej::region
