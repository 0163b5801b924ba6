// envej-ops against a running broker, beside the programs of a region and a municipality: every command.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/broker/operations/console/support/terminal_run.h"
#include "tests/certs/test_files.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"
#include "tests/support/process.h"

namespace envej::system {
namespace {

using nlohmann::json;
using support::BrokerProcess;
using support::CallContext;
using support::Ended;
using support::kCode;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

constexpr char kDayWatch[] = "urn:envej:operations:day-watch";
constexpr int kAttention = 1;

class OperationsConsoleTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(broker_.Start()); }

  std::vector<std::string> Words(std::vector<std::string> words, const char* caller = support::kOperations) const {
    words.insert(words.begin(), support::ProgramPath("envej-ops"));
    const std::string name = caller == support::kOperations ? "night" : "day";
    for (const std::string& word : broker_.ConnectionArguments(caller, name)) words.push_back(word);
    return words;
  }
  Ended Ops(const std::vector<std::string>& words, const char* caller = support::kOperations) const {
    Ended ended = support::RunProgram(Words(words, caller));
    // Whatever is asked for, nobody's name comes out.
    for (const char* const marked : {"Zebrafjord", "99887766", "Marmelunden"}) {
      EXPECT_THAT(ended.out + ended.err, Not(HasSubstr(marked)));
    }
    return ended;
  }
  json Json(std::vector<std::string> words, int code = support::kDone) const {
    words.insert(words.end(), {"--output", "json"});
    const Ended ended = Ops(words);
    EXPECT_EQ(ended.code, code) << ended.err;
    return json::parse(ended.out, nullptr, /*allow_exceptions=*/false);
  }

  // Accepted from a region; its id.
  std::string Submit() const {
    const v1::Notice notice = support::NewNotice(kCode);
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = notice;
    v1::SubmitNoticeResponse answer;
    const grpc::Status status = broker_.Intake(support::kRegion)->SubmitNotice(CallContext().get(), request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return notice.envelope().notice_id();
  }
  static std::string NameOf(const std::string& id) { return absl::StrCat(kCode, "/1081/", id); }

  Ended Region(std::vector<std::string> words) const {
    words.insert(words.begin(), support::ProgramPath("envej-region"));
    for (const std::string& word : broker_.ConnectionArguments(support::kRegion, "region")) words.push_back(word);
    return support::RunProgram(words);
  }
  Ended Pull() const {
    std::vector<std::string> words = {
        support::ProgramPath("envej-municipality"), "pull", "--municipality", kCode, "--into",
        broker_.folder().Path("received")};
    for (const std::string& word : broker_.MunicipalityArguments(support::kMunicipality, "municipality")) {
      words.push_back(word);
    }
    return support::RunProgram(words);
  }
  // Leases what waits for the shortest time, and lets the lease run out.
  void LetALeaseRunOut() const {
    v1::PullNoticesRequest request;
    request.set_municipality_code(kCode);
    request.mutable_wait()->set_seconds(20);
    request.mutable_lease_duration()->set_seconds(5);
    v1::PullNoticesResponse pulled;
    const grpc::Status status =
        broker_.Inbox(support::kMunicipality)->PullNotices(CallContext(absl::Seconds(40)).get(), request, &pulled);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_EQ(pulled.items_size(), 1);
  }
  json WaitForNotice(const std::string& id, const std::function<bool(const json&)>& seen) const {
    const absl::Time at_latest = absl::Now() + absl::Seconds(30);
    json notice;
    do {
      notice = Json({"trace", id})["traces"][0]["notice"];
    } while (!seen(notice) && absl::Now() < at_latest);
    EXPECT_TRUE(seen(notice)) << notice.dump();
    return notice;
  }

  BrokerProcess broker_;
};

std::vector<std::string> KindsOf(const json& hops) {
  std::vector<std::string> kinds;
  for (const json& hop : hops) kinds.push_back(hop["kind"]);
  return kinds;
}

TEST_F(OperationsConsoleTest, FollowsANoticeFromAcceptanceToAcknowledgement) {
  const std::string id = Submit();
  json inbox = Json({"inboxes", "--municipality", kCode})["inboxes"][0];
  EXPECT_EQ(inbox["waiting"], "1");
  EXPECT_EQ(inbox["name"], "København");
  EXPECT_EQ(inbox["silent"], false);
  const Ended table = Ops({"inboxes", "--fail-if-silent"});
  EXPECT_EQ(table.code, support::kDone);
  EXPECT_THAT(table.out, AllOf(HasSubstr("København"), HasSubstr("1 waiting"), HasSubstr("Frederiksberg")));
  const json notices = Json({"notices", "--municipality", kCode, "--state", "waiting"})["notices"];
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0]["noticeId"], id);
  EXPECT_EQ(Json({"notices", "--older-than", "1h"})["notices"].size(), 0u);
  EXPECT_THAT(Ops({"overdue"}).out, HasSubstr("nothing is late or undelivered"));

  EXPECT_EQ(Pull().code, support::kDone);
  const json trace = Json({"trace", id})["traces"][0];
  EXPECT_EQ(trace["notice"]["state"], "NOTICE_STATE_ACKNOWLEDGED");
  EXPECT_THAT(KindsOf(trace["hops"]),
              ElementsAre("EVENT_KIND_ACCEPTED", "EVENT_KIND_LEASED", "EVENT_KIND_ACKNOWLEDGED"));
  EXPECT_THAT(Ops({"trace", id}).out, AllOf(HasSubstr(NameOf(id)), HasSubstr("acknowledged")));
  inbox = Json({"inboxes", "--municipality", kCode})["inboxes"][0];
  EXPECT_EQ(inbox["waiting"], "0");
  EXPECT_EQ(inbox["acknowledgedToday"], "1");
  EXPECT_TRUE(inbox.contains("lastFetchAt"));

  const Ended unknown = Ops({"trace", support::NewNoticeId()});
  EXPECT_EQ(unknown.code, kAttention);
  EXPECT_THAT(unknown.err, HasSubstr("no notice has this id here"));
}

