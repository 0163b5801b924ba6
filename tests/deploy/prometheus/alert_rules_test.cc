// deploy/prometheus as Prometheus' own promtool reads it, and when each alert fires.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "broker/operations/condition.h"
#include "tests/deploy/support/program_run.h"

namespace envej::deploy {
namespace {

using ::testing::HasSubstr;

// The unit tests of the rules, without suffix.
std::vector<std::string> RuleTests() {
  const std::filesystem::path here =
      std::filesystem::path(std::getenv("ENVEJ_SOURCE_DIRECTORY")) / "tests/deploy/prometheus";
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(here)) {
    if (absl::EndsWith(file.path().string(), ".test.yml")) names.push_back(file.path().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(AlertRulesTest, PromtoolTakesRulesAndConfiguration) {
  const std::filesystem::path folder = TestFolder();
  const ProgramRun rules = RunProgram({"promtool", "check", "rules", DeployPath("prometheus/envej.rules.yml")}, folder);
  EXPECT_EQ(rules.exit_code, 0) << rules.output << rules.error;
  const ProgramRun configuration =
      RunProgram({"promtool", "check", "config", DeployPath("prometheus/prometheus.yml")}, folder);
  EXPECT_EQ(configuration.exit_code, 0) << configuration.output << configuration.error;
}

TEST(AlertRulesTest, EachAlertFiresWhenItShouldAndNotBefore) {
  const std::filesystem::path folder = TestFolder();
  std::filesystem::copy(DeployPath("prometheus/envej.rules.yml"), folder);
  const std::vector<std::string> tests = RuleTests();
  ASSERT_FALSE(tests.empty());
  for (const std::string& test : tests) {
    const std::filesystem::path copy = folder / std::filesystem::path(test).filename();
    std::filesystem::copy(test, copy);
    const ProgramRun run = RunProgram({"promtool", "test", "rules", copy}, folder);
    EXPECT_EQ(run.exit_code, 0) << run.output << run.error;
  }
}

TEST(AlertRulesTest, ThePagesAndReadinessJudgeAsTheRulesDo) {
  const std::string rules = ReadFile(DeployPath("prometheus/envej.rules.yml"));
  const std::string pages =
      ReadFile(absl::StrCat(std::getenv("ENVEJ_SOURCE_DIRECTORY"), "/broker/operations/web/pages/judgement.js"));
  const auto of_pages = [&pages](const char* constant) {
    std::smatch found;
    EXPECT_TRUE(std::regex_search(pages, found, std::regex(absl::StrCat("const ", constant, " = ([^;]+);"))));
    return absl::StrReplaceAll(found.str(1), {{"**", "^"}});
  };
  EXPECT_THAT(rules, HasSubstr(absl::StrCat("(envej_store_sync_seconds_bucket[5m]))) > ", of_pages("SYNC_SLOW_SECONDS"),
                                            "\n")));
  EXPECT_THAT(rules, HasSubstr(absl::StrCat("envej_storage_free_bytes < ", of_pages("DISK_LOW_BYTES"), "\n")));
  EXPECT_THAT(rules, HasSubstr(absl::StrCat("envej_store_oldest_commit_seconds >= ",
                                            absl::ToInt64Seconds(operations::kStoreHangsAfter), "\n")));
}

TEST(AlertRulesTest, ARuleThatNeverFiresFailsTheTests) {
  const std::filesystem::path folder = TestFolder();
  std::string rules = ReadFile(DeployPath("prometheus/envej.rules.yml"));
  const std::string right = "envej_inbox_silent[5m]) == 1";
  ASSERT_THAT(rules, HasSubstr(right));
  rules.replace(rules.find(right), right.size(), "envej_inbox_silent[5m]) == 2");
  WriteFile(folder / "envej.rules.yml", rules);
  std::filesystem::copy(
      absl::StrCat(std::getenv("ENVEJ_SOURCE_DIRECTORY"), "/tests/deploy/prometheus/delivery.test.yml"), folder);
  const ProgramRun run = RunProgram({"promtool", "test", "rules", folder / "delivery.test.yml"}, folder);
  EXPECT_NE(run.exit_code, 0);
  EXPECT_THAT(run.output + run.error, HasSubstr("EnvejInboxSilent"));
}

}  // namespace
}  // namespace envej::deploy
