#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/free_address.h"
#include "tests/support/notice_messages.h"

// A broker that comes up, or comes back, after its clients.
namespace envej::system {
namespace {

using support::BrokerProcess;
using support::Ended;
using support::Process;

// A broker that does not serve yet.
class LateBrokerTest : public testing::Test {
 protected:
  std::vector<std::string> Command(const char* program, std::vector<std::string> arguments, const char* identity) {
    arguments.insert(arguments.begin(), support::ProgramPath(program));
    const bool is_region = absl::string_view(program) == "envej-region";
    for (const std::string& argument :
         is_region ? broker_.RegionArguments(identity) : broker_.MunicipalityArguments(identity)) {
      arguments.push_back(argument);
    }
    return arguments;
  }

  std::string NoticeFile() {
    std::string line;
    EXPECT_TRUE(google::protobuf::util::MessageToJsonString(support::NewNotice(support::kCode), &line).ok());
    const std::string path = broker_.folder().Path("notices.jsonl");
    std::ofstream(path) << line << "\n";
    return path;
  }

  BrokerProcess broker_{{.listen = support::FreeAddress(std::random_device{}()), .more = {}}};
};

TEST_F(LateBrokerTest, NoticesAreSentOnceItServes) {
  Process client(Command("envej-region", {"submit", NoticeFile(), "--deadline", "40s"}, support::kRegion));
  ASSERT_TRUE(client.WaitForError([](const std::string& error) { return !error.empty(); }));
  ASSERT_TRUE(broker_.Start());
  const Ended ended = client.Wait();
  EXPECT_EQ(ended.code, support::kDone) << ended.err;
}

TEST_F(LateBrokerTest, AnEmptyInboxIsReadOnceItServes) {
  Process client(
      Command("envej-municipality",
              {"pull", "--municipality", support::kCode, "--into", broker_.folder().Path("inbox"), "--deadline", "40s"},
              support::kMunicipality));
  ASSERT_TRUE(client.WaitForError([](const std::string& error) { return !error.empty(); }));
  ASSERT_TRUE(broker_.Start());
  const Ended ended = client.Wait();
  EXPECT_EQ(ended.code, support::kDone) << ended.err;
}

}  // namespace
}  // namespace envej::system
