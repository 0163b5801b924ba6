// What a scraper is told by a broker that notices go through.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "tests/support/broker_process.h"
#include "tests/support/notice_messages.h"

namespace envej::system {
namespace {

using support::BrokerProcess;
using support::CallContext;
using support::kCode;
using testing::HasSubstr;
using testing::Not;

constexpr absl::Duration kSoon = absl::Seconds(20);

class MetricsTest : public testing::Test {
 protected:
  bool Start() {
    if (!broker_.Start()) return false;
    const std::string log = broker_.Log();
    const std::string name = "\"port\":";
    const size_t at = log.find(name, log.find("\"metrics_served\""));
    EXPECT_NE(at, std::string::npos) << log;
    port_ = at == std::string::npos ? 0 : std::atoi(log.c_str() + at + name.size());
    return port_ != 0;
  }

  httplib::Result Get(const std::string& path) { return httplib::Client("127.0.0.1", port_).Get(path); }
  std::string Scrape() {
    const httplib::Result answer = Get("/metrics");
    EXPECT_TRUE(answer);
    return answer ? answer->body : "";
  }
  // The value of a series; -1 if it is not there.
  double Value(const std::string& series) {
    for (absl::string_view line : absl::StrSplit(Scrape(), '\n')) {
      double value = 0;
      if (absl::ConsumePrefix(&line, absl::StrCat(series, " ")) && absl::SimpleAtod(line, &value)) return value;
    }
    return -1;
  }
  bool Comes(const std::string& series, double value) {
    for (const absl::Time until = absl::Now() + kSoon; absl::Now() < until; absl::SleepFor(absl::Milliseconds(50))) {
      if (Value(series) == value) return true;
    }
    return false;
  }

