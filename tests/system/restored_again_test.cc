// A store that is restored from a backup that does not know all that came after it, and whose mirror does not either.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/exit_codes.h"
#include "tests/system/restore_fixture.h"

namespace envej::system {
namespace {

using support::Ended;
using testing::HasSubstr;
using testing::Not;

constexpr int kRestoreRefused = 1;
constexpr int kRestoreMisused = 2;
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
  EXPECT_THAT(restored.out, testing::ContainsRegex("The mirror ends at batch [0-9]+, before the backup"));
  EXPECT_THAT(restored.out, HasSubstr("To do: "));
}

TEST_F(RestoreTest, AMirrorThatIsLostIsToBeSaidSo) {
  const v1::Notice notice = SubmitNew();
  const std::string backup = NewMirroredBackup();
  Lose();
  std::filesystem::rename(mirror_, mirror_ + "-lost");
  const Ended refused = Restore(backup);
  EXPECT_EQ(refused.code, kRestoreRefused) << "it might only not be mounted";
  EXPECT_THAT(refused.err, HasSubstr("--no-mirror"));
  EXPECT_FALSE(std::filesystem::exists(broker_.data()));
  EXPECT_EQ(Restore(backup, {"--no-mirror", "--mirror", mirror_ + "-lost"}).code, kRestoreMisused);

  const Ended restored = Restore(backup, {"--no-mirror"});
  ASSERT_EQ(restored.code, support::kDone) << restored.err;
  EXPECT_THAT(restored.out, HasSubstr(kUntilAccepted));
  EXPECT_THAT(restored.out, HasSubstr("none was read"));
  std::filesystem::create_directory(mirror_);
  ASSERT_TRUE(broker_.Start());
  v1::PullNoticesResponse none;
  support::ExpectRefused(Pull(none), contract::Reason::kBrokerRecovering);
  EXPECT_EQ(Recovery("accept").code, support::kDone);
  ASSERT_TRUE(broker_.WaitForLog("\"recovered\""));
  EXPECT_THAT(Pulled(), testing::ElementsAre(notice.envelope().notice_id()));
}

// With the lost store's own mark it is known that the backup lacks nothing, mirror or not.
TEST_F(RestoreTest, WithoutAMirrorABackupThatLacksNothingIsServedAtOnce) {
  const v1::Notice notice = SubmitNew();
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  const std::string backup = NewBackup();
  const std::string lost_data = broker_.folder().Path("lost");
  std::filesystem::rename(broker_.data(), lost_data);
  const Ended restored = Restore(backup, {"--no-mirror", "--lost-data", lost_data});
  ASSERT_EQ(restored.code, support::kDone) << restored.err;
  EXPECT_THAT(restored.out, HasSubstr("pulls are served"));
  ASSERT_TRUE(broker_.Start());
  EXPECT_THAT(Pulled(), testing::ElementsAre(notice.envelope().notice_id()));
}

// What is missing is content like any other, which its region keeps until there is room.
TEST_F(RestoreTest, WhatIsMissingWaitsForRoomAndWhatEndsANoticeDoesNot) {
  if (std::filesystem::space(testing::TempDir()).available >= uint64_t{1} << 40) {
    GTEST_SKIP() << "more is free than any reserve";
  }
  SubmitNew();
  const std::string backup = NewBackup();
  const v1::Notice lost = SubmitNew();
  const v1::Notice withdrawn = SubmitNew();
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  std::filesystem::remove_all(broker_.data());
  ASSERT_EQ(Restore(backup, {"--wait", "0s"}).code, support::kDone);
  std::ofstream(broker_.config(), std::ios::app) << "storage: {reserve_mib: 1048576}\n";
  ASSERT_TRUE(broker_.Start());
  ASSERT_TRUE(broker_.WaitForLog("\"recovered\""));
  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = lost;
  v1::SubmitNoticeResponse answer;
  support::ExpectRefused(broker_.Intake(support::kRegion)->SubmitNotice(support::CallContext().get(), request, &answer),
                         contract::Reason::kStorageNearlyFull);
  EXPECT_EQ(StateOf(lost), v1::NOTICE_STATE_MISSING);
  Withdraw(withdrawn);
  EXPECT_EQ(StateOf(withdrawn), v1::NOTICE_STATE_WAITING) << "nobody knows whether it was handed out: that is told";
  ASSERT_EQ(Pulled().size(), 2u);
  EXPECT_TRUE(Acknowledge(pulled_).results(0).has_acknowledged_at());
  EXPECT_TRUE(Acknowledge(pulled_).results(1).has_acknowledged_at());
  EXPECT_EQ(StateOf(withdrawn), v1::NOTICE_STATE_WITHDRAWN);
}

}  // namespace
}  // namespace envej::system
