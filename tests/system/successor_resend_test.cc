// A region is succeeded by another; then the broker's store is lost. The successor sends again what its predecessor
// sent.

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/process.h"
#include "tests/system/restore_fixture.h"

namespace envej::system {
namespace {

namespace fs = std::filesystem;
using support::Ended;
using support::kCode;
using testing::HasSubstr;

class SuccessorResendTest : public RestoreTest {
 protected:
  // The predecessor submits so many, and keeps file and receipts; their ids.
  std::vector<std::string> SubmitFile(const std::string& name, int count) {
    std::vector<std::string> ids;
    const std::string file = broker_.folder().Path(name);
    std::ofstream lines(file);
    for (int number = 0; number < count; ++number) {
      const v1::Notice notice = support::NewNotice(kCode);
      std::string line;
      EXPECT_TRUE(google::protobuf::util::MessageToJsonString(notice, &line).ok());
      lines << line << '\n';
      ids.push_back(notice.envelope().notice_id());
    }
    lines.close();
    files_.push_back(file);
    const Ended ended = Region(support::kRegion, {"submit", file, "--receipts", receipts_});
    EXPECT_EQ(ended.code, support::kDone) << ended.err;
    return ids;
  }
  std::vector<std::string> Command(const char* region, std::vector<std::string> arguments) const {
    const std::string name = absl::StrCat("client-", region + std::string(region).rfind(':') + 1);
    const std::vector<std::string> connection =
        arguments[0] == "withdraw" ? broker_.ConnectionArguments(region, name) : broker_.RegionArguments(region, name);
    arguments.insert(arguments.begin(), support::ProgramPath("envej-region"));
    arguments.insert(arguments.end(), connection.begin(), connection.end());
    return arguments;
  }
  Ended Region(const char* region, std::vector<std::string> arguments) const {
    return support::RunProgram(Command(region, std::move(arguments)));
  }
  // With the files that the predecessor kept.
  std::vector<std::string> Again(const std::string& command) const {
    std::vector<std::string> arguments = {command, "--receipts", receipts_, "--receipts", withdrawals_};
    for (const std::string& file : files_) arguments.insert(arguments.end(), {"--notices", file});
    return arguments;
  }
  std::vector<std::string> ForPredecessor(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--notices-of", "1081"});
    return arguments;
  }
  void WithdrawKept(const std::string& id) const {
    const Ended ended = Region(support::kRegion, {"withdraw", "--municipality", kCode, "--reason", "readmitted", id,
                                                  "--receipts", withdrawals_});
    ASSERT_EQ(ended.code, support::kDone) << ended.err;
  }
  // How many notices a municipality's program gets that knows the successor, all as the predecessor's.
  int Delivered() const {
    const std::string folder = broker_.folder().Path("received");
    std::vector<std::string> arguments = {support::ProgramPath("envej-municipality"),
                                          "pull",
                                          "--municipality",
                                          kCode,
                                          "--into",
                                          folder,
                                          "--region-succeeds",
                                          "1086:1081:2026-01-01"};
    const std::vector<std::string> known = broker_.MunicipalityArguments(support::kMunicipality);
    arguments.insert(arguments.end(), known.begin(), known.end());
    const Ended ended = support::RunProgram(arguments);
    EXPECT_EQ(ended.code, support::kDone) << ended.err;
    int count = 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      const std::string name = entry.path().filename();
      if (absl::StartsWith(name, "notice-") && absl::StrContains(name, "-1081-")) ++count;
    }
    return count;
  }

  const std::string receipts_ = broker_.folder().Path("receipts.jsonl");
  const std::string withdrawals_ = broker_.folder().Path("withdrawals.jsonl");
  std::vector<std::string> files_;
};

TEST_F(SuccessorResendTest, WhatIsMissingComesBackByTheSuccessor) {
  SubmitFile("first.jsonl", 2);
  const std::string backup = NewBackup();
  const std::vector<std::string> lost = SubmitFile("second.jsonl", 3);
  WithdrawKept(lost[0]);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  fs::remove_all(broker_.data());
  ASSERT_EQ(Restore(backup, {"--wait", "0s"}).code, support::kDone);
  ASSERT_TRUE(broker_.Start());

  const Ended own = Region(support::kSuccessor, Again("resend"));
  EXPECT_EQ(own.code, support::kDone) << own.err;
  EXPECT_THAT(own.err, HasSubstr("the broker has 0, sent again 0")) << "none of them is its own";
  const Ended other = Region(support::kOtherRegion, ForPredecessor(Again("resend")));
  EXPECT_EQ(other.code, support::kClientRefused);
  EXPECT_THAT(other.err, HasSubstr("REGION_NOT_SUCCEEDED"));
  const Ended sent = Region(support::kSuccessor, ForPredecessor(Again("resend")));
  EXPECT_EQ(sent.code, support::kDone) << sent.err;
  EXPECT_THAT(sent.err, HasSubstr("the broker has 3, sent again 2, refused 0, without a line 0, unsent 0\n"));
  const Ended again = Region(support::kRegion, Again("resend"));
  EXPECT_THAT(again.err, HasSubstr("the broker has 5, sent again 0")) << "the predecessor finds them there";
  ASSERT_TRUE(broker_.WaitForLog("\"recovered\""));
  EXPECT_EQ(Delivered(), 4);
}

TEST_F(SuccessorResendTest, WithoutAMirrorTheyComeBackToo) {
  const std::string backup = NewBackup();
  const std::vector<std::string> lost = SubmitFile("first.jsonl", 3);
  WithdrawKept(lost[1]);
  Lose();
  fs::remove_all(mirror_);
  ASSERT_EQ(Restore(backup, {"--no-mirror"}).code, support::kDone);
  fs::create_directory(mirror_);
  ASSERT_TRUE(broker_.Start());
  const Ended sent = Region(support::kSuccessor, ForPredecessor(Again("resend")));
  EXPECT_EQ(sent.code, support::kDone) << sent.err;
  EXPECT_THAT(sent.err, HasSubstr("the broker has 0, sent again 3, refused 0"));
  ASSERT_EQ(Recovery("accept").code, support::kDone);
  ASSERT_TRUE(broker_.WaitForLog("\"recovered\""));
  EXPECT_EQ(Delivered(), 2);
}

TEST_F(SuccessorResendTest, AWatchOfTheSuccessorSendsThemAgainWhileOthersKeepReceiptsInTheFile) {
  const std::string backup = NewBackup();
  const std::vector<std::string> lost = SubmitFile("first.jsonl", 3);
  WithdrawKept(lost[2]);
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  fs::remove_all(broker_.data());
  ASSERT_EQ(Restore(backup, {"--wait", "0s"}).code, support::kDone);
  ASSERT_TRUE(broker_.Start());
  support::Process watch(Command(support::kSuccessor, ForPredecessor(Again("watch"))));
  files_.clear();
  SubmitFile("during.jsonl", 2);
  EXPECT_TRUE(watch.WaitForError(
      [](const std::string& err) { return err.find("sent again 2, refused 0") != std::string::npos; },
      absl::Seconds(60)))
      << watch.Err();
  SubmitFile("after.jsonl", 2);
  ASSERT_TRUE(broker_.WaitForLog("\"recovered\""));
  EXPECT_EQ(Delivered(), 6);
}

}  // namespace
}  // namespace envej::system
