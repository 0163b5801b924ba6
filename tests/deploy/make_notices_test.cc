// What deploy/demonstration/make-notices writes, as the region's client and the contract read it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "proto/contract/day.h"
#include "proto/contract/json_line.h"
#include "proto/contract/notice_rules.h"
#include "region-client/notice_file.h"
#include "tests/deploy/support/program_run.h"

namespace envej::deploy {
namespace {

using ::testing::SizeIs;
using Place = std::pair<std::string, size_t>;  // file and line

class MakeNoticesTest : public ::testing::TestWithParam<int> {
 protected:
  MakeNoticesTest() : folder_(std::filesystem::path(::testing::TempDir()) / absl::StrCat(GetParam())) {
    std::filesystem::remove_all(folder_);
    run_ = RunProgram({DeployPath("demonstration/make-notices"), "--seed", absl::StrCat(GetParam()), folder_}, folder_);
    const std::vector<std::string> lines =
        absl::StrSplit(ReadFile(folder_ / "refusals.jsonl"), '\n', absl::SkipEmpty());
    for (const std::string& line : lines) {
      const nlohmann::json refusal = nlohmann::json::parse(line);
      expected_[{refusal["file"], refusal["line"]}] = refusal["reason"];
    }
  }

  const std::filesystem::path folder_;
  ProgramRun run_;
  std::map<Place, std::string> expected_;
};

TEST_P(MakeNoticesTest, TenOfTwoHundredAreToBeRefusedForTenReasons) {
  ASSERT_EQ(run_.exit_code, 0) << run_.error;
  EXPECT_EQ(run_.output, "200 notices for 12 municipalities, of which 10 must be refused\n");
  std::set<std::string> reasons;
  for (const auto& [place, reason] : expected_) reasons.insert(reason);
  EXPECT_THAT(expected_, SizeIs(10));
  EXPECT_THAT(reasons, SizeIs(10));
}

TEST_P(MakeNoticesTest, TheContractAcceptsTheOthersAsTheyAreWritten) {
  const absl::StatusOr<absl::TimeZone> copenhagen = contract::CopenhagenTimeZone();
  ASSERT_TRUE(copenhagen.ok());
  const contract::Moment now = contract::Moment::At(absl::Now(), *copenhagen);
  // Only the broker knows what these need.
  const std::set<std::string> found_by_the_broker = {"MUNICIPALITY_UNKNOWN", "MUNICIPALITY_NOT_PARTICIPATING",
                                                     "AGREEMENT_NOT_IN_FORCE", "NOTICE_ID_REUSED"};
  std::map<Place, std::string> found;
  size_t good = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder_ / "sent")) {
    std::istringstream input(ReadFile(file.path()));
    const std::vector<std::string> lines = absl::StrSplit(input.str(), '\n');
    const absl::StatusOr<region::NoticeFile> read = region::ReadNotices(input, now);
    ASSERT_TRUE(read.ok());
    for (const region::RefusedLine& line : read->refused) {
      found[{file.path().filename(), line.line}] = line.refusal.reason;
    }
    for (const region::NoticeEntry& entry : read->notices) {
      ASSERT_THAT(entry.lines, SizeIs(1));
      EXPECT_EQ(contract::ToJsonLine(entry.notice), lines[entry.lines[0] - 1]);
      ++good;
    }
  }
  std::map<Place, std::string> expected;
  for (const auto& [place, reason] : expected_) {
    if (!found_by_the_broker.contains(reason)) expected[place] = reason;
  }
  EXPECT_EQ(found, expected);
  EXPECT_EQ(good, 194U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, MakeNoticesTest, ::testing::Values(1, 2, 3));

}  // namespace
}  // namespace envej::deploy