  void Submit() {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = support::NewNotice(kCode);
    v1::SubmitNoticeResponse answer;
    const grpc::Status status = broker_.Intake(support::kRegion)->SubmitNotice(CallContext().get(), request, &answer);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  v1::InboxItem Pull() {
    v1::PullNoticesRequest request;
    request.set_municipality_code(kCode);
    request.set_max_notices(1);
    v1::PullNoticesResponse answer;
    const grpc::Status status =
        broker_.Inbox(support::kMunicipality)->PullNotices(CallContext().get(), request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(answer.items_size(), 1);
    return answer.items_size() == 1 ? answer.items(0) : v1::InboxItem();
  }
  void Acknowledge(const v1::InboxItem& item) {
    v1::AcknowledgeNoticesRequest request;
    request.set_municipality_code(kCode);
    *request.add_leases() = item.lease().name();
    v1::AcknowledgeNoticesResponse answer;
    const grpc::Status status =
        broker_.Inbox(support::kMunicipality)->AcknowledgeNotices(CallContext().get(), request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }

  BrokerProcess broker_{{.more = "metrics: {listen: \"127.0.0.1:0\"}\n"}};
  int port_ = 0;
};

TEST_F(MetricsTest, OnlyAPullThatWasLetInIsOne) {
  ASSERT_TRUE(Start());
  v1::PullNoticesRequest request;
  v1::PullNoticesResponse answer;
  const auto pull = [&](const char* municipality_code) {
    request.set_municipality_code(municipality_code);
    return broker_.Inbox(support::kMunicipality)->PullNotices(CallContext().get(), request, &answer);
  };
  EXPECT_FALSE(pull("0147").ok()) << "it is another's inbox";
  const std::string seen = "envej_participant_last_seen_timestamp_seconds{participant=\"urn:envej:municipality:0101\"}";
  const std::string pulled = "envej_inbox_last_pull_timestamp_seconds{municipality=\"0101\"}";
  EXPECT_GT(Value(seen), 1.7e9);
  EXPECT_EQ(Value(pulled), -1);
  EXPECT_TRUE(pull(kCode).ok()) << "there is nothing for it";
  for (const absl::Time until = absl::Now() + kSoon; Value(pulled) < 0 && absl::Now() < until;) {
    absl::SleepFor(absl::Milliseconds(50));  // it is told of after it was answered
  }
  EXPECT_GT(Value(pulled), 1.7e9);
}

TEST_F(MetricsTest, AScrapeTellsWhatHappenedToNoticesAndPromtoolFindsNothingToSay) {
  ASSERT_TRUE(Start());
  EXPECT_EQ(Value("envej_inbox_waiting{municipality=\"0101\"}"), 0);
  EXPECT_EQ(Value("envej_participant_suspended{participant=\"urn:envej:operations:night-watch\"}"), 0);
  Submit();
  Submit();
  const v1::InboxItem item = Pull();
  EXPECT_TRUE(Comes("envej_inbox_waiting{municipality=\"0101\"}", 1));
  EXPECT_EQ(Value("envej_inbox_leased{municipality=\"0101\"}"), 1);
  EXPECT_EQ(Value("envej_notices_accepted_total{region=\"1081\",municipality=\"0101\"}"), 2);
  EXPECT_EQ(Value("envej_notices_fetched_total{municipality=\"0101\"}"), 1);
  EXPECT_GT(Value("envej_inbox_oldest_entered_timestamp_seconds{municipality=\"0101\"}"), 1.7e9);
  EXPECT_GT(Value("envej_inbox_oldest_lease_timestamp_seconds{municipality=\"0101\"}"), 1.7e9);
  EXPECT_GT(Value("envej_inbox_last_fetch_timestamp_seconds{municipality=\"0101\"}"), 1.7e9);
  EXPECT_GT(Value("envej_participant_last_seen_timestamp_seconds{participant=\"urn:envej:municipality:0101\"}"), 1.7e9);
  EXPECT_GT(Value("envej_participant_certificate_expires_timestamp_seconds{participant=\"urn:envej:region:1081\"}"),
            1.7e9);
  Acknowledge(item);
  EXPECT_TRUE(Comes("envej_notices_acknowledged_total{municipality=\"0101\"}", 1));
  EXPECT_EQ(Value("envej_inbox_leased{municipality=\"0101\"}"), 0);
  EXPECT_EQ(Value("envej_accepted_to_fetched_seconds_count"), 1);
  EXPECT_EQ(Value("envej_accepted_to_acknowledged_seconds_count"), 1);
  EXPECT_GE(Value("envej_store_sync_seconds_count"), 3);
  EXPECT_GE(Value("envej_commit_batch_transitions_sum"), 4);
  EXPECT_GT(Value("envej_commit_batch_bytes_sum"), 1000);
  EXPECT_GE(Value("envej_journal_newest_batch"), 3);
  EXPECT_GT(Value("envej_start_timestamp_seconds"), 1.7e9);
  EXPECT_GT(Value("envej_broker_certificate_expires_timestamp_seconds"), 1.7e9);
  const std::string text = Scrape();
  EXPECT_THAT(text, HasSubstr("\nenvej_build_info{version=\""));
  EXPECT_THAT(text,
              testing::ContainsRegex(
                  "\nenvej_configuration_info\\{configuration=\"[0-9a-f]{64}\",register=\"[0-9a-f]{64}\"\\} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("envej_mirror_batch")));

  const std::string file = broker_.folder().Write("metrics.txt", text);
  const support::Ended lint =
      support::Process({"/bin/sh", "-c", absl::StrCat("promtool check metrics <", file)}).Wait();
  EXPECT_EQ(lint.code, 0) << lint.out << lint.err;
  EXPECT_EQ(absl::StrCat(lint.out, lint.err), "");
}

TEST_F(MetricsTest, ARestartedBrokerCountsWhatIsUnderWayAndHappenedToday) {
  ASSERT_TRUE(Start());
  Submit();
  Submit();
  ASSERT_TRUE(Pull().has_lease());
  ASSERT_EQ(broker_.Stop().code, 0);
  ASSERT_TRUE(Start());
  EXPECT_THAT(broker_.Log(), HasSubstr("\"standing_counted\""));
  EXPECT_EQ(Value("envej_inbox_waiting{municipality=\"0101\"}"), 1);
  EXPECT_EQ(Value("envej_inbox_leased{municipality=\"0101\"}"), 1);
  EXPECT_EQ(Value("envej_notices_fetched_total{municipality=\"0101\"}"), 0);
  const absl::Time until = absl::Now() + kSoon;
  while (Value("envej_inbox_last_fetch_timestamp_seconds{municipality=\"0101\"}") < 0 && absl::Now() < until) {
    absl::SleepFor(absl::Milliseconds(50));
  }
  EXPECT_GT(Value("envej_inbox_last_fetch_timestamp_seconds{municipality=\"0101\"}"), 1.7e9);
}

TEST_F(MetricsTest, ABrokerThatServesIsHealthyAndReady) {
  ASSERT_TRUE(Start());
  for (const char* path : {"/healthz", "/readyz"}) {
    const httplib::Result answer = Get(path);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "ok\n");
  }
}

}  // namespace
}  // namespace envej::system
