#include "broker/operations/console/status_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/broker/operations/console/support/program_run.h"

namespace envej::console {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class StatusTest : public testing::Test {
 protected:
  void SetUp() override {
    v1::GetBrokerStatusResponse& status = server_.status;
    status.set_broker("main");
    status.set_program_version("0.1.0");
    status.set_can_write(true);
    *status.mutable_started_at() = Before(absl::Hours(5));
    status.mutable_store()->set_free_bytes(uint64_t{13} << 30);
    status.mutable_store()->mutable_sync()->set_count(7);
    status.mutable_store()->mutable_sync()->mutable_p99()->set_nanos(2'100'000);
    status.mutable_journal()->set_newest_batch(77);
    status.set_accepted_per_second(1.5);
  }

  OperationsServer server_;
};

TEST_F(StatusTest, ShowsHowTheBrokerIs) {
  const ProgramRun run = RunWith(server_, {"status"});
  EXPECT_EQ(run.exit_code, ExitCode::kDone) << run.err;
  EXPECT_THAT(run.out, AllOf(ContainsRegex("broker +main\n"), HasSubstr("(5 h ago)"), ContainsRegex("can write +yes\n"),
                             HasSubstr("13.0 GiB\n"), HasSubstr("p99 2.1 ms of 7\n"), HasSubstr("batch 77\n"),
                             ContainsRegex("mirror +none\n"), HasSubstr("1.50 a second"), Not(HasSubstr("NO"))));
}

TEST_F(StatusTest, EndsWithOneIfTheBrokerCannotWrite) {
  server_.status.set_can_write(false);
  const ProgramRun run = RunWith(server_, {"status"});
  EXPECT_EQ(run.exit_code, ExitCode::kAttention);
  EXPECT_THAT(run.out, ContainsRegex("can write +NO: nothing is accepted"));
  EXPECT_EQ(RunWith(server_, {"status", "--output", "json"}).exit_code, ExitCode::kAttention);
}

TEST_F(StatusTest, SaysWhatAsksForAttention) {
  server_.status.set_recovering(true);
  server_.status.mutable_store()->set_nearly_full(true);
  server_.status.mutable_store()->set_damaged(true);
  server_.status.mutable_journal()->set_mirrored(true);
  server_.status.mutable_journal()->set_mirrored_batch(70);
  server_.status.mutable_trust()->set_reload_refused(true);
  *server_.status.mutable_trust()->mutable_certificate_expires_at() = Before(absl::Hours(1));
  const ProgramRun run = RunWith(server_, {"status"}, {.in = "", .in_is_terminal = false, .colour = true});
  EXPECT_THAT(run.out, AllOf(HasSubstr("YES: pulls are refused"), HasSubstr("NEARLY FULL"), HasSubstr("DAMAGED"),
                             HasSubstr("up to batch 70, 7 batches behind"), HasSubstr("REFUSED: those before hold on"),
                             HasSubstr("\x1b[1;31mbroker's certificate expires")));
}

TEST_F(StatusTest, WritesOneJsonDocument) {
  const nlohmann::json json = nlohmann::json::parse(RunWith(server_, {"status", "--output", "json"}).out);
  EXPECT_EQ(json["canWrite"], true);
  EXPECT_EQ(json["recovering"], false);
  EXPECT_EQ(json["journal"]["newestBatch"], "77");
}

}  // namespace
}  // namespace envej::console