TEST_F(OperationsConsoleTest, RedrivesWhatIsHeldBack) {
  const std::string id = Submit();
  LetALeaseRunOut();
  LetALeaseRunOut();
  WaitForNotice(id, [](const json& notice) { return notice.contains("heldUntil"); });
  EXPECT_THAT(Ops({"redrive", NameOf(id)}).out, HasSubstr("redriven\n"));
  EXPECT_FALSE(Json({"trace", id})["traces"][0]["notice"].contains("heldUntil"));
  EXPECT_THAT(Ops({"redrive", NameOf(id)}).out, HasSubstr("nothing to do"));
  const Ended unknown = Ops({"redrive", NameOf(support::NewNoticeId())});
  EXPECT_EQ(unknown.code, kAttention);
  EXPECT_THAT(unknown.out, HasSubstr("refused: NOTICE_NOT_FOUND"));
  EXPECT_THAT(Ops({"redrive", "--parked", "--municipality", kCode}).out, HasSubstr("nothing is parked in inbox 0101"));
}

TEST_F(OperationsConsoleTest, ReturnsANoticeWhenTwoOperatorsSaySo) {
  const std::string id = Submit();
  EXPECT_THAT(Ops({"return", NameOf(id)}).out, HasSubstr("proposed, not yet returned"));
  EXPECT_THAT(Ops({"return", NameOf(id)}, kDayWatch).out, HasSubstr("by urn:envej:operations:night-watch"));
  EXPECT_THAT(Ops({"notices"}).out, HasSubstr("return proposed by urn:envej:operations:night-watch"));
  const std::string proposal = Json({"trace", id})["traces"][0]["notice"]["returnProposal"]["proposalId"];
  EXPECT_THAT(Ops({"return", NameOf(id)}).out, HasSubstr(absl::StrCat(NameOf(id), " --confirm ", proposal, "\n")));
  EXPECT_THAT(Ops({"return", NameOf(id), "--confirm", proposal}).err, HasSubstr("RETURN_PROPOSER_IS_CALLER"));
  const Ended done = Ops({"return", NameOf(id), "--confirm", proposal}, kDayWatch);
  EXPECT_EQ(done.code, support::kDone) << done.err;
  EXPECT_THAT(done.out, HasSubstr("returned: "));
  EXPECT_THAT(Region({"status", "--municipality", kCode, id}).out,
              AllOf(HasSubstr("returned"), HasSubstr("not deliverable")));
}

