// Nothing of a patient is found where it should not be, whatever way it came into a ward's agent; what is clinical is
// nowhere at all, not even under the agent's secret; and the same search finds everybody once the seal is off.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "region-client/agent/agent_store.h"
#include "tests/privacy/marker_search.h"
#include "tests/privacy/ward_traffic.h"
#include "tests/support/agent_process.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/free_address.h"

namespace envej::privacy {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

// A system of the hospital's that is told by webhook.
class HearingSystem {
 public:
  HearingSystem() : port_(server_.bind_to_any_port("127.0.0.1")) {
    server_.Post("/told", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard<std::mutex> lock(mutex_);
      for (const auto& [name, value] : request.headers) absl::StrAppend(&heard_, name, ": ", value, "\n");
      absl::StrAppend(&heard_, request.body, "\n");
      response.status = 204;
    });
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~HearingSystem() {
    server_.stop();
    thread_.join();
  }
  HearingSystem(const HearingSystem&) = delete;
  HearingSystem& operator=(const HearingSystem&) = delete;

  std::string url() const { return absl::StrCat("http://127.0.0.1:", port_, "/told"); }
  std::string heard() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return heard_;
  }

 private:
  httplib::Server server_;
  const int port_;
  std::mutex mutex_;
  std::string heard_;
  std::thread thread_;
};

class WardPrivacyTest : public testing::Test {
 protected:
  // Everything that leaves both running.
  void Run() {
    ASSERT_TRUE(broker_.Start());
    ASSERT_TRUE(agent_.Start());
    ASSERT_TRUE(WaitUntil([this] { return agent_.Ask({.path = "/api/municipalities"}).status == 200; }));
    traffic_.SendHl7();
    traffic_.PostFhir();
    traffic_.HandOverFiles();
    traffic_.UsePage();
    traffic_.RunCommands();
    traffic_.ReturnEverything();
    for (const char* const file : {"told.jsonl", "on-call.jsonl"}) {
      EXPECT_TRUE(WaitUntil([&] { return absl::StrContains(ReadTold(file), "RETURN_REASON_NOT_RESIDENT"); })) << file;
    }
    EXPECT_TRUE(WaitUntil([this] { return absl::StrContains(system_.heard(), "RETURN_REASON_NOT_RESIDENT"); }));
    traffic_.AskCommands();
  }
  static bool WaitUntil(const std::function<bool()>& is_so) {
    const absl::Time until = absl::Now() + absl::Seconds(60);
    while (!is_so()) {
      if (absl::Now() > until) return false;
      absl::SleepFor(absl::Milliseconds(100));
    }
    return true;
  }
  std::string ReadTold(const std::string& file) const {
    return fs::exists(agent_.folder().Path(file)) ? certs::ReadFile(agent_.folder().Path(file)) : "";
  }

  // All that the agent has on the disk, but for the files that it rejected: these are their sender's still, as they
  // came.
  void SearchFiles(MarkerSearch& search) const {
    EXPECT_TRUE(search.SearchFolder(agent_.data()).ok());
    EXPECT_TRUE(search.SearchFolder(agent_.handed_over() + "/processed").ok());
    for (const auto& entry : fs::directory_iterator(agent_.handed_over() + "/rejected")) {
      if (absl::EndsWith(entry.path().string(), ".reason.json")) {
        EXPECT_TRUE(search.SearchFile(entry.path()).ok());
      }
    }
    for (const auto& entry : fs::directory_iterator(agent_.handed_over())) {
      EXPECT_TRUE(entry.is_directory()) << "something was left that nobody took";
    }
  }
  void SearchWhatIsTold(MarkerSearch& search) {
    search.SearchText("the agent's log", logs_ + agent_.Log());
    for (const auto& [occasion, text] : traffic_.told()) search.SearchText(occasion, text);
    search.SearchText("the file for the ward", ReadTold("told.jsonl"));
    search.SearchText("the person on call's command", ReadTold("on-call.jsonl"));
    search.SearchText("the webhook", system_.heard());
  }
  void SearchBroker(MarkerSearch& search) {
    EXPECT_TRUE(search.SearchFolder(broker_.folder().Path("")).ok());
    search.SearchText("the broker's log", broker_.Log());
  }
  // What the store has for whoever has its secret.
  void SearchOpened(MarkerSearch& search) const {
    const auto store =
        region::AgentStore::Open({.folder = agent_.data(), .secret = agent_.secret(), .former_secrets = {}});
    ASSERT_TRUE(store.ok()) << store.status();
    const absl::StatusOr<std::vector<region::StoredCase>> cases = (*store)->ListCases("", 1000);
    ASSERT_TRUE(cases.ok());
    for (const region::StoredCase& each : *cases) {
      search.SearchText("a case", each.known.SerializeAsString());
    }
    const absl::StatusOr<std::vector<region::StoredOutgoing>> outbox = (*store)->ReadOutbox(0, 1000);
    ASSERT_TRUE(outbox.ok());
    for (const region::StoredOutgoing& each : *outbox) {
      search.SearchText("the outbox", each.outgoing.SerializeAsString());
    }
    const absl::StatusOr<std::vector<region::StoredTelling>> tellings = (*store)->ReadTellings(0, 1000);
    ASSERT_TRUE(tellings.ok());
    for (const region::StoredTelling& each : *tellings) {
      search.SearchText("what is to be told", each.telling.SerializeAsString());
    }
  }

