// A store that is lost, and made again from a backup and the mirror of its journal.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/expect_refusal.h"
#include "tests/support/notice_messages.h"
#include "tests/system/restore_fixture.h"

namespace envej::system {
namespace {

namespace fs = std::filesystem;
using contract::Reason;
using support::BrokerProcess;
using support::CallContext;
using support::Ended;
using support::kCode;
using support::ReasonOf;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr int kDone = 0;
constexpr int kRefused = 1;
constexpr int kUsage = 2;
constexpr int kCannot = 4;

// A folder's files below it with their sizes, to see that nothing was changed.
std::map<std::string, uintmax_t> FilesIn(const std::string& folder) {
  std::map<std::string, uintmax_t> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    files[entry.path().string()] = entry.is_regular_file() ? entry.file_size() : 0;
  }
  return files;
}

std::string IdOf(const v1::Notice& notice) { return notice.envelope().notice_id(); }

TEST_F(RestoreTest, WhatHappenedAfterTheBackupHasHappenedAndWhatWasLostIsSentAgain) {
  const v1::Notice waiting = SubmitNew();
  const v1::Notice withdrawn = SubmitNew();
  const std::string backup = NewBackup();
  const v1::Notice acknowledged = SubmitNew();
  const v1::Notice lost = SubmitNew();
  const v1::Notice lost_and_withdrawn = SubmitNew();
  EXPECT_THAT(Pulled(1), testing::ElementsAre(IdOf(waiting)));
  v1::PullNoticesResponse leased = pulled_;
  Withdraw(withdrawn);
  Withdraw(lost_and_withdrawn);
  EXPECT_THAT(Pulled(1), testing::ElementsAre(IdOf(acknowledged)));
  EXPECT_TRUE(Acknowledge(pulled_).results(0).has_acknowledged_at());
  // It stops with all of its journal mirrored; then its disk is lost.
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  const std::string lost_data = broker_.folder().Path("lost");
  fs::rename(broker_.data(), lost_data);

  const Ended restored = Restore(backup, {"--lost-data", lost_data});
  ASSERT_EQ(restored.code, kDone) << restored.err;
  EXPECT_THAT(restored.out,
              AllOf(HasSubstr("pulls are served: the journal was replayed up to where the lost store ended"),
                    HasSubstr("missing: 1 notices")));
  ASSERT_TRUE(broker_.Start());
  EXPECT_EQ(StateOf(waiting), v1::NOTICE_STATE_WAITING);
  EXPECT_EQ(StateOf(withdrawn), v1::NOTICE_STATE_WITHDRAWN);
  EXPECT_EQ(StateOf(acknowledged), v1::NOTICE_STATE_ACKNOWLEDGED);
  EXPECT_EQ(StateOf(lost), v1::NOTICE_STATE_MISSING);
  EXPECT_EQ(StateOf(lost_and_withdrawn), v1::NOTICE_STATE_WITHDRAWN);
  const v1::AcknowledgeNoticesResponse late = Acknowledge(leased);
  EXPECT_EQ(late.results(0).rejected().reason(), v1::REJECTION_REASON_LEASE_EXPIRED)
      << "its lease was the lost store's";
  EXPECT_THAT(Pulled(), testing::ElementsAre(IdOf(waiting)));
  EXPECT_NE(pulled_.items(0).lease().name().token(), leased.items(0).lease().name().token());
  const v1::Receipt receipt = Submit(lost);
  EXPECT_EQ(receipt.notice_id(), IdOf(lost));
  EXPECT_THAT(Pulled(), testing::ElementsAre(IdOf(lost)));
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  const Ended verified = Verify();
  EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
}

// The newest batch that was answered is marked beside the next one, or a moment later.
TEST_F(RestoreTest, TheMarkOfAStoreThatWasNotStoppedIsNotItsEnd) {
  SubmitNew();
  const std::string backup = NewBackup();
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  ASSERT_TRUE(broker_.Start());  // all that there is is mirrored, and marked
  broker_.Kill();
  const std::string lost_data = broker_.folder().Path("lost");
  fs::rename(broker_.data(), lost_data);
  const Ended restored = Restore(backup, {"--lost-data", lost_data});
  ASSERT_EQ(restored.code, kDone) << restored.err;
  EXPECT_THAT(restored.out, Not(HasSubstr("pulls are served")));
}

TEST_F(RestoreTest, PullsAreRefusedUntilOperationsAcceptWhatIsMissing) {
  const v1::Notice notice = SubmitNew();
  const std::string backup = NewBackup();
  Lose();
  fs::remove_all(mirror_);
  const Ended restored = Restore(backup, {"--no-mirror"});
  ASSERT_EQ(restored.code, kDone) << restored.err;
  EXPECT_THAT(restored.out, HasSubstr("until operations accept what is missing"));
  fs::create_directory(mirror_);
  ASSERT_TRUE(broker_.Start());
  EXPECT_TRUE(broker_.WaitForLog("\"recovering\""));
  v1::PullNoticesResponse none;
  support::ExpectRefused(Pull(none), Reason::kBrokerRecovering);
  const v1::Notice during = SubmitNew();
  EXPECT_EQ(StateOf(during), v1::NOTICE_STATE_WAITING) << "regions are served";
  EXPECT_EQ(RecoveryState().value("recovering", false), true);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  ASSERT_TRUE(broker_.Start());
  EXPECT_EQ(ReasonOf(Pull(none)), Reason::kBrokerRecovering) << "also after another start";

  const Ended accepted = Recovery("accept");
  EXPECT_EQ(accepted.code, kDone) << accepted.err;
  EXPECT_THAT(accepted.out, AllOf(HasSubstr("none was read"), HasSubstr("accepted: ")));
  ASSERT_TRUE(broker_.WaitForLog("\"recovered\""));
  EXPECT_THAT(Pulled(), testing::UnorderedElementsAre(IdOf(notice), IdOf(during)));
  EXPECT_EQ(RecoveryState().value("state", ""), "accepted");
  EXPECT_EQ(Recovery("accept").code, kRefused);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  ASSERT_TRUE(broker_.Start());
  EXPECT_EQ(Pulled(), std::vector<std::string>()) << "all are leased";
}

TEST_F(RestoreTest, WhereNobodyKnowsTheEndRegionsHaveTheirTime) {
  SubmitNew();
  const std::string backup = NewBackup();
  const v1::Notice later = SubmitNew();
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  fs::remove_all(broker_.data());
  ASSERT_EQ(Restore(backup, {"--wait", "3s"}).code, kDone);
  ASSERT_TRUE(broker_.Start());
  v1::PullNoticesResponse none;
  EXPECT_EQ(ReasonOf(Pull(none)), Reason::kBrokerRecovering);
  EXPECT_EQ(StateOf(later), v1::NOTICE_STATE_MISSING);
  ASSERT_TRUE(broker_.WaitForLog("\"recovered\""));
  EXPECT_EQ(Pulled().size(), 1u);
  EXPECT_EQ(RecoveryState().value("state", ""), "waited");
}

TEST_F(RestoreTest, ABackupIsPrivateWholeAndTheOnlyThingThatIsLeft) {
  SubmitNew();
  const std::string first = NewBackup();
  EXPECT_EQ(fs::status(first).permissions(), fs::perms::owner_all);
  for (const auto& [path, size] : FilesIn(first)) {
    const fs::perms others = fs::perms::group_all | fs::perms::others_all;
    EXPECT_EQ(fs::status(path).permissions() & others, fs::perms::none) << path;
  }
  EXPECT_EQ(Backup({"--keep", "never"}).code, kUsage);
  for (const std::string& inside : {broker_.data(), broker_.data() + "/rocksdb/../new", mirror_}) {
    const Ended refused = Run({"backup", "--config", broker_.config(), "--to", inside});
    EXPECT_EQ(refused.code, kUsage) << inside;
    EXPECT_THAT(refused.err, HasSubstr("which a backup is to outlive"));
  }
  // What a backup that was killed left is removed, and what is too old; never the newest.
  fs::create_directory(backups_ + "/unfinished-20260101T000000Z");
  const std::string manifest = first + "/manifest.json";
  std::string text = certs::ReadFile(manifest);
  const size_t at = text.find("\"made_at\": \"20");
  text.replace(at + 12, 4, "2020");
  broker_.folder().Write("backups/" + fs::path(first).filename().string() + "/manifest.json", text);
  // One that is broken, and something of somebody else's.
  fs::create_directories(backups_ + "/backup-20260101T000000Z-7/rocksdb");
  fs::create_directories(backups_ + "/backup-of-something-else");
  const Ended made = Backup({"--output", "json"});
  ASSERT_EQ(made.code, kDone) << made.err;
  EXPECT_THAT(made.err, HasSubstr("backup-of-something-else cannot be restored"));
  const nlohmann::json said = nlohmann::json::parse(made.out, nullptr, false);
  EXPECT_EQ(said.value("removed", 0), 2);
  EXPECT_EQ(said.value("unusable", 0), 1);
  const std::string second = said.value("backup", "");
  EXPECT_NE(second, first);
  std::vector<std::string> left;
  for (const fs::directory_entry& entry : fs::directory_iterator(backups_)) left.push_back(entry.path().string());
  EXPECT_THAT(left,
              testing::UnorderedElementsAre(second, backups_ + "/backup.lock", backups_ + "/backup-of-something-else"));
  // A store that cannot be read makes none.
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  fs::remove(broker_.data() + "/high-water-mark");
  EXPECT_EQ(Backup().code, kRefused);
  fs::remove_all(broker_.data());
  EXPECT_EQ(Backup().code, kCannot);
  EXPECT_EQ(std::distance(fs::directory_iterator(backups_), fs::directory_iterator()), 3);
}

TEST_F(RestoreTest, ADamagedBackupIsRefusedAndNothingIsMade) {
  SubmitNew();
  const std::string backup = NewBackup();
  Lose();
  for (const auto& [path, size] : FilesIn(backup + "/rocksdb")) {
    if (size == 0) continue;
    const std::string whole = certs::ReadFile(path);
    std::string changed = whole;
    changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
    std::ofstream(path, std::ios::binary) << changed;
    const Ended refused = Restore(backup);
    EXPECT_EQ(refused.code, kRefused) << path;
    EXPECT_THAT(refused.err, HasSubstr("is not as it was written")) << path;
    EXPECT_FALSE(fs::exists(broker_.data()));
    std::ofstream(path, std::ios::binary) << whole;
  }
  EXPECT_EQ(Restore(backup + "-none").code, kRefused);
  EXPECT_EQ(Restore(backup, {"--mirror", backups_}).code, kRefused) << "a mirror that is named must be one";
  EXPECT_EQ(Restore(backup, {"--lost-data", backups_}).code, kRefused);
  EXPECT_FALSE(fs::exists(broker_.data()));
}

TEST_F(RestoreTest, APlaceThatIsNotEmptyIsRefusedAndAHalfRestoreIsNoStore) {
  const v1::Notice notice = SubmitNew();
  const std::string backup = NewMirroredBackup();
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  const std::map<std::string, uintmax_t> before = FilesIn(broker_.data());
  const Ended refused = Restore(backup);
  EXPECT_EQ(refused.code, kRefused);
  EXPECT_THAT(refused.err, HasSubstr("is not empty"));
  EXPECT_EQ(FilesIn(broker_.data()), before);

  // Killed at any of these moments, a restore leaves what no broker starts with, and the next one ends it.
  fs::remove_all(broker_.data());
  // As it was: without what the stores that are made here do.
  const std::string mirror = broker_.folder().Path("mirror-as-it-was");
  fs::copy(mirror_, mirror, fs::copy_options::recursive);
  const std::vector<std::string> at_once = {"--wait", "0s", "--mirror", mirror};
  ASSERT_EQ(Restore(backup, at_once).code, kDone);
  const std::string whole = broker_.folder().Path("whole");
  fs::rename(broker_.data(), whole);
  const std::string making = broker_.data() + "/restoring";
  for (const int moment : {0, 1, 2}) {
    fs::create_directories(making);
    if (moment == 0) fs::create_directory(making + "/rocksdb");
    if (moment >= 1) fs::copy(whole + "/rocksdb", broker_.data() + "/rocksdb");
    if (moment >= 1) fs::copy(whole + "/high-water-mark", (moment == 1 ? making : broker_.data()) + "/high-water-mark");
    const Ended start = broker_.StartRefused();
    EXPECT_EQ(start.code, support::kStoreRefused) << moment;
    EXPECT_THAT(start.err, HasSubstr("did not end")) << moment;
    const Ended again = Restore(backup, at_once);
    EXPECT_EQ(again.code, kDone) << moment << again.err;
    ASSERT_TRUE(broker_.Start());
    ASSERT_TRUE(broker_.WaitForLog("\"recovered\""));
    EXPECT_THAT(Pulled(), testing::ElementsAre(IdOf(notice)));
    ASSERT_EQ(broker_.Stop().code, support::kDone);
    fs::remove_all(broker_.data());
  }
}

TEST_F(RestoreTest, ARestoreThatIsKilledIsMadeAnew) {
  for (int count = 0; count < 50; ++count) SubmitNew();
  const std::string backup = NewMirroredBackup();
  Lose();
  const std::vector<std::string> arguments = {
      support::ProgramPath("envej-broker"), "restore", "--config", broker_.config(), "--from", backup, "--wait", "0s"};
  for (const int milliseconds : {2, 10, 20, 40, 80}) {
    support::Process restore(arguments);
    absl::SleepFor(absl::Milliseconds(milliseconds));
    restore.Signal(SIGKILL);
    const bool was_killed = restore.Wait().code == 128 + SIGKILL;
    if (!was_killed) fs::remove_all(broker_.data());
  }
  const Ended restored = Restore(backup, {"--wait", "0s"});
  ASSERT_EQ(restored.code, kDone) << restored.err;
  ASSERT_TRUE(broker_.Start());
  ASSERT_TRUE(broker_.WaitForLog("\"recovered\""));
  EXPECT_EQ(Pulled().size(), 50u);
}

TEST_F(RestoreTest, TheStreamOfChangesGoesOnAndTellsWhatIsMissing) {
  SubmitNew();
  const auto read = [this](const std::string& token) {
    v1::WatchNoticesRequest request;
    request.set_resume_token(token);
    const auto context = CallContext();
    const auto intake = broker_.Intake(support::kRegion);
    const auto stream = intake->WatchNotices(context.get(), request);
    v1::WatchNoticesResponse answer;
    EXPECT_TRUE(stream->Read(&answer));
    context->TryCancel();
    return answer;
  };
  const v1::WatchNoticesResponse first = read("");
  ASSERT_EQ(first.changes_size(), 1);
  const std::string backup = NewBackup();
  const v1::Notice lost = SubmitNew();
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  fs::remove_all(broker_.data());
  ASSERT_EQ(Restore(backup).code, kDone);
  ASSERT_TRUE(broker_.Start());
  const v1::WatchNoticesResponse after = read(first.resume_token());
  EXPECT_TRUE(after.begins_anew());
  ASSERT_EQ(after.changes_size(), 2) << "not the first one again";
  EXPECT_EQ(after.changes(0).kind(), v1::CHANGE_KIND_ACCEPTED);
  EXPECT_EQ(after.changes(1).kind(), v1::CHANGE_KIND_MISSING);
  EXPECT_EQ(after.changes(1).notice_id(), IdOf(lost));
}

}  // namespace
}  // namespace envej::system
