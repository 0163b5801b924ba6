#include "region-client/municipalities_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "tests/region-client/support/intake_server.h"
#include "tests/region-client/support/program_run.h"

namespace envej::region {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class MunicipalitiesTest : public testing::Test {
 protected:
  IntakeServer server_;
};

TEST_F(MunicipalitiesTest, ListsEachWithItsSchemeInAlignedColumns) {
  const ProgramRun run = RunWith(server_.address(), {"municipalities"});
  EXPECT_EQ(run.exit_code, ExitCode::kDone);
  EXPECT_EQ(run.out,
            "CODE  NAME           TAKES PART  AGREEMENT  SCHEME         PHONE\n"
            "0101  København      yes         yes        Mentor på vej  +4533112233\n"
            "0147  Frederiksberg  no          no         -              -\n");
}

TEST_F(MunicipalitiesTest, WritesAJsonLineForEach) {
  const ProgramRun run = RunWith(server_.address(), {"municipalities", "--output", "json"});
  const std::vector<std::string> lines = absl::StrSplit(run.out, '\n', absl::SkipEmpty());
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(nlohmann::json::parse(lines[0])["schemeName"], "Mentor på vej");
}

TEST_F(MunicipalitiesTest, PrintsALeafletToHandOut) {
  const ProgramRun run = RunWith(server_.address(), {"municipalities", "--leaflet", "0101"});
  EXPECT_EQ(run.exit_code, ExitCode::kDone);
  EXPECT_EQ(run.out, "Mentor på vej\nPhone: +4533112233\n\nRing til os.\nVi lytter.\n");
}

TEST_F(MunicipalitiesTest, SaysThatThereIsNoLeaflet) {
  const ProgramRun none = RunWith(server_.address(), {"municipalities", "--leaflet", "0147"});
  EXPECT_EQ(none.exit_code, ExitCode::kRefused);
  EXPECT_THAT(none.err, HasSubstr("has no scheme that takes part"));
  const ProgramRun unknown = RunWith(server_.address(), {"municipalities", "--leaflet", "0999"});
  EXPECT_EQ(unknown.exit_code, ExitCode::kRefused);
  EXPECT_THAT(unknown.err, HasSubstr("no municipality has the code 0999"));
}

}  // namespace
}  // namespace envej::region
