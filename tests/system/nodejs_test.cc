#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "proto/contract/day.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"

namespace envej::system {
namespace {

using support::Ended;
using support::kCode;
using support::RunProgram;
using testing::EndsWith;
using testing::HasSubstr;

constexpr absl::Duration kInstallation = absl::Minutes(4);

std::string Setting(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The two example programs with nothing but their own packages, beside the .proto files as in the source tree. They
// are kept in the build folder: packages are fetched again only when a lock file changes.
class NodejsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    source_ = Setting("ENVEJ_SOURCE_DIRECTORY");
    tree_ = Setting("ENVEJ_BINARY_DIRECTORY") + "/../node-examples";
    std::filesystem::create_directories(tree_);
    const std::string protos = tree_ + "/proto";
    std::filesystem::remove(protos);
    std::filesystem::create_symlink(source_ + "/proto", protos);
    for (const char* const client : {"region-client", "municipality-client"}) Install(client);
  }

  static void Install(const std::string& client) {
    const std::string from = absl::StrCat(source_, "/", client, "/examples/nodejs");
    const std::string to = absl::StrCat(tree_, "/", client, "/examples/nodejs");
    std::filesystem::create_directories(to);
    for (const auto& entry : std::filesystem::directory_iterator(from)) {
      if (!entry.is_regular_file()) continue;
      std::filesystem::copy_file(entry, to / entry.path().filename(),
                                 std::filesystem::copy_options::overwrite_existing);
    }
    const std::string installed = to + "/installed-lock.json";
    if (certs::ReadFile(installed) == certs::ReadFile(to + "/package-lock.json")) return;
    const Ended ended =
        RunProgram({"/bin/sh", "-c", "cd \"$0\" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error", to},
                   kInstallation);
    ASSERT_EQ(ended.code, support::kDone) << ended.err;
    std::filesystem::copy_file(to + "/package-lock.json", installed, std::filesystem::copy_options::overwrite_existing);
  }

  void SetUp() override { ASSERT_TRUE(broker_.Start()); }

  Ended Run(const std::string& program, const std::vector<std::string>& identity,
            const std::vector<std::string>& options) {
    std::vector<std::string> arguments = {"/usr/bin/env", "node", absl::StrCat(tree_, "/", program)};
    arguments.insert(arguments.end(), identity.begin(), identity.end());
    arguments.insert(arguments.end(), options.begin(), options.end());
    return RunProgram(arguments);
  }

  Ended Submit(const std::string& name, const char* code, const std::vector<std::string>& more = {}) {
    const std::string today =
        contract::FormatDay(absl::ToCivilDay(absl::Now(), contract::CopenhagenTimeZone().value()));
    std::vector<std::string> options = {
        "--municipality",   code,  "--name",         name, "--phone", support::kMarkedPhone,
        "--discharge-date", today, "--consent-date", today};
    options.insert(options.end(), more.begin(), more.end());
    return Run("region-client/examples/nodejs/submit_notice.js", broker_.ConnectionArguments(support::kRegion),
               options);
  }

  Ended Pull(const char* uri, const char* code) {
    return Run("municipality-client/examples/nodejs/pull_notices.js", broker_.MunicipalityArguments(uri),
               {"--municipality", code});
  }

