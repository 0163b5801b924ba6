#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"
#include "tests/support/trust_changes.h"

// A region whose certificate bears no URI name, as Danish OCES3 system certificates do not.
namespace envej::system {
namespace {

using support::BrokerProcess;
using support::Ended;
using support::Process;
using testing::HasSubstr;
using testing::Not;

constexpr char kSerialNumber[] = "UI:DK-O:G:0f8fad5b-d9cb-469f-a165-70867728950e";
constexpr char kRegionCode[] = "1081";

class SubjectNamesTest : public testing::Test {
 protected:
  void SetUp() override {
    support::AddToParticipant(broker_, kRegionCode,
                              absl::StrCat("certificates: [{subject_serial_number: \"", kSerialNumber, "\"}]"));
    ASSERT_TRUE(broker_.Start());
    certs::LeafRequest request = certs::ClientRequest("");
    request.uris.clear();
    request.subject_serial_number = kSerialNumber;
    region_ = support::SharedAuthority().IssueFiles(broker_.folder(), "region", request);
  }

  // Submits a new notice, and gives its id.
  std::string Submit(Ended& ended, const std::vector<std::string>& more) {
    const v1::Notice notice = support::NewNotice(support::kCode);
    std::string line;
    EXPECT_TRUE(google::protobuf::util::MessageToJsonString(notice, &line).ok());
    std::vector<std::string> arguments = {support::ProgramPath("envej-region"),
                                          "submit",
                                          broker_.folder().Write("notices.jsonl", line + "\n"),
                                          "--secret",
                                          broker_.folder().Path("commitment.secret"),
                                          "--broker",
                                          broker_.address(),
                                          "--certificate",
                                          region_.certificate_chain,
                                          "--key",
                                          region_.private_key,
                                          "--authorities",
                                          region_.authorities};
    arguments.insert(arguments.end(), more.begin(), more.end());
    ended = Process(arguments).Wait();
    return notice.envelope().notice_id();
  }

  Ended Pull(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        support::ProgramPath("envej-municipality"), "pull", "--municipality", support::kCode, "--into",
        broker_.folder().Path("received")};
    for (const auto& added : {broker_.MunicipalityArguments(support::kMunicipality), more}) {
      arguments.insert(arguments.end(), added.begin(), added.end());
    }
    return Process(arguments).Wait();
  }

  std::string FileOf(const std::string& id) const {
    return absl::StrCat(broker_.folder().Path("received"), "/notice-", kRegionCode, "-", id, "-1.json");
  }

  BrokerProcess broker_;
  certs::TlsFiles region_;
};

TEST_F(SubjectNamesTest, ARegionThatNamesItselfIsOpenedWhereTheMunicipalityKnowsItsSubject) {
  const std::string named = absl::StrCat(kRegionCode, ":serialNumber=", kSerialNumber);
  Ended submitted;
  const std::string unknown_signer = Submit(submitted, {"--region", kRegionCode});
  ASSERT_EQ(submitted.code, support::kDone) << submitted.err;
  const Ended returned = Pull({});
  EXPECT_NE(returned.code, support::kDone);
  EXPECT_THAT(returned.out, HasSubstr("NOT_AUTHENTIC"));
  EXPECT_FALSE(std::filesystem::exists(FileOf(unknown_signer)));

  const std::string id = Submit(submitted, {"--region", kRegionCode});
  ASSERT_EQ(submitted.code, support::kDone) << submitted.err;
  const Ended opened = Pull({"--region-named", named, "--region-named", "1082:organizationIdentifier=NTRDK-1"});
  EXPECT_EQ(opened.code, support::kDone) << opened.out << opened.err;
  EXPECT_THAT(certs::ReadFile(FileOf(id)), HasSubstr(support::kMarkedName));
}

TEST_F(SubjectNamesTest, WithoutTheRegionsCodeNothingIsSent) {
  Ended refused;
  Submit(refused, {});
  EXPECT_EQ(refused.code, support::kClientUnusable);
  EXPECT_THAT(refused.err, HasSubstr("give the region's code with --region"));
  EXPECT_THAT(refused.err, Not(HasSubstr(kSerialNumber)));
  EXPECT_EQ(Pull({}).code, support::kDone) << "nothing is there";
}

TEST_F(SubjectNamesTest, WhatIsNoNameOfARegionIsWrongUsage) {
  const std::string named = absl::StrCat(kRegionCode, ":serialNumber=", kSerialNumber);
  for (const std::vector<std::string>& more : std::vector<std::vector<std::string>>{
           {"--region-named", kSerialNumber}, {"--region-named"}, {"--region-named", named, "--region-named", named}}) {
    const Ended refused = Pull(more);
    EXPECT_EQ(refused.code, support::kClientUnusable);
    EXPECT_THAT(refused.err, HasSubstr("--region-named"));
    EXPECT_FALSE(std::filesystem::exists(broker_.folder().Path("received")));
  }
}

}  // namespace
}  // namespace envej::system
