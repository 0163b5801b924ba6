// envej-region watch: what becomes of a region's notices, over stops of the program and of the broker.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/certs/test_files.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/free_address.h"
#include "tests/support/notice_messages.h"
#include "tests/support/process.h"

namespace envej::system {
namespace {

using support::BrokerProcess;
using support::CallContext;
using support::Ended;
using support::kCode;
using support::kOtherCode;
using support::Process;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class RegionWatchTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(broker_.Start()); }

  // Accepted from a region; its id.
  std::string Submit(const char* municipality_code = kCode, const char* region = support::kRegion) {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = support::NewNotice(municipality_code);
    v1::SubmitNoticeResponse answer;
    const grpc::Status status = broker_.Intake(region)->SubmitNotice(CallContext().get(), request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return request.notice().envelope().notice_id();
  }
  // The municipality returns all that waits.
  void ReturnAll() {
    const auto inbox = broker_.Inbox(support::kMunicipality);
    v1::PullNoticesRequest pull;
    pull.set_municipality_code(kCode);
    v1::PullNoticesResponse pulled;
    ASSERT_TRUE(inbox->PullNotices(CallContext().get(), pull, &pulled).ok());
    v1::ReturnNoticesRequest request;
    request.set_municipality_code(kCode);
    for (const v1::InboxItem& item : pulled.items()) {
      v1::NoticeReturn& returned = *request.add_returns();
      *returned.mutable_lease() = item.lease().name();
      returned.set_reason(v1::RETURN_REASON_NOT_RESIDENT);
    }
    v1::ReturnNoticesResponse answer;
    ASSERT_TRUE(inbox->ReturnNotices(CallContext().get(), request, &answer).ok());
  }

  std::vector<std::string> Command(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {support::ProgramPath("envej-region"), "watch"});
    for (const std::string& argument : broker_.ConnectionArguments(support::kRegion)) arguments.push_back(argument);
    return arguments;
  }
  // What is told within a moment, line by line.
  std::vector<std::string> Told(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.end(), {"--for", "1s"});
    const Ended ended = support::RunProgram(Command(std::move(arguments)));
    EXPECT_EQ(ended.code, support::kDone) << ended.err;
    EXPECT_EQ(ended.err, "");
    return absl::StrSplit(ended.out, '\n', absl::SkipEmpty());
  }

  // A watch tells what is accepted before the broker goes away and what is once it is back.
  void ExpectToListenOnOver(const std::function<void()>& go_away) {
    const std::string first = Submit();
    Process watch(Command({"--resume", place_, "--for", "40s", "--kind", "accepted"}));
    const auto has_place = [&] { return !certs::ReadFile(place_).empty(); };
    for (int wait = 0; wait < 600 && !has_place(); ++wait) absl::SleepFor(absl::Milliseconds(50));
    ASSERT_TRUE(has_place());
    const std::string before = certs::ReadFile(place_);
    go_away();
    ASSERT_TRUE(watch.WaitForError([](const std::string& error) { return error.find("trying again") != error.npos; }))
        << watch.Err();
    ASSERT_TRUE(broker_.Start());
    const std::string second = Submit();
    for (int wait = 0; wait < 600 && certs::ReadFile(place_) == before; ++wait) absl::SleepFor(absl::Milliseconds(50));
    watch.Signal(SIGTERM);
    const Ended ended = watch.Wait();
    EXPECT_THAT(ended.out, AllOf(HasSubstr(first), HasSubstr(second)));
  }

  BrokerProcess broker_{{.listen = support::FreeAddress(std::random_device{}()), .more = {}}};
  const std::string place_ = broker_.folder().Path("place");
};

TEST_F(RegionWatchTest, TellsEachChangeInWords) {
  const std::string id = Submit();
  Submit(kCode, support::kOtherRegion);
  ReturnAll();
  EXPECT_THAT(Told(),
              ElementsAre(HasSubstr(absl::StrCat("  region 1081  municipality 0101  ", id, "  revision 1  accepted")),
                          AllOf(HasSubstr(id), HasSubstr("  leased")),
                          AllOf(HasSubstr(id), HasSubstr("  returned: not resident"))));
  const std::vector<std::string> json = Told({"--output", "json", "--kind", "returned"});
  ASSERT_THAT(json, SizeIs(1));
  EXPECT_THAT(json[0], AllOf(HasSubstr("\"kind\":\"CHANGE_KIND_RETURNED\""), HasSubstr(id)));
}

TEST_F(RegionWatchTest, TellsOnlyWhatWasAskedFor) {
  const std::string here = Submit();
  const std::string there = Submit(kOtherCode);
  EXPECT_THAT(Told({"--municipality", kOtherCode}), ElementsAre(HasSubstr(there)));
  EXPECT_THAT(Told({"--kind", "returned", "--kind", "overdue"}), IsEmpty());
  EXPECT_THAT(Told({"--kind", "accepted", "--municipality", kCode}), ElementsAre(HasSubstr(here)));
}

TEST_F(RegionWatchTest, GoesOnWhereItStoppedAlsoAfterARestart) {
  const std::string first = Submit();
  EXPECT_THAT(Told({"--resume", place_}), ElementsAre(HasSubstr(first)));
  const std::string second = Submit();
  EXPECT_THAT(Told({"--resume", place_}), ElementsAre(HasSubstr(second)));
  broker_.Kill();
  ASSERT_TRUE(broker_.Start());
  EXPECT_THAT(Told({"--resume", place_}), IsEmpty());
  const std::string third = Submit();
  EXPECT_THAT(Told({"--resume", place_}), ElementsAre(HasSubstr(third)));
}

TEST_F(RegionWatchTest, ListensOnWhileTheBrokerIsAway) {
  ExpectToListenOnOver([this] { broker_.Kill(); });
}

// While it stops it is held up for so long that gRPC ends its streams in its place.
TEST_F(RegionWatchTest, ListensOnOverABrokerThatIsHeldUpWhileItStops) {
  ExpectToListenOnOver([this] {
    broker_.Signal(SIGTERM);
    absl::SleepFor(absl::Milliseconds(200));
    broker_.Signal(SIGSTOP);
    absl::SleepFor(absl::Milliseconds(700));
    broker_.Signal(SIGCONT);
    EXPECT_EQ(broker_.Wait().code, support::kDone);
  });
}

TEST_F(RegionWatchTest, APlaceThatIsNoneIsSaid) {
  for (const char* const text : {"", "x\n", "AAAA"}) {
    broker_.folder().Write("place", text);
    const Ended ended = support::RunProgram(Command({"--resume", place_, "--for", "5s"}));
    EXPECT_EQ(ended.code, support::kClientUnusable) << text;
    EXPECT_THAT(ended.err, HasSubstr(place_)) << text;
  }
}

TEST_F(RegionWatchTest, APlaceThatCannotBeKeptEndsIt) {
  Submit();
  const Ended ended =
      support::RunProgram(Command({"--resume", broker_.folder().Path("missing/place"), "--for", "20s"}));
  EXPECT_EQ(ended.code, support::kClientUnusable);
  EXPECT_THAT(ended.err, HasSubstr("missing/place"));
}

}  // namespace
}  // namespace envej::system
