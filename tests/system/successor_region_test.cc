// Two regions become one: their notices live on in the new one's hands, from program to program.

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"

namespace envej::system {
namespace {

using support::Ended;
using support::kCode;
using testing::HasSubstr;

constexpr char kPredecessorCode[] = "1081";
constexpr int kNotYet = 4;

std::string ToLine(const v1::Notice& notice) {
  std::string line;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(notice, &line).ok());
  return line + "\n";
}

class SuccessorRegionTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(broker_.Start()); }

  Ended Region(const char* region, std::vector<std::string> arguments) {
    const bool needs_secret = arguments[0] == "submit" || arguments[0] == "revise";
    const std::vector<std::string> connection =
        needs_secret ? broker_.RegionArguments(region) : broker_.ConnectionArguments(region);
    arguments.insert(arguments.begin(), support::ProgramPath("envej-region"));
    arguments.insert(arguments.end(), connection.begin(), connection.end());
    return support::RunProgram(arguments);
  }
  // The successor, about its predecessor's notices.
  Ended Successor(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--notices-of", kPredecessorCode});
    return Region(support::kSuccessor, std::move(arguments));
  }
  Ended Pull(const std::string& folder, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        support::ProgramPath("envej-municipality"), "pull", "--municipality", kCode, "--into", folder};
    const std::vector<std::string> known = broker_.MunicipalityArguments(support::kMunicipality);
    arguments.insert(arguments.end(), known.begin(), known.end());
    arguments.insert(arguments.end(), more.begin(), more.end());
    return support::RunProgram(arguments);
  }
  static std::set<std::string> FilesIn(const std::string& folder) {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const std::string name = entry.path().filename();
      if (!absl::StartsWith(name, ".")) names.insert(name);
    }
    return names;
  }
  std::string File(const v1::Notice& notice) { return broker_.folder().Write("notice.jsonl", ToLine(notice)); }

  support::BrokerProcess broker_{{.more = "journal: {checkpoint_seconds: 1}\n"}};
  const v1::Notice notice_ = support::NewNotice(kCode);
  const std::string id_ = notice_.envelope().notice_id();
  const std::string folder_ = broker_.folder().Path("received");
  const std::vector<std::string> told_ = {"--region-succeeds", "1086:1081:2026-01-01"};
};

TEST_F(SuccessorRegionTest, RevisesAndWithdrawsWhatWasDelivered) {
  ASSERT_EQ(Region(support::kRegion, {"submit", File(notice_)}).code, support::kDone);
  ASSERT_EQ(Pull(folder_, told_).code, support::kDone);
  const std::string stem = absl::StrCat("-", kPredecessorCode, "-", id_, "-");
  EXPECT_EQ(FilesIn(folder_), std::set<std::string>{absl::StrCat("notice", stem, "1.json")});

  const Ended revised = Successor({"revise", File(support::Revised(notice_))});
  ASSERT_EQ(revised.code, support::kDone) << revised.err;
  EXPECT_THAT(Successor({"status", "--municipality", kCode, id_}).out, HasSubstr("revision 1 delivered"));
  ASSERT_EQ(Pull(folder_, told_).code, support::kDone);
  EXPECT_EQ(FilesIn(folder_), std::set<std::string>{absl::StrCat("notice", stem, "2.json")});

  const Ended withdrawn = Successor({"withdraw", "--municipality", kCode, "--reason", "readmitted", id_});
  ASSERT_EQ(withdrawn.code, support::kDone) << withdrawn.err;
  ASSERT_EQ(Pull(folder_, told_).code, support::kDone);
  EXPECT_EQ(FilesIn(folder_), std::set<std::string>{absl::StrCat("withdrawn", stem, "3.json")});
}

TEST_F(SuccessorRegionTest, AMunicipalityThatWasNotToldReturnsWhatASuccessorSigned) {
  ASSERT_EQ(Region(support::kRegion, {"submit", File(notice_)}).code, support::kDone);
  ASSERT_EQ(Successor({"revise", File(support::Revised(notice_))}).code, support::kDone);
  EXPECT_EQ(Pull(folder_, {"--region-succeeds", "1086:1081:2099-01-01"}).code, support::kClientRefused);
  EXPECT_TRUE(FilesIn(folder_).empty());
  EXPECT_THAT(Successor({"status", "--municipality", kCode, id_}).out, HasSubstr("not authentic"));
  const Ended acknowledged = Successor({"outcome", "acknowledge", "--municipality", kCode, id_});
  EXPECT_EQ(acknowledged.code, support::kDone) << acknowledged.err;
}

TEST_F(SuccessorRegionTest, ProvesItsPredecessorsReceipts) {
  const std::string receipts = broker_.folder().Path("receipts.jsonl");
  ASSERT_EQ(Region(support::kRegion, {"submit", File(notice_), "--receipts", receipts}).code, support::kDone);
  Ended proven = Region(support::kSuccessor, {"receipts", "prove", receipts});
  for (int wait = 0; wait < 100 && proven.code == kNotYet; ++wait) {
    absl::SleepFor(absl::Milliseconds(50));
    proven = Region(support::kSuccessor, {"receipts", "prove", receipts});
  }
  EXPECT_EQ(proven.code, support::kDone) << proven.err;
}

TEST_F(SuccessorRegionTest, AnotherRegionIsRefused) {
  const Ended ended =
      Region(support::kOtherRegion, {"status", "--municipality", kCode, "--notices-of", kPredecessorCode, id_});
  EXPECT_EQ(ended.code, support::kClientRefused);
  EXPECT_THAT(ended.err, HasSubstr("REGION_NOT_SUCCEEDED"));
}

}  // namespace
}  // namespace envej::system
