// What an operator changes beside redriving: returns, suspensions and resumptions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "broker/operations/console/participants_command.h"
#include "broker/operations/console/return_command.h"
#include "tests/broker/operations/console/support/program_run.h"

namespace envej::console {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr char kRegion[] = "urn:envej:region:1081";

class ChangesTest : public testing::Test {
 protected:
  OperationsServer server_;
};

TEST_F(ChangesTest, SaysThatAReturnIsProposedAndHowAnotherOperatorConfirmsIt) {
  v1::ReturnProposal& proposal = *server_.returned.mutable_proposal();
  proposal.set_proposed_by("urn:envej:operations:night-watch\x1b[2J");
  proposal.set_proposal_id("6441c3a2b5f40\x1b[2J");
  *proposal.mutable_proposed_at() = Before(absl::ZeroDuration());
  *proposal.mutable_expires_at() = Before(-absl::Hours(24) - absl::Seconds(5));
  const ProgramRun run = RunWith(server_, {"return", NoticeNameNumber(1)});
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("proposed, not yet returned: " + NoticeNameNumber(1)),
                             HasSubstr("by urn:envej:operations:night-watch?[2J"),
                             HasSubstr("another operator must look at it"), HasSubstr("(in 1 d)"),
                             HasSubstr("envej-ops return " + NoticeNameNumber(1) + " --confirm 6441c3a2b5f40?[2J\n"),
                             Not(HasSubstr("\x1b"))));
  ASSERT_THAT(server_.returns_asked(), SizeIs(1));
  EXPECT_EQ(server_.returns_asked()[0].notice().notice_id(), NoticeIdNumber(1));
  EXPECT_EQ(server_.returns_asked()[0].confirmed_proposal_id(), "");
  const std::string json = RunWith(server_, {"return", NoticeNameNumber(1), "--output", "json"}).out;
  EXPECT_TRUE(nlohmann::json::parse(json)["proposal"].contains("expiresAt")) << json;
}

TEST_F(ChangesTest, SaysThatANoticeIsReturned) {
  *server_.returned.mutable_returned_at() = Before(absl::ZeroDuration());
  EXPECT_THAT(RunWith(server_, {"return", NoticeNameNumber(1), "--confirm", "6441c3a2b5f40"}).out,
              AllOf(HasSubstr("returned: " + NoticeNameNumber(1)), Not(HasSubstr("proposed"))));
  EXPECT_EQ(server_.returns_asked().at(0).confirmed_proposal_id(), "6441c3a2b5f40");
}

TEST_F(ChangesTest, SaysWhyANoticeCannotBeReturned) {
  server_.RefuseNextCall(contract::Reason::kNoticeAlreadyAcknowledged);
  const ProgramRun run = RunWith(server_, {"return", NoticeNameNumber(1)});
  EXPECT_EQ(run.exit_code, ExitCode::kAttention);
  EXPECT_THAT(run.err, HasSubstr("NOTICE_ALREADY_ACKNOWLEDGED: "));
}

TEST_F(ChangesTest, SuspendsAParticipantAndSaysUntilWhen) {
  *server_.suspended.mutable_suspended_at() = Before(absl::Minutes(2));
  const ProgramRun run = RunWith(server_, {"suspend", kRegion});
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("suspended: urn:envej:region:1081, since "), HasSubstr("(2 min ago)"),
                             HasSubstr("until `envej-ops resume urn:envej:region:1081`")));
  EXPECT_THAT(server_.suspensions_asked(), ElementsAre(kRegion));
}

TEST_F(ChangesTest, ResumesAParticipantOrSaysThatItWasNotSuspended) {
  EXPECT_EQ(RunWith(server_, {"resume", kRegion}).out, "nothing to do: urn:envej:region:1081 was not suspended\n");
  server_.resumed.set_was_suspended(true);
  EXPECT_EQ(RunWith(server_, {"resume", kRegion}).out, "resumed: urn:envej:region:1081\n");
  EXPECT_EQ(RunWith(server_, {"resume", kRegion, "--output", "json"}).out, "{\"wasSuspended\":true}\n");
  EXPECT_THAT(server_.resumptions_asked(), SizeIs(3));
}

TEST_F(ChangesTest, ARepeatedResumptionMayHaveBeenCarriedOutBefore) {
  server_.FailNextCall(grpc::Status(grpc::StatusCode::UNAVAILABLE, ""));
  EXPECT_EQ(RunWith(server_, {"resume", kRegion}).out, "resumed: urn:envej:region:1081\n");
}

TEST_F(ChangesTest, SaysWhyAParticipantCannotBeSuspendedOrResumed) {
  server_.RefuseNextCall(contract::Reason::kParticipantIsCaller);
  EXPECT_THAT(RunWith(server_, {"suspend", "urn:envej:operations:night-watch"}).err,
              HasSubstr("PARTICIPANT_IS_CALLER: "));
  server_.RefuseNextCall(contract::Reason::kSuspendedInRegister);
  const ProgramRun run = RunWith(server_, {"resume", kRegion});
  EXPECT_EQ(run.exit_code, ExitCode::kAttention);
  EXPECT_THAT(run.err, HasSubstr("SUSPENDED_IN_REGISTER: "));
}

TEST_F(ChangesTest, RefusesNamesThatAreNoParticipants) {
  for (const char* const wrong : {"1081", "urn:envej:region:1081:ward-system", "urn:envej:broker:main", ""}) {
    EXPECT_EQ(RunWith(server_, {"suspend", wrong}).exit_code, ExitCode::kUnusable) << wrong;
    EXPECT_EQ(RunWith(server_, {"resume", wrong}).exit_code, ExitCode::kUnusable) << wrong;
  }
  EXPECT_EQ(RunWith(server_, {"return", "0101/1081"}).exit_code, ExitCode::kUnusable);
  for (const char* const proposal : {"", "a b", "123456789012345678901234567890123"}) {
    EXPECT_EQ(RunWith(server_, {"return", NoticeNameNumber(1), "--confirm", proposal}).exit_code, ExitCode::kUnusable)
        << proposal;
  }
  EXPECT_THAT(server_.suspensions_asked(), IsEmpty());
}

}  // namespace
}  // namespace envej::console
