// deploy/demonstration/compare-notices must see every way in which what was received can differ from what was sent.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/deploy/support/program_run.h"

namespace envej::deploy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kFirstId[] = "00000000-0000-4000-8000-000000000001";
constexpr char kSecondId[] = "00000000-0000-4000-8000-000000000002";
constexpr char kThirdId[] = "00000000-0000-4000-8000-000000000003";
constexpr char kRefusedId[] = "00000000-0000-4000-8000-000000000004";
constexpr char kName[] = "Marked Name";

std::string Notice(const std::string& id, const std::string& municipality) {
  return absl::StrCat(R"({"envelope":{"municipalityCode":")", municipality, R"(","noticeId":")", id,
                      R"(","revision":1},"citizen":{"name":"Marked Name"}})", "\n");
}

std::string FileName(const std::string& region, const std::string& id) {
  return absl::StrCat("notice-", region, "-", id, "-1.json");
}

// Two regions sent four notices, of which one had to be refused; the other three were received.
class CompareNoticesTest : public ::testing::Test {
 protected:
  CompareNoticesTest()
      : folder_(TestFolder()),
        first_(folder_ / "received/0851" / FileName("1081", kFirstId)),
        second_(folder_ / "received/0813" / FileName("1081", kSecondId)) {
    WriteFile(folder_ / "sent/1081.jsonl",
              Notice(kFirstId, "0851") + Notice(kRefusedId, "0851") + Notice(kSecondId, "0813"));
    WriteFile(folder_ / "sent/1082.jsonl", Notice(kThirdId, "0751"));
    WriteFile(folder_ / "refusals.jsonl", "{\"file\":\"1081.jsonl\",\"line\":2}\n");
    WriteFile(first_, Notice(kFirstId, "0851"));
    WriteFile(second_, Notice(kSecondId, "0813"));
    WriteFile(folder_ / "received/0751" / FileName("1082", kThirdId), Notice(kThirdId, "0751"));
    WriteFile(folder_ / "received/0751/.ledger", "the client's own\n");
  }

  ProgramRun Compare() const {
    return RunProgram({DeployPath("demonstration/compare-notices"), folder_ / "sent", folder_ / "refusals.jsonl",
                       folder_ / "received"},
                      folder_);
  }

  // Something is wrong, it says what, and it names nobody.
  void ExpectWrong(const std::string& what) const {
    const ProgramRun run = Compare();
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_EQ(run.output, "");
    EXPECT_THAT(run.error, AllOf(HasSubstr(what), Not(HasSubstr("Name"))));
  }

  const std::filesystem::path folder_;
  const std::filesystem::path first_;
  const std::filesystem::path second_;
};

TEST_F(CompareNoticesTest, ThatEachArrivedOnceUnalteredIsSaid) {
  const ProgramRun run = Compare();
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_EQ(run.output, "delivered 3 of 3 notices\n");
  EXPECT_EQ(run.error, "");
}

TEST_F(CompareNoticesTest, OneAlteredByteIsSeenWhereverItIs) {
  const std::string good = ReadFile(first_);
  for (size_t i = 0; i < good.size(); ++i) {
    if (i % 40 != 0 && i + 1 != good.size()) continue;
    std::string altered = good;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    WriteFile(first_, altered);
    ExpectWrong(absl::StrCat("altered: notice ", kFirstId));
  }
}

TEST_F(CompareNoticesTest, AMissingLineEndIsSeen) {
  std::filesystem::resize_file(first_, std::filesystem::file_size(first_) - 1);
  ExpectWrong(absl::StrCat("altered: notice ", kFirstId));
}

TEST_F(CompareNoticesTest, ARemovedNoticeIsMissing) {
  std::filesystem::remove(first_);
  ExpectWrong(absl::StrCat("missing: notice ", kFirstId, " for municipality 0851"));
}

TEST_F(CompareNoticesTest, ASecondCopyUnderAnotherNameIsSeen) {
  std::filesystem::copy_file(first_, first_.parent_path() / "copy.json");
  ExpectWrong(absl::StrCat("doubled: notice ", kFirstId, " arrived 2 times"));
}

TEST_F(CompareNoticesTest, ASecondCopyInAnotherMunicipalitysFolderIsSeen) {
  std::filesystem::copy_file(first_, second_.parent_path() / first_.filename());
  ExpectWrong(absl::StrCat("doubled: notice ", kFirstId, " arrived 2 times"));
  ExpectWrong(absl::StrCat("astray: notice ", kFirstId, " for municipality 0851 is in 0813/"));
}

TEST_F(CompareNoticesTest, ANoticeInAnotherMunicipalitysFolderIsSeen) {
  std::filesystem::rename(first_, second_.parent_path() / first_.filename());
  ExpectWrong(absl::StrCat("astray: notice ", kFirstId, " for municipality 0851 is in 0813/"));
}

TEST_F(CompareNoticesTest, ANoticeUnderAnotherNoticesNameIsSeen) {
  const std::string first = ReadFile(first_);
  WriteFile(first_, ReadFile(second_));
  WriteFile(second_, first);
  ExpectWrong(absl::StrCat("altered: notice ", kFirstId));
  ExpectWrong(absl::StrCat("altered: notice ", kSecondId));
}

TEST_F(CompareNoticesTest, ARefusedNoticeThatArrivedIsForeign) {
  WriteFile(folder_ / "received/0851" / FileName("1081", kRefusedId), Notice(kRefusedId, "0851"));
  ExpectWrong(absl::StrCat("foreign: 0851/", FileName("1081", kRefusedId)));
}

TEST_F(CompareNoticesTest, AFileThatIsNoNoticeIsForeignAndItsNameIsNotRepeated) {
  WriteFile(folder_ / "received/0851" / kName, "anything");
  ExpectWrong("foreign: a file without a proper name");
}

TEST_F(CompareNoticesTest, WithNothingSentThereIsNothingToSay) {
  std::filesystem::remove_all(folder_ / "sent");
  const ProgramRun run = Compare();
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_EQ(run.output, "");
}

}  // namespace
}  // namespace envej::deploy
