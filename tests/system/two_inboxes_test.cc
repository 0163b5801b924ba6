#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"

// One id, sent to two municipalities: two notices.
namespace envej::system {
namespace {

using support::BrokerProcess;
using support::Ended;
using support::Process;
using testing::HasSubstr;

constexpr char kOtherName[] = "Kvistholm Opdigtet";

class TwoInboxesTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(broker_.Start());
    v1::Notice first = support::NewNotice(support::kCode);
    v1::Notice second = support::NewNotice(support::kOtherCode);
    id_ = first.envelope().notice_id();
    second.mutable_envelope()->set_notice_id(id_);
    second.mutable_citizen()->set_name(kOtherName);
    const std::string path = broker_.folder().Path("notices.jsonl");
    std::ofstream file(path);
    for (const v1::Notice& notice : {first, second}) {
      std::string line;
      ASSERT_TRUE(google::protobuf::util::MessageToJsonString(notice, &line).ok());
      file << line << "\n";
    }
    file.close();
    const Ended submitted = Run("envej-region", {"submit", path}, support::kRegion);
    ASSERT_EQ(submitted.code, support::kDone) << submitted.out << submitted.err;
  }

  Ended Run(const char* program, std::vector<std::string> arguments, const char* identity) {
    arguments.insert(arguments.begin(), support::ProgramPath(program));
    const std::vector<std::string> known = arguments[1] == "submit" ? broker_.RegionArguments(identity)
                                           : arguments[1] == "pull" ? broker_.MunicipalityArguments(identity)
                                                                    : broker_.ConnectionArguments(identity);
    arguments.insert(arguments.end(), known.begin(), known.end());
    return Process(arguments).Wait();
  }

  Ended Pull(const char* code, const std::string& folder, const char* identity) {
    return Run("envej-municipality", {"pull", "--municipality", code, "--into", broker_.folder().Path(folder)},
               identity);
  }

  std::string ReceivedIn(const std::string& folder) const {
    std::ifstream file(absl::StrCat(broker_.folder().Path(folder), "/notice-1081-", id_, "-1.json"));
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  BrokerProcess broker_;
  std::string id_;
};

TEST_F(TwoInboxesTest, ReachBothCitizensThoughOneFolderIsTriedForBoth) {
  EXPECT_EQ(Pull(support::kCode, "shared", support::kMunicipality).code, support::kDone);
  const Ended refused = Pull(support::kOtherCode, "shared", support::kOtherMunicipality);
  EXPECT_EQ(refused.code, support::kClientUnusable);
  EXPECT_THAT(refused.err, HasSubstr("is for the inbox of municipality 0101"));
  EXPECT_THAT(ReceivedIn("shared"), HasSubstr(support::kMarkedName));

  EXPECT_EQ(Pull(support::kOtherCode, "own", support::kOtherMunicipality).code, support::kDone);
  EXPECT_THAT(ReceivedIn("own"), HasSubstr(kOtherName));
}

// Also where nothing says whose folder it was, one citizen's notice never passes for the other's.
TEST_F(TwoInboxesTest, AreToldApartInAFolderWithoutABinding) {
  EXPECT_EQ(Pull(support::kCode, "shared", support::kMunicipality).code, support::kDone);
  std::filesystem::remove(broker_.folder().Path("shared/.inbox"));
  EXPECT_EQ(Pull(support::kOtherCode, "shared", support::kOtherMunicipality).code, support::kClientUnusable);
  const Ended status =
      Run("envej-region", {"status", "--municipality", support::kOtherCode, "--state", "waiting"}, support::kRegion);
  EXPECT_THAT(status.out, HasSubstr(id_));
}

}  // namespace
}  // namespace envej::system
