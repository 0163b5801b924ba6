// A disk that neither writes nor fails, as one behind a network may: whoever watches the broker sees it within seconds,
// and all that is only read goes on being answered.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <functional>
#include <string>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "broker/operations/condition.h"
#include "tests/faults/failing_calls_plan.h"
#include "tests/faults/fault_table.h"
#include "tests/faults/faulty_broker.h"
#include "tests/support/exit_codes.h"
#include "tests/support/sanitizer.h"

namespace envej::faults {
namespace {

using operations::kStoreHangsAfter;
using support::CallContext;
using testing::HasSubstr;

constexpr char kWatched[] = "metrics: {listen: \"127.0.0.1:0\"}\noperations: {listen: \"127.0.0.1:0\"}\n";
constexpr char kOldestCommit[] = "\nenvej_store_oldest_commit_seconds ";
// From when something is so until it is told, and the most that an answer may take meanwhile.
constexpr absl::Duration kTold = absl::Seconds(5);

bool Within(absl::Duration most, const std::function<bool()>& holds) {
  for (const absl::Time until = absl::Now() + most; absl::Now() < until;) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return holds();
}

class HangingDiskTest : public testing::Test {
 protected:
  void SetUp() override {
    if (support::kUnderSanitizer) GTEST_SKIP() << "what makes calls fail does not go with a sanitizer";
    ASSERT_TRUE(store_.broker().Start());
    ASSERT_TRUE(store_.broker().WaitForLog("\"pages_served\""));
  }

  int PortOf(const std::string& event) {
    const std::string log = store_.broker().Log();
    return std::stoi(log.substr(log.find("\"port\":", log.find(absl::StrCat("\"", event, "\""))) + 7));
  }

  httplib::Result Get(const std::string& path) {
    httplib::Client client("127.0.0.1", PortOf("metrics_served"));
    client.set_read_timeout(absl::ToChronoSeconds(kTold));
    return client.Get(path);
  }

  int Ready() {
    const httplib::Result answer = Get("/readyz");
    return answer ? answer->status : 0;
  }

  double OldestCommit() {
    const httplib::Result answer = Get("/metrics");
    const size_t at = answer ? answer->body.find(kOldestCommit) : std::string::npos;
    double seconds = -1;
    if (at == std::string::npos) return seconds;
    const absl::string_view value = absl::string_view(answer->body).substr(at + sizeof kOldestCommit - 1);
    EXPECT_TRUE(absl::SimpleAtod(value.substr(0, value.find('\n')), &seconds));
    return seconds;
  }

  // What the pages for operations answer; empty if they do not.
  std::string Page(const std::string& path) {
    const certs::TlsFiles files = support::SharedAuthority().IssueFiles(store_.broker().folder(), "night",
                                                                        certs::ClientRequest(support::kOperations));
    httplib::SSLClient client("127.0.0.1", PortOf("pages_served"), files.certificate_chain, files.private_key);
    client.set_ca_cert_path(files.authorities.c_str());
    client.set_read_timeout(absl::ToChronoSeconds(kTold));
    const httplib::Result answer = client.Get(path);
    return answer && answer->status == 200 ? answer->body : "";
  }

  bool CanWrite() {
    v1::GetBrokerStatusResponse answer;
    const auto operations = store_.broker().Operations(support::kOperations);
    EXPECT_TRUE(operations->GetBrokerStatus(CallContext(kTold).get(), {}, &answer).ok());
    return answer.can_write();
  }

  const FailingCallsPlan plan_;
  FaultyBroker store_{plan_.Settings(kWatched)};
};

TEST_F(HangingDiskTest, IsToldWithinSecondsByEverybodyWhoTellsAndUntilItIsMended) {
  ASSERT_TRUE(store_.Submit(2));
  EXPECT_EQ(Ready(), 200);
  EXPECT_TRUE(Within(kTold, [this] { return OldestCommit() == 0; }));
  EXPECT_TRUE(CanWrite());

  plan_.Arm("fdatasync", "HANG", 1, ".log");
  EXPECT_FALSE(store_.Submit(1));
  ASSERT_TRUE(plan_.HasFailed());
  EXPECT_EQ(store_.last_error().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(Within(kStoreHangsAfter + kTold, [this] { return Ready() == 503; }));
  const std::string why = Get("/readyz")->body;
  EXPECT_THAT(why, HasSubstr("the store hangs"));
  EXPECT_EQ(Get("/healthz")->status, 200);
  EXPECT_GE(OldestCommit(), absl::ToDoubleSeconds(kStoreHangsAfter));
  EXPECT_FALSE(CanWrite());
  EXPECT_THAT(Page("/api/status"), HasSubstr("\"canWrite\":false"));
  EXPECT_THAT(Page("/api/inboxes"), HasSubstr(support::kCode));
  EXPECT_THAT(Page("/"), HasSubstr("<main"));

  EXPECT_TRUE(plan_.Disarm());
  EXPECT_TRUE(Within(kTold, [this] { return Ready() == 200 && OldestCommit() == 0; }));
  EXPECT_TRUE(CanWrite());
  EXPECT_TRUE(store_.Submit(1));
  store_.ExpectNothingLost();
  const support::Ended ended = store_.broker().Stop();
  EXPECT_EQ(ended.code, support::kDone) << ended.err;
  AddRow("fdatasync hangs, log", "serving", absl::StrCat("it serves on; not ready: ", why.substr(0, why.find('\n'))));
}

}  // namespace
}  // namespace envej::faults
