// deploy/demo as its users run it, with the programs that are built here.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/deploy/support/program_run.h"

namespace envej::deploy {
namespace {

using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(DemoTest, EveryNoticeIsDeliveredThroughTheCrashAndNothingIsLeftBehind) {
  const std::filesystem::path folder = TestFolder();
  const ProgramRun run = RunProgram({"env", absl::StrCat("TMPDIR=", folder.string()), DeployPath("demo"), "--seed", "7",
                                     "--programs", std::getenv("ENVEJ_BINARY_DIRECTORY")},
                                    folder);
  EXPECT_EQ(run.exit_code, 0) << run.output << run.error;
  EXPECT_THAT(run.output,
              ContainsRegex("killed the broker with SIGKILL: [1-9][0-9]* notices waiting, [1-9][0-9]* leased, "
                            "5 acknowledgements unanswered"));
  EXPECT_THAT(run.output, ContainsRegex("what operations see of the inboxes:\n  CODE  NAME "));
  EXPECT_THAT(run.output, ContainsRegex("accepted +1  [0-9a-f]{8}")) << "the trace of a notice";
  EXPECT_THAT(run.output, EndsWith("\ndelivered 190 of 190 notices\n"));
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST(DemoTest, AFailureIsSaidAndTheLogsAreKept) {
  const std::filesystem::path folder = TestFolder();
  const ProgramRun run =
      RunProgram({"env", absl::StrCat("TMPDIR=", folder.string()), DeployPath("demo"), "--programs", folder}, folder);
  EXPECT_NE(run.exit_code, 0);
  EXPECT_THAT(run.error, HasSubstr("demo: failed; the logs are in " + folder.string()));
}

TEST(DemoTest, WrongUsageIsRefusedBeforeAnythingIsDone) {
  const std::filesystem::path folder = TestFolder();
  const ProgramRun run = RunProgram({DeployPath("demo"), "--unknown"}, folder);
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(run.output, "");
}

}  // namespace
}  // namespace envej::deploy
