#include "broker/operations/console/inboxes_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/broker/operations/console/support/program_run.h"

namespace envej::console {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class InboxesTest : public testing::Test {
 protected:
  v1::InboxStatus& Add(const std::string& code, const std::string& name, uint64_t waiting) {
    v1::InboxStatus& inbox = *server_.inboxes.add_inboxes();
    inbox.set_municipality_code(code);
    inbox.set_name(name);
    inbox.set_participating(true);
    inbox.set_waiting(waiting);
    return inbox;
  }

  OperationsServer server_;
};

TEST_F(InboxesTest, ShowsATableWithTotals) {
  Add("0101", "København", 12);
  v1::InboxStatus& silent = Add("0492", "Ærø", 3);
  silent.set_silent(true);
  *silent.mutable_silent_since() = Before(absl::Minutes(25));
  silent.set_overdue(2);
  *silent.mutable_oldest_entered_at() = Before(absl::Hours(2));
  silent.mutable_on_call()->set_name("Vagten");
  silent.mutable_on_call()->set_phone_number("+4520000000");
  *server_.inboxes.mutable_counted_at() = Before(absl::ZeroDuration());
  const ProgramRun run = RunWith(server_, {"inboxes"});
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("CODE  NAME       ATTENTION"), HasSubstr("0101  København  -"),
                             HasSubstr("0492  Ærø        SILENT for 25 min, 2 overdue"), HasSubstr("(2 h ago)"),
                             HasSubstr("2 overdue        3  +4520000000 Vagten  "),
                             HasSubstr("\n2 inboxes, 1 silent; 15 waiting, 0 leased, 0 parked, 0 missing; 2 overdue"),
                             HasSubstr("\ncounted 20"), Not(HasSubstr("\x1b"))));
  EXPECT_EQ(run.err, "");
}

TEST_F(InboxesTest, AgesAreByTheBrokersClock) {
  const absl::Duration ahead = absl::Hours(5);  // of this machine's
  v1::InboxStatus& silent = Add("0492", "Ærø", 3);
  silent.set_silent(true);
  *silent.mutable_silent_since() = Before(absl::Minutes(25) - ahead);
  *silent.mutable_oldest_entered_at() = Before(absl::Hours(2) - ahead);
  *server_.inboxes.mutable_counted_at() = Before(-ahead);
  EXPECT_THAT(RunWith(server_, {"inboxes"}).out, AllOf(HasSubstr("SILENT for 25 min"), HasSubstr("(2 h ago)")));
}

TEST_F(InboxesTest, AsksForOneMunicipality) {
  EXPECT_EQ(RunWith(server_, {"inboxes", "--municipality", "0101"}).exit_code, ExitCode::kDone);
  ASSERT_EQ(server_.inboxes_asked().size(), 1u);
  EXPECT_EQ(server_.inboxes_asked()[0].municipality_code(), "0101");
}

TEST_F(InboxesTest, EndsWithOneIfASilentInboxIsToFail) {
  Add("0101", "København", 12);
  EXPECT_EQ(RunWith(server_, {"inboxes", "--fail-if-silent"}).exit_code, ExitCode::kDone);
  server_.inboxes.mutable_inboxes(0)->set_silent(true);
  EXPECT_EQ(RunWith(server_, {"inboxes"}).exit_code, ExitCode::kDone);
  EXPECT_EQ(RunWith(server_, {"inboxes", "--fail-if-silent"}).exit_code, ExitCode::kAttention);
  EXPECT_EQ(RunWith(server_, {"inboxes", "--fail-if-silent", "--output", "json"}).exit_code, ExitCode::kAttention);
}

TEST_F(InboxesTest, WritesOneJsonDocumentWithTimesInUtc) {
  server_.inboxes.mutable_counted_at()->set_seconds(1'800'000'000);
  Add("0492", "Ærø", 3);
  const ProgramRun run = RunWith(server_, {"inboxes", "--output", "json"});
  const nlohmann::json json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["countedAt"], "2027-01-15T08:00:00Z");
  EXPECT_EQ(json["inboxes"][0]["name"], "Ærø");
  EXPECT_EQ(json["inboxes"][0]["waiting"], "3");
  EXPECT_EQ(json["inboxes"][0]["parked"], "0") << "nothing is left to be guessed";
}

TEST_F(InboxesTest, EscapesWhatTheBrokerSays) {
  v1::InboxStatus& inbox = Add("\x1b[2J", "two\nlines", 1);
  inbox.mutable_on_call()->set_name("\x07");
  EXPECT_THAT(RunWith(server_, {"inboxes"}).out,
              AllOf(HasSubstr("?[2J"), HasSubstr("two?lines"), Not(HasSubstr("\x1b")), Not(HasSubstr("\x07"))));
}

TEST_F(InboxesTest, ColoursTroubleOnATerminalBesideSayingIt) {
  Add("0101", "København", 1).set_undelivered(1);
  const ProgramRun run = RunWith(server_, {"inboxes"}, {.in = "", .in_is_terminal = false, .colour = true});
  EXPECT_THAT(run.out, HasSubstr("\x1b[1;31m0101  København  1 undelivered"));
}

}  // namespace
}  // namespace envej::console
