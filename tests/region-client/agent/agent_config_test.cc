#include "region-client/agent/agent_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/certs/test_files.h"

namespace envej::region {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kGood[] = R"(broker:
  address: broker.example:8443
  certificate: agent.pem
  key: agent.key
  authorities: authorities.pem
  commitment_secret: commitment.secret
data:
  folder: data
  secret: agent.secret
site:
  patient_authority: hospital
  wards: [P1, P2]
)";

class AgentConfigTest : public testing::Test {
 protected:
  absl::StatusOr<AgentConfig> Read(const std::string& text) {
    return ReadAgentConfig(folder_.Write("agent.yaml", text));
  }

  certs::TestDirectory folder_;
};

TEST_F(AgentConfigTest, ReadsWhatIsSaidAndTakesPathsFromItsFolder) {
  const absl::StatusOr<AgentConfig> config =
      Read(absl::StrCat(kGood, "  same_authority: [PAS, \"urn:oid:1.2.3\"]\n",
                        "limits:\n  cases: 50\ntelling:\n  - name: p1\n    wards: [P1]\n    file: told.jsonl\n",
                        "    on_call:\n      command: [page, --now]\n  - {name: all, file: all.jsonl}\n"));
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->connection.broker, "broker.example:8443");
  EXPECT_EQ(config->sealing.secret, folder_.Path("commitment.secret"));
  EXPECT_EQ(config->store.folder, folder_.Path("data"));
  EXPECT_EQ(config->socket(), folder_.Path("data/agent.sock"));
  EXPECT_EQ(config->desk.site.patient_authority, "hospital");
  EXPECT_THAT(config->desk.site.same_authority, ElementsAre("PAS", "urn:oid:1.2.3"));
  EXPECT_THAT(config->desk.site.wards, ElementsAre("P1", "P2"));
  EXPECT_EQ(config->desk.cases_most, 50u);
  ASSERT_EQ(config->telling.size(), 2u);
  EXPECT_THAT(config->telling[0].wards, ElementsAre("P1"));
  EXPECT_EQ(config->telling[0].file, folder_.Path("told.jsonl"));
  EXPECT_THAT(config->telling[0].on_call->command, ElementsAre("page", "--now"));
  EXPECT_TRUE(config->telling[1].wards.empty());
}

TEST_F(AgentConfigTest, SaysLineAndKeyOfWhatIsWrong) {
  const auto error = [this](const std::string& text) { return std::string(Read(text).status().message()); };
  EXPECT_THAT(error(absl::StrCat(kGood, "colour: blue\n")), HasSubstr("agent.yaml:13: "));
  EXPECT_THAT(error(absl::StrReplaceAll(kGood, {{"broker.example:8443", "broker"}})),
              testing::AllOf(HasSubstr("agent.yaml:2: "), HasSubstr("address")));
  EXPECT_THAT(error(absl::StrReplaceAll(kGood, {{"  wards: [P1, P2]\n", ""}})), HasSubstr("wards"));
  EXPECT_THAT(error(absl::StrReplaceAll(kGood, {{"  patient_authority: hospital\n", ""}})),
              HasSubstr("patient_authority"));
  const auto telling = [&](const std::string& text) { return error(absl::StrCat(kGood, "telling:\n", text)); };
  EXPECT_THAT(telling("  - {name: a, webhook: {url: http://ward.example/}}\n"), HasSubstr("url"));
  EXPECT_THAT(telling("  - {name: a, on_call: {}}\n"), HasSubstr("command"));
  EXPECT_THAT(telling("  - {name: a}\n"), HasSubstr("how they are told"));
  EXPECT_THAT(telling("  - {name: a, file: x}\n  - {name: a, file: y}\n"), HasSubstr("another one's"));
  EXPECT_THAT(error(absl::StrCat(kGood, "limits:\n  outgoing: 0\n")), HasSubstr("outgoing"));
}

TEST_F(AgentConfigTest, ReadsWhereSystemsPutFiles) {
  const absl::StatusOr<AgentConfig> config =
      Read(absl::StrCat(kGood, "folders:\n  - name: files\n    folder: in\n  - name: kept\n    folder: kept\n",
                        "    processed: sealed\n    rejected_days: 3\n    hl7: {elsewhere: {dispositions: [OVF]}}\n"));
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_EQ(config->folders.size(), 2u);
  EXPECT_EQ(config->folders[0].folder, folder_.Path("in"));
  EXPECT_EQ(config->folders[0].after_taking, AfterTaking::kWipe);
  EXPECT_EQ(config->folders[1].after_taking, AfterTaking::kSeal);
  EXPECT_EQ(config->folders[0].rejected_days, 14);
  EXPECT_EQ(config->folders[1].rejected_days, 3);
  EXPECT_THAT(config->folders[1].hl7.dispositions_elsewhere, ElementsAre("OVF"));
  const auto error = [this](const std::string& text) { return std::string(Read(text).status().message()); };
  EXPECT_THAT(error(absl::StrCat(kGood, "folders:\n  - {name: a, folder: in, processed: kept}\n")),
              HasSubstr("processed"));
  for (const char* const days : {"0", "91"}) {
    EXPECT_THAT(error(absl::StrCat(kGood, "folders:\n  - {name: a, folder: in, rejected_days: ", days, "}\n")),
                HasSubstr("rejected_days"));
  }
  EXPECT_THAT(error(absl::StrCat(kGood, "folders:\n  - {name: a, folder: in}\n  - {name: a, folder: other}\n")),
              HasSubstr("another folder's"));
}

TEST_F(AgentConfigTest, ReadsHowASystemWritesItsFields) {
  const auto with = [](const std::string& lines) {
    return absl::StrCat(kGood, "folders:\n  - name: files\n    folder: in\n    hl7: {", lines, "}\n");
  };
  const absl::StatusOr<AgentConfig> said =
      Read(with("inpatient_classes: [I, R], wards: PV1-3.4/PV1-3.1, telephones: own-and-work"));
  ASSERT_TRUE(said.ok()) << said.status();
  EXPECT_THAT(said->folders[0].hl7.inpatient_classes, ElementsAre("I", "R"));
  EXPECT_TRUE(said->folders[0].hl7.wards_by_facility);
  EXPECT_TRUE(said->folders[0].hl7.telephones_at_work);
  const absl::StatusOr<AgentConfig> unsaid = Read(with("wards: PV1-3.1, telephones: own"));
  ASSERT_TRUE(unsaid.ok()) << unsaid.status();
  EXPECT_THAT(unsaid->folders[0].hl7.inpatient_classes, ElementsAre("I"));
  EXPECT_FALSE(unsaid->folders[0].hl7.wards_by_facility);
  EXPECT_FALSE(unsaid->folders[0].hl7.telephones_at_work);
  EXPECT_THAT(std::string(Read(with("wards: PV1-3.2")).status().message()), HasSubstr("wards"));
  EXPECT_THAT(std::string(Read(with("telephones: all")).status().message()), HasSubstr("telephones"));
}

TEST_F(AgentConfigTest, TheExampleIsGood) {
  const absl::StatusOr<AgentConfig> config =
      ReadAgentConfig(absl::StrCat(std::getenv("ENVEJ_SOURCE_DIRECTORY"), "/region-client/examples/agent/agent.yaml"));
  EXPECT_TRUE(config.ok()) << config.status();
}

}  // namespace
}  // namespace envej::region
