// A store that is restored from a backup that does not know all that came after it, and whose mirror does not either.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/exit_codes.h"
#include "tests/system/restore_fixture.h"

namespace envej::system {
namespace {

using support::Ended;
using testing::HasSubstr;
using testing::Not;

constexpr char kUntilAccepted[] = "pulls are refused until operations accept what is missing";

TEST_F(RestoreTest, WhatHappenedToAStoreThatWasRestoredBeforeIsNotTakenAsNothing) {
  SubmitNew();
  const std::string backup = NewBackup();
  SubmitNew();
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  std::filesystem::remove_all(broker_.data());
  const Ended first = Restore(backup, {"--wait", "0s"});
  ASSERT_EQ(first.code, support::kDone) << first.err;
  EXPECT_THAT(first.out, Not(HasSubstr(kUntilAccepted)));
  ASSERT_TRUE(broker_.Start());
  ASSERT_TRUE(broker_.WaitForLog("\"recovered\""));
  ASSERT_EQ(Pulled().size(), 1u);
  Acknowledge(pulled_);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  std::filesystem::remove_all(broker_.data());

  const Ended again = Restore(backup, {"--wait", "0s"});
  ASSERT_EQ(again.code, support::kDone) << again.err;
  EXPECT_THAT(again.err, HasSubstr("restored from this one's backups before"));
  EXPECT_THAT(again.out, HasSubstr(kUntilAccepted));
  ASSERT_TRUE(broker_.Start());
  v1::PullNoticesResponse none;
  support::ExpectRefused(Pull(none), contract::Reason::kBrokerRecovering);
}

TEST_F(RestoreTest, AMirrorThatEndsBeforeTheBackupIsNotTakenAsItsEnd) {
  SubmitNew();
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  const std::string old = broker_.folder().Path("old-mirror");
  std::filesystem::copy(mirror_, old, std::filesystem::copy_options::recursive);
  ASSERT_TRUE(broker_.Start());
  SubmitNew();
  const std::string backup = NewBackup();
  Lose();
  const Ended restored = Restore(backup, {"--mirror", old, "--wait", "0s"});
  ASSERT_EQ(restored.code, support::kDone) << restored.err;
  EXPECT_THAT(restored.out, HasSubstr(kUntilAccepted));
}

}  // namespace
}  // namespace envej::system
