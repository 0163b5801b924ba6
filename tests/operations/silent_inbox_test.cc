// An inbox that nobody empties: hours pass by an injected clock, and everybody who is responsible sees it in time, each
// in their own way: Prometheus' alert, the dashboard, envej-ops and the region's own WatchNotices.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/certs/test_files.h"
#include "tests/deploy/prometheus/prometheus_process.h"
#include "tests/deploy/prometheus/watched_broker.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"
#include "tests/support/process.h"
#include "tests/support/skipped_time.h"

namespace envej::operations {
namespace {

using nlohmann::json;
using support::CallContext;
using support::kCode;
using testing::HasSubstr;

constexpr int kAttention = 1;
constexpr int kSilentMinutes = 11;
constexpr int kOverdueMinutes = 4 * 60 + 1;
// How long after it is so somebody is told at the latest, but for Prometheus, which has bounds of its own.
constexpr absl::Duration kTold = absl::Seconds(20);

bool Within(absl::Duration most, const std::function<bool()>& holds) {
  for (const absl::Time until = absl::Now() + most; absl::Now() < until;) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return holds();
}

class SilentInboxTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(watched_.Start());
    ASSERT_TRUE(broker().WaitForLog("\"pages_served\""));
    prometheus_ = std::make_unique<deploy::PrometheusProcess>(deploy::TestFolder(), watched_.port);
    operations_ = broker().ConnectionArguments(support::kOperations, "night");
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = support::NewNotice(kCode);
    v1::SubmitNoticeResponse answer;
    const grpc::Status status = broker().Intake(support::kRegion)->SubmitNotice(CallContext().get(), request, &answer);
    ASSERT_TRUE(status.ok()) << status.error_message();
    notice_id_ = request.notice().envelope().notice_id();
  }

  support::BrokerProcess& broker() { return watched_.broker; }

  support::Ended Ops(std::vector<std::string> words) const {
    words.insert(words.begin(), support::ProgramPath("envej-ops"));
    words.insert(words.end(), operations_.begin(), operations_.end());
    return support::RunProgram(words);
  }

  // What the dashboard has of the inbox; an empty object while it has nothing.
  json OnTheDashboard() {
    const auto file = [this](const char* option) {
      for (size_t at = 0; at + 1 < operations_.size(); ++at) {
        if (operations_[at] == option) return operations_[at + 1];
      }
      return std::string();
    };
    httplib::SSLClient client("127.0.0.1", watched_.PortOf("pages_served"), file("--certificate"), file("--key"));
    client.set_ca_cert_path(file("--authorities").c_str());
    const httplib::Result answer = client.Get(absl::StrCat("/api/inboxes/", kCode));
    if (!answer || answer->status != 200) return json::object();
    const json page = json::parse(answer->body, nullptr, /*allow_exceptions=*/false);
    const json inbox = page.value(json::json_pointer("/inboxes/inboxes/0"), json::object());
    EXPECT_EQ(inbox.value("municipalityCode", ""), kCode) << answer->body;
    return inbox;
  }

  // What the region's stream tells from its beginning, until it has told what is waited for.
  bool RegionIsTold(v1::ChangeKind kind) {
    const std::unique_ptr<grpc::ClientContext> context = CallContext(kTold);
    const auto stream = broker().Intake(support::kRegion)->WatchNotices(context.get(), {});
    v1::WatchNoticesResponse answer;
    while (stream->Read(&answer)) {
      for (const v1::NoticeChange& change : answer.changes()) {
        if (change.kind() == kind && change.notice_id() == notice_id_) return true;
      }
    }
    return false;
  }

  bool MetricIs(const std::string& name, const std::string& value) {
    return Within(kTold, [&] {
      return watched_.Metrics().find(absl::StrCat(name, "{municipality=\"", kCode, "\"} ", value, "\n")) !=
             std::string::npos;
    });
  }

  // Before any is made: hours are to pass.
  const bool certificates_hold_ = (certs::LetHoldFor(absl::Hours(12)), true);
  const support::SkippedTime skipped_;
  deploy::WatchedBroker watched_{"operations: {listen: \"127.0.0.1:0\"}\n",
                                 skipped_.Environment(support::SkippedTime::Clocks::kAll)};
  std::unique_ptr<deploy::PrometheusProcess> prometheus_;
  std::vector<std::string> operations_;
  std::string notice_id_;
};

TEST_F(SilentInboxTest, EverybodySeesItInTime) {
  EXPECT_TRUE(MetricIs("envej_inbox_silent", "0"));
  EXPECT_EQ(Ops({"overdue"}).code, support::kDone);
  EXPECT_EQ(OnTheDashboard().value("silent", true), false);

  skipped_.Skip(kSilentMinutes);
  EXPECT_TRUE(MetricIs("envej_inbox_silent", "1"));
  EXPECT_TRUE(prometheus_->WaitFor("EnvejInboxSilent", "firing")) << prometheus_->Err();
  EXPECT_TRUE(Within(kTold, [this] { return OnTheDashboard().value("silent", false); })) << OnTheDashboard().dump();
  EXPECT_EQ(Ops({"inboxes", "--fail-if-silent"}).code, kAttention);
  EXPECT_EQ(Ops({"overdue"}).code, support::kDone) << "not yet";

  skipped_.Skip(kOverdueMinutes - kSilentMinutes);
  EXPECT_TRUE(RegionIsTold(v1::CHANGE_KIND_OVERDUE));
  EXPECT_TRUE(MetricIs("envej_inbox_overdue", "1"));
  EXPECT_TRUE(prometheus_->WaitFor("EnvejNoticesOverdue", "firing")) << prometheus_->Err();
  EXPECT_EQ(OnTheDashboard().value("overdue", ""), "1") << OnTheDashboard().dump();
  const support::Ended overdue = Ops({"overdue", "--output", "json"});
  EXPECT_EQ(overdue.code, kAttention) << overdue.err;
  EXPECT_THAT(overdue.out, HasSubstr(notice_id_));

  // Somebody fetches it at last, and all is well again.
  const auto inbox = broker().Inbox(support::kMunicipality);
  v1::PullNoticesRequest pull;
  pull.set_municipality_code(kCode);
  v1::PullNoticesResponse pulled;
  ASSERT_TRUE(inbox->PullNotices(CallContext().get(), pull, &pulled).ok());
  ASSERT_EQ(pulled.items_size(), 1);
  v1::AcknowledgeNoticesRequest acknowledge;
  acknowledge.set_municipality_code(kCode);
  *acknowledge.add_leases() = pulled.items(0).lease().name();
  v1::AcknowledgeNoticesResponse acknowledged;
  ASSERT_TRUE(inbox->AcknowledgeNotices(CallContext().get(), acknowledge, &acknowledged).ok());
  EXPECT_TRUE(MetricIs("envej_inbox_silent", "0"));
  EXPECT_TRUE(MetricIs("envej_inbox_overdue", "0"));
  EXPECT_TRUE(prometheus_->WaitFor("EnvejInboxSilent", "inactive")) << prometheus_->Err();
  EXPECT_TRUE(prometheus_->WaitFor("EnvejNoticesOverdue", "inactive")) << prometheus_->Err();
  EXPECT_EQ(Ops({"overdue"}).code, support::kDone);
  EXPECT_TRUE(Within(kTold, [this] { return !OnTheDashboard().value("silent", true); }));
}

}  // namespace
}  // namespace envej::operations
