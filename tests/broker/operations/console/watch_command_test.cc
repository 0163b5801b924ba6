#include "broker/operations/console/watch_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "proto/contract/status_codec.h"
#include "tests/broker/operations/console/support/program_run.h"
#include "tests/certs/test_files.h"

namespace envej::console {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

v1::OperationsEvent Event(v1::EventKind kind, unsigned number) {
  v1::OperationsEvent event;
  event.set_kind(kind);
  event.mutable_at()->set_seconds(1'800'000'000);
  event.mutable_notice()->set_municipality_code("0101");
  event.mutable_notice()->set_region_code("1081");
  event.mutable_notice()->set_notice_id(NoticeIdNumber(number));
  event.set_revision(1);
  event.set_actor("1a2b3c4d");
  return event;
}

v1::WatchEventsResponse Answer(const std::vector<v1::OperationsEvent>& events, const std::string& token) {
  v1::WatchEventsResponse answer;
  for (const v1::OperationsEvent& event : events) *answer.add_events() = event;
  answer.set_resume_token(token);
  return answer;
}

// Streams end by a refusal that is not tried again, so that the program ends too.
const grpc::Status kOver(grpc::StatusCode::PERMISSION_DENIED, "");
const grpc::Status kLost(grpc::StatusCode::UNAVAILABLE, "");

class WatchTest : public testing::Test {
 protected:
  ProgramRun Watch(std::vector<std::string> further = {}) {
    further.insert(further.begin(), "watch");
    return RunWith(server_, further);
  }
  std::string Place() const { return folder_.Path("told.place"); }

  certs::TestDirectory folder_;
  OperationsServer server_;
};

TEST_F(WatchTest, WritesALineForEachEvent) {
  v1::OperationsEvent refused;
  refused.set_kind(v1::EVENT_KIND_CALLS_REFUSED);
  refused.mutable_at()->set_seconds(1'800'000'000);
  refused.set_participant("urn:envej:region:1081\x1b[2J");
  refused.set_refusal_reason("RATE_EXCEEDED");
  refused.set_count(3);
  server_.streams = {
      {.answers = {Answer({Event(v1::EVENT_KIND_ACCEPTED, 1)}, "a"), Answer({}, "b"), Answer({refused}, "c")},
       .end = kOver}};
  const ProgramRun run = Watch();
  EXPECT_EQ(run.out, "2027-01-15 09:00:00  accepted  " + NoticeNameNumber(1) +
                         "  revision 1  by 1a2b3c4d\n"
                         "2027-01-15 09:00:00  calls refused  urn:envej:region:1081?[2J: RATE_EXCEEDED, 3 times\n");
  EXPECT_EQ(run.exit_code, ExitCode::kUnreachable);
}

TEST_F(WatchTest, WritesJsonLinesWithTimesInUtc) {
  server_.streams = {
      {.answers = {Answer({Event(v1::EVENT_KIND_ACCEPTED, 1), Event(v1::EVENT_KIND_LEASED, 1)}, "a")}, .end = kOver}};
  const ProgramRun run = Watch({"--output", "json"});
  const std::vector<std::string> lines = absl::StrSplit(run.out, '\n', absl::SkipEmpty());
  ASSERT_THAT(lines, SizeIs(2));
  const nlohmann::json second = nlohmann::json::parse(lines[1]);
  EXPECT_EQ(second["kind"], "EVENT_KIND_LEASED");
  EXPECT_EQ(second["at"], "2027-01-15T08:00:00Z");
}

TEST_F(WatchTest, AsksForWhatTheOptionsSay) {
  server_.streams = {{.answers = {}, .end = kOver}};
  Watch({"--municipality", "0101", "--kind", "overdue", "--kind", "lease-expired", "--from-the-beginning"});
  ASSERT_THAT(server_.watches_asked(), SizeIs(1));
  const v1::WatchEventsRequest asked = server_.watches_asked()[0];
  EXPECT_EQ(asked.municipality_code(), "0101");
  EXPECT_THAT(asked.kinds(), ElementsAre(v1::EVENT_KIND_OVERDUE, v1::EVENT_KIND_LEASE_EXPIRED));
  EXPECT_TRUE(asked.from_the_beginning());
  EXPECT_EQ(asked.resume_token(), "");
}

TEST_F(WatchTest, GoesOnBehindWhatItToldWhenTheBrokerComesBack) {
  server_.streams = {{.answers = {Answer({Event(v1::EVENT_KIND_ACCEPTED, 1)}, "first")}, .end = kLost},
                     {.answers = {Answer({Event(v1::EVENT_KIND_ACCEPTED, 2)}, "second")}, .end = kOver}};
  const ProgramRun run = Watch({"--from-the-beginning"});
  EXPECT_THAT(run.out, AllOf(HasSubstr(NoticeNameNumber(1)), HasSubstr(NoticeNameNumber(2))));
  EXPECT_THAT(run.err, HasSubstr("; trying again\n"));
  ASSERT_THAT(server_.watches_asked(), SizeIs(2));
  EXPECT_EQ(server_.watches_asked()[1].resume_token(), "first");
  EXPECT_FALSE(server_.watches_asked()[1].from_the_beginning());
}

TEST_F(WatchTest, KeepsItsPlaceInTheFileOverStops) {
  server_.streams = {{.answers = {Answer({Event(v1::EVENT_KIND_ACCEPTED, 1)}, "kept")}, .end = kOver},
                     {.answers = {Answer({}, "later")}, .end = kOver}};
  Watch({"--resume-file", Place(), "--from-the-beginning"});
  EXPECT_EQ(certs::ReadFile(Place()), "kept\n");
  Watch({"--resume-file", Place(), "--from-the-beginning"});
  EXPECT_EQ(certs::ReadFile(Place()), "later\n");
  ASSERT_THAT(server_.watches_asked(), SizeIs(2));
  EXPECT_EQ(server_.watches_asked()[1].resume_token(), "kept");
}

TEST_F(WatchTest, DoesNotBeginOverAFileThatIsNotItsOwn) {
  folder_.Write("told.place", std::string(1000, 'x'));
  const ProgramRun run = Watch({"--resume-file", Place()});
  EXPECT_EQ(run.exit_code, ExitCode::kUnusable);
  EXPECT_THAT(run.err, HasSubstr("is no file of this program's"));
  EXPECT_THAT(server_.watches_asked(), IsEmpty());
  EXPECT_EQ(Watch({"--resume-file", folder_.Path("")}).exit_code, ExitCode::kUnusable) << "a folder";
  folder_.Write("told.place", "token\n");
  server_.RefuseNextCall(contract::Reason::kWatchTokenInvalid);
  const ProgramRun unknown = Watch({"--resume-file", Place()});
  EXPECT_EQ(unknown.exit_code, ExitCode::kUnusable);
  EXPECT_THAT(unknown.err, HasSubstr("holds no place that this broker knows; remove the file to begin anew"));
}

TEST_F(WatchTest, EndsWhereItsPlaceCannotBeKept) {
  server_.streams = {{.answers = {Answer({}, "a")}, .end = kLost}};
  const ProgramRun run = Watch({"--resume-file", folder_.Path("no-such-folder/place")});
  EXPECT_EQ(run.exit_code, ExitCode::kUnusable);
  EXPECT_THAT(run.err, HasSubstr("no-such-folder/place"));
}

TEST_F(WatchTest, GoesOnWhereAStoppingBrokerEndsItsStream) {
  server_.streams = {{.answers = {Answer({}, "a")}, .end = grpc::Status(grpc::StatusCode::CANCELLED, "")},
                     {.answers = {Answer({Event(v1::EVENT_KIND_ACCEPTED, 2)}, "b")}, .end = kOver}};
  EXPECT_THAT(Watch().out, HasSubstr(NoticeNameNumber(2)));
  EXPECT_THAT(server_.watches_asked(), SizeIs(2));
}

// The broker cannot give a reason to a stream that it ends.
TEST_F(WatchTest, SaysWhyItMayNoLongerWatch) {
  const grpc::Status ended(grpc::StatusCode::UNAUTHENTICATED, "the caller may no longer call");
  server_.streams = {
      {.answers = {Answer({}, "a")}, .end = ended},
      {.answers = {},
       .end = contract::ToGrpcStatus({.reason = contract::Reason::kParticipantSuspended, .violations = {}})}};
  const ProgramRun run = Watch();
  EXPECT_EQ(run.exit_code, ExitCode::kAttention);
  EXPECT_THAT(run.err, HasSubstr("PARTICIPANT_SUSPENDED"));
  server_.streams = {{.answers = {}, .end = ended}, {.answers = {}, .end = ended}};
  EXPECT_EQ(Watch().exit_code, ExitCode::kUnreachable) << "once is enough";
  EXPECT_THAT(server_.watches_asked(), SizeIs(4));
}

TEST_F(WatchTest, SaysThatSomethingMayBeMissing) {
  v1::WatchEventsResponse answer = Answer({}, "a");
  answer.set_begins_anew(true);
  server_.streams = {{.answers = {answer}, .end = kOver}};
  EXPECT_THAT(Watch().err, HasSubstr("some events may be missing or come again"));
}

TEST_F(WatchTest, EndsAfterTheTimeThatWasSaid) {
  const ProgramRun run = Watch({"--for", "1s"});
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  EXPECT_EQ(run.out, "");
}

TEST_F(WatchTest, RefusesKindsThatThereAreNot) {
  const ProgramRun run = Watch({"--kind", "lost"});
  EXPECT_EQ(run.exit_code, ExitCode::kUnusable);
  EXPECT_THAT(run.err, HasSubstr("one of accepted, acknowledged, calls-refused"));
}

}  // namespace
}  // namespace envej::console