  static inline std::string source_;
  static inline std::string tree_;
  support::BrokerProcess broker_;
};

TEST_F(NodejsTest, SubmitsPullsAndAcknowledges) {
  const std::string id = support::NewNoticeId();
  const std::string now = absl::FormatTime("%Y-%m-%d%ET%H:%M:%SZ", absl::Now(), absl::UTCTimeZone());
  const std::vector<std::string> same = {"--id", id, "--created-at", now};
  const Ended submitted = Submit(support::kMarkedName, kCode, same);
  EXPECT_EQ(submitted.code, support::kDone) << submitted.err;
  EXPECT_THAT(submitted.err, EndsWith("accepted\n"));
  const nlohmann::json receipt = nlohmann::json::parse(submitted.out, nullptr, false);
  EXPECT_EQ(receipt.value("noticeId", ""), id);
  EXPECT_EQ(receipt.value("regionCode", ""), "1081");

  const Ended again = Submit(support::kMarkedName, kCode, same);
  EXPECT_EQ(again.code, support::kDone);
  EXPECT_THAT(again.err, EndsWith("accepted before\n"));
  EXPECT_EQ(again.out, submitted.out);

  const Ended pulled = Pull(support::kMunicipality, kCode);
  EXPECT_EQ(pulled.code, support::kDone) << pulled.err;
  EXPECT_THAT(pulled.err, HasSubstr("received 1, returned 0, acknowledged 1\n"));
  EXPECT_THAT(pulled.out, HasSubstr(id));
  EXPECT_THAT(pulled.out, HasSubstr(support::kMarkedName));
  EXPECT_THAT(Pull(support::kMunicipality, kCode).err, HasSubstr("received 0, returned 0, acknowledged 0\n"));

  v1::GetNoticeRequest request;
  request.set_municipality_code(kCode);
  request.set_notice_id(id);
  v1::GetNoticeResponse response;
  const auto intake = broker_.Intake(support::kRegion);
  ASSERT_TRUE(intake->GetNotice(support::CallContext().get(), request, &response).ok());
  EXPECT_EQ(response.status().state(), v1::NOTICE_STATE_ACKNOWLEDGED);
}

TEST_F(NodejsTest, ShowsTheReasonOfARefusal) {
  const Ended number = Submit("Prøve 010203-1234", kCode);
  EXPECT_EQ(number.code, 1);
  EXPECT_THAT(number.err, HasSubstr("refused: TEXT_LIKE_CPR_NUMBER: text holds what looks like a CPR number"));
  EXPECT_THAT(number.err, HasSubstr("(citizen.name)"));
  const Ended agreement = Submit("Prøve", support::kEndedAgreementCode);
  EXPECT_EQ(agreement.code, 1);
  EXPECT_THAT(agreement.err, HasSubstr("refused: AGREEMENT_NOT_IN_FORCE: "));
  const Ended inbox = Pull(support::kOtherMunicipality, kCode);
  EXPECT_EQ(inbox.code, 1);
  EXPECT_THAT(inbox.err, HasSubstr("no such inbox for this caller"));
}

TEST_F(NodejsTest, ANoticeThatNodeSubmittedReachesTheRealClientAndTheOtherWayRound) {
  EXPECT_EQ(Submit(support::kMarkedName, kCode).code, support::kDone);
  std::vector<std::string> arguments = {
      support::ProgramPath("envej-municipality"), "pull", "--municipality", kCode, "--into",
      broker_.folder().Path("received")};
  const std::vector<std::string> connection = broker_.MunicipalityArguments(support::kMunicipality);
  arguments.insert(arguments.end(), connection.begin(), connection.end());
  EXPECT_EQ(RunProgram(arguments).err, "received 1, already had 0, returned 0, acknowledged 1\n");

  v1::SubmitNoticeRequest request;
  *request.mutable_notice() = support::NewNotice(kCode);
  v1::SubmitNoticeResponse response;
  const auto intake = broker_.Intake(support::kRegion);
  ASSERT_TRUE(intake->SubmitNotice(support::CallContext().get(), request, &response).ok());
  EXPECT_THAT(Pull(support::kMunicipality, kCode).out, HasSubstr(request.notice().envelope().notice_id()));

  v1::WithdrawNoticeRequest withdraw;
  *withdraw.mutable_withdrawal() = support::WithdrawalOf(request.notice());
  v1::WithdrawNoticeResponse withdrawn;
  ASSERT_TRUE(intake->WithdrawNotice(support::CallContext().get(), withdraw, &withdrawn).ok());
  const Ended told = Pull(support::kMunicipality, kCode);
  EXPECT_EQ(told.code, support::kDone) << told.err;
  EXPECT_THAT(told.err, HasSubstr("received 1, returned 0, acknowledged 1\n"));
  const nlohmann::json line = nlohmann::json::parse(told.out, nullptr, false);
  EXPECT_EQ(line["withdrawal"].value("noticeId", ""), request.notice().envelope().notice_id());
  EXPECT_EQ(line.value("sealedBy", ""), "SEALED_BY_BROKER");
}

}  // namespace
}  // namespace envej::system