TEST_F(OperationsConsoleTest, SuspendsAParticipantOverARestart) {
  Submit();
  const Ended suspended = Ops({"suspend", support::kRegion});
  EXPECT_EQ(suspended.code, support::kDone) << suspended.err;
  EXPECT_THAT(Region({"status", "--municipality", kCode}).err, HasSubstr("PARTICIPANT_SUSPENDED"));
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  ASSERT_TRUE(broker_.Start());
  EXPECT_EQ(Region({"status", "--municipality", kCode}).code, support::kClientRefused);
  EXPECT_THAT(Ops({"participants"}).out, AllOf(HasSubstr(support::kRegion), HasSubstr("suspended")));
  EXPECT_THAT(Ops({"resume", support::kRegion}).out, HasSubstr("resumed: "));
  EXPECT_THAT(Ops({"resume", support::kRegion}).out, HasSubstr("was not suspended"));
  EXPECT_EQ(Region({"status", "--municipality", kCode}).code, support::kDone);
  EXPECT_THAT(Ops({"suspend", support::kOperations}).err, HasSubstr("PARTICIPANT_IS_CALLER"));
  EXPECT_THAT(Ops({"suspend", "urn:envej:region:9999"}).err, HasSubstr("PARTICIPANT_UNKNOWN"));
}

TEST_F(OperationsConsoleTest, TellsWhatHappensOverStopsOfEitherSide) {
  const std::string place = broker_.folder().Path("told.place");
  const std::vector<std::string> watch = {"watch", "--resume-file", place, "--from-the-beginning", "--for",
                                          "2s",    "--output",      "json"};
  const std::string first = Submit();
  const Ended before = Ops(watch);
  EXPECT_EQ(before.code, support::kDone) << before.err;
  EXPECT_THAT(before.out, HasSubstr(first));
  const std::string second = Submit();
  ASSERT_EQ(broker_.Stop().code, support::kDone);
  ASSERT_TRUE(broker_.Start());
  const Ended after = Ops(watch);
  EXPECT_THAT(after.out, AllOf(HasSubstr(second), Not(HasSubstr(first))));
  for (const absl::string_view line : absl::StrSplit(after.out, '\n', absl::SkipEmpty())) {
    EXPECT_TRUE(json::parse(line.begin(), line.end(), nullptr, false).is_object()) << line;
  }
}

TEST_F(OperationsConsoleTest, SaysHowTheBrokerIsAndWhoTakesPart) {
  Submit();
  const json status = Json({"status"});
  EXPECT_EQ(status["canWrite"], true);
  EXPECT_EQ(status["broker"], "broker-1");
  EXPECT_EQ(Ops({"status"}).code, support::kDone);
  std::vector<std::string> names;
  const json listed = Json({"participants"});
  for (const json& participant : listed["participants"]) names.push_back(participant["participant"]);
  EXPECT_THAT(names, IsSupersetOf({support::kRegion, support::kMunicipality, support::kOperations, kDayWatch}));
}

TEST_F(OperationsConsoleTest, TopShowsANoticeThatComesIn) {
  console::TerminalRun top(Words({"top"}), {.rows = 40, .columns = 200});
  ASSERT_TRUE(top.WaitFor("broker writes; answered")) << top.output();
  EXPECT_TRUE(top.WaitFor("0 waiting"));
  Submit();
  EXPECT_TRUE(top.WaitFor("1 waiting")) << top.output();
  top.Press("q");
  EXPECT_EQ(top.Wait(), support::kDone) << top.output();
}

TEST_F(OperationsConsoleTest, IsForOperationsAlone) {
  for (const char* const caller : {support::kRegion, support::kMunicipality}) {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"inboxes"}, {"overdue"}, {"participants"}, {"status"}, {"watch"}, {"suspend", support::kOtherRegion}}) {
      const Ended ended = Ops(words, caller);
      EXPECT_EQ(ended.code, kAttention) << caller << " " << words[0];
      EXPECT_THAT(ended.err, HasSubstr("CALLER_KIND_NOT_ALLOWED"));
    }
  }
}

}  // namespace
}  // namespace envej::system
