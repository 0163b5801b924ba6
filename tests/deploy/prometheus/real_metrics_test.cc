// What metrics.txt lists, and rules and dashboard rest on, is what a real broker tells.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/deploy/prometheus/watched_broker.h"
#include "tests/deploy/prometheus/watched_names.h"
#include "tests/deploy/support/program_run.h"
#include "tests/support/notice_messages.h"

namespace envej::deploy {
namespace {

using support::CallContext;
using support::kCode;
using testing::IsEmpty;

// What the comments of a scrape say: the type of each metric that has a help text too.
std::map<std::string, std::string> ToldTypes(const std::string& metrics) {
  std::set<std::string> helped;
  std::map<std::string, std::string> types;
  for (const absl::string_view line : absl::StrSplit(metrics, '\n')) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words.size() < 4 || words[0] != "#") continue;
    if (words[1] == "HELP") helped.insert(words[2]);
    if (words[1] == "TYPE" && helped.contains(words[2])) types[words[2]] = words[3];
  }
  return types;
}

std::set<std::string> Lacking(const std::map<std::string, std::string>& told) {
  std::set<std::string> lacking;
  for (const auto& [name, metric] : ListedMetrics()) {
    if (metric.always && !told.contains(name)) lacking.insert(name);
  }
  return lacking;
}

class RealMetricsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(watched_.Start()); }

  v1::Notice Submit() {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = support::NewNotice(kCode);
    v1::SubmitNoticeResponse answer;
    EXPECT_TRUE(watched_.broker.Intake(support::kRegion)->SubmitNotice(CallContext().get(), request, &answer).ok());
    return request.notice();
  }

  // One notice is acknowledged, one returned, one kept leased, one withdrawn, and one waits; and somebody is refused.
  void LetEverythingHappen() {
    for (int i = 0; i < 3; ++i) Submit();
    const auto inbox = watched_.broker.Inbox(support::kMunicipality);
    v1::PullNoticesRequest pull;
    pull.set_municipality_code(kCode);
    pull.set_max_notices(3);
    v1::PullNoticesResponse pulled;
    ASSERT_TRUE(inbox->PullNotices(CallContext().get(), pull, &pulled).ok());
    ASSERT_EQ(pulled.items_size(), 3);
    v1::AcknowledgeNoticesRequest acknowledge;
    acknowledge.set_municipality_code(kCode);
    *acknowledge.add_leases() = pulled.items(0).lease().name();
    v1::AcknowledgeNoticesResponse acknowledged;
    ASSERT_TRUE(inbox->AcknowledgeNotices(CallContext().get(), acknowledge, &acknowledged).ok());
    v1::ReturnNoticesRequest give_back;
    give_back.set_municipality_code(kCode);
    v1::NoticeReturn& one = *give_back.add_returns();
    *one.mutable_lease() = pulled.items(1).lease().name();
    one.set_reason(v1::RETURN_REASON_NOT_RESIDENT);
    v1::ReturnNoticesResponse returned;
    ASSERT_TRUE(inbox->ReturnNotices(CallContext().get(), give_back, &returned).ok());

    v1::WithdrawNoticeRequest withdraw;
    *withdraw.mutable_withdrawal() = support::WithdrawalOf(Submit());
    v1::WithdrawNoticeResponse withdrawn;
    const auto intake = watched_.broker.Intake(support::kRegion);
    ASSERT_TRUE(intake->WithdrawNotice(CallContext().get(), withdraw, &withdrawn).ok());
    Submit();
    v1::ListMunicipalitiesResponse refused;
    EXPECT_FALSE(
        watched_.broker.Intake(support::kMunicipality)->ListMunicipalities(CallContext().get(), {}, &refused).ok());
  }

  WatchedBroker watched_;
};

TEST_F(RealMetricsTest, ABrokerTellsAllThatIsListedAndNothingElse) {
  LetEverythingHappen();
  std::string metrics;
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  do {
    metrics = watched_.Metrics();
    if (Lacking(ToldTypes(metrics)).empty()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  } while (absl::Now() < deadline);

  const std::map<std::string, std::string> told = ToldTypes(metrics);
  EXPECT_THAT(Lacking(told), IsEmpty());
  const std::map<std::string, ListedMetric> listed = ListedMetrics();
  for (const auto& [name, type] : told) {
    if (!absl::StartsWith(name, "envej_")) continue;
    const auto metric = listed.find(name);
    ASSERT_NE(metric, listed.end()) << name << " is not in metrics.txt";
    EXPECT_EQ(type, metric->second.type) << name;
  }

  const std::filesystem::path folder = TestFolder();
  WriteFile(folder / "metrics", metrics);
  const ProgramRun lint =
      RunProgram({"sh", "-c", absl::StrCat("promtool check metrics <", (folder / "metrics").string())}, folder);
  EXPECT_EQ(lint.exit_code, 0) << lint.output << lint.error;
}

TEST_F(RealMetricsTest, EachSeriesHasTheLabelsThatAreListed) {
  LetEverythingHappen();
  const std::map<std::string, ListedMetric> listed = ListedMetrics();
  size_t series = 0;
  for (const absl::string_view line : absl::StrSplit(watched_.Metrics(), '\n')) {
    if (!absl::StartsWith(line, "envej_")) continue;
    for (const NamedMetric& named : NamedMetrics(std::string(line))) {
      const auto metric = listed.find(named.name);
      if (metric == listed.end()) continue;  // told by the test above
      std::set<std::string> labels = named.labels;
      labels.erase("le");
      EXPECT_EQ(labels, metric->second.labels) << line;
      ++series;
    }
  }
  EXPECT_GT(series, 0U);
}

}  // namespace
}  // namespace envej::deploy