  static void Print(const std::string& what, const MarkerSearch& search) {
    std::printf("  %-44s %5zu files and texts, %11zu bytes, %4zu markers in %zu encodings: %zu found\n", what.c_str(),
                search.figures().files, search.figures().bytes, search.markers().size(), search.encodings(),
                search.FoundMarkers().size());
  }
  static void ExpectNothing(const std::string& what, MarkerSearch& search) {
    Print(what, search);
    EXPECT_THAT(search.findings(), IsEmpty()) << what << ":\n" << search.Describe();
    search.Forget();
  }

  HearingSystem system_;
  support::BrokerProcess broker_{{.listen = support::FreeAddress(std::random_device{}())}};
  support::AgentProcess agent_{
      broker_,
      {.more = absl::StrCat("telling:\n  - name: all\n    file: told.jsonl\n    webhook: {url: \"", system_.url(),
                            "\"}\n    on_call:\n      command: [tee, -a, \"{FOLDER}on-call.jsonl\"]\n")}};
  WardTraffic traffic_{agent_, broker_};
  std::string logs_;
};

TEST_F(WardPrivacyTest, NothingOfAPatientIsFoundOnDisksInLogsOrAnswers) {
  ASSERT_NO_FATAL_FAILURE(Run());
  MarkerSearch search(traffic_.patients().All());
  SearchFiles(search);
  ExpectNothing("the agent's files while it runs", search);
  SearchWhatIsTold(search);
  ExpectNothing("log, acknowledgements, outputs, tellings", search);
  SearchBroker(search);
  ExpectNothing("the broker's folder and log", search);

  logs_ += agent_.Log();
  agent_.Kill();
  SearchFiles(search);
  ExpectNothing("the agent's files after SIGKILL", search);
  ASSERT_TRUE(agent_.Start());
  SearchFiles(search);
  ExpectNothing("the agent's files after its restart", search);
  EXPECT_EQ(agent_.Stop().code, support::kDone);
  SearchFiles(search);
  SearchWhatIsTold(search);
  ExpectNothing("all of it after its stop", search);

  MarkerSearch clinical(traffic_.patients().Clinical());
  SearchOpened(clinical);
  ExpectNothing("clinical texts in the store under its secret", clinical);
}

TEST_F(WardPrivacyTest, TheSameSearchFindsEverybodyUnderTheSecretAndWhereTheyBelong) {
  ASSERT_NO_FATAL_FAILURE(Run());
  MarkerSearch listed(traffic_.patients().IdentifiersOf(traffic_.kept()));
  listed.SearchText("consent list as JSON", traffic_.listed_numbers());
  EXPECT_FALSE(listed.findings().empty());
  for (const size_t marker : listed.FoundMarkers()) EXPECT_EQ(listed.markers()[marker].kind, "number");

  MarkerSearch rejected(traffic_.patients().All());
  EXPECT_TRUE(rejected.SearchFolder(agent_.handed_over() + "/rejected").ok());
  Print("control: files that were rejected", rejected);
  std::set<std::string> kinds;
  for (const size_t marker : rejected.FoundMarkers()) kinds.insert(rejected.markers()[marker].kind);
  EXPECT_EQ(kinds.size(), 6u) << "every kind";

  EXPECT_EQ(agent_.Stop().code, support::kDone);
  MarkerSearch kept(traffic_.patients().IdentifiersOf(traffic_.kept()));
  ASSERT_EQ(kept.markers().size(), traffic_.kept().size() * 5);
  SearchOpened(kept);
  Print("control: the store under its secret", kept);
  const std::set<size_t> found = kept.FoundMarkers();
  for (size_t at = 0; at < kept.markers().size(); ++at) {
    const Marker& marker = kept.markers()[at];
    const bool is_asked_of_citizen = marker.path == "file: a consent" || absl::StartsWith(marker.path, "page") ||
                                     absl::StartsWith(marker.path, "command");
    const bool is_of_systems = !is_asked_of_citizen && (marker.kind == "e-mail address" || marker.kind == "street");
    EXPECT_EQ(found.contains(at), !is_of_systems) << marker.path << ": " << marker.kind;
  }
}

}  // namespace
}  // namespace envej::privacy
