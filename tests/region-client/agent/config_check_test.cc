#include "region-client/agent/config_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/listening_sockets.h"
#include "region-client/agent/agent_config.h"
#include "tests/certs/test_files.h"

namespace envej::region {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kSecret[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";

class ConfigCheckTest : public testing::Test {
 protected:
  ConfigCheckTest() {
    authority_.IssueFiles(folder_, "agent", certs::ClientRequest("urn:envej:region:1084"));
    authority_.IssueFiles(folder_, "page", certs::ServerRequest());
    folder_.Write("commitment.secret", kSecret);
    folder_.Write("agent.secret", kSecret);
  }

  std::vector<std::string> InTheWay(const std::string& more = "") {
    const absl::StatusOr<AgentConfig> config = ReadAgentConfig(folder_.Write("agent.yaml", absl::StrCat(R"(broker:
  address: broker.example:8443
  certificate: agent.pem
  key: agent.key
  authorities: agent.authorities.pem
  commitment_secret: commitment.secret
data:
  folder: data
  secret: agent.secret
site:
  patient_authority: hospital
  wards: [P1]
)",
                                                                                                        more)));
    EXPECT_TRUE(config.ok()) << config.status();
    if (!config.ok()) return {};
    return WhatIsInTheWay(
        *config, {.streams = streams_,
                  .surroundings = surroundings_,
                  .connect = {},
                  .make_sealer = [](const SealingFiles& files) { return NoticeSealer::Create(files, absl::Now()); }});
  }

  certs::TestDirectory folder_;
  certs::TestAuthority authority_;
  std::istringstream in_;
  std::ostringstream out_;
  const Streams streams_{.in = in_, .out = out_, .err = out_};
  const Surroundings surroundings_{.now = [] { return absl::Now(); }, .sleep = {}, .random = {}, .stop = {}};
};

TEST_F(ConfigCheckTest, NothingIsInTheWayOfWhatIsGood) {
  const absl::StatusOr<ListeningSockets> in_use = Listen("127.0.0.1:0");
  ASSERT_TRUE(in_use.ok()) << in_use.status();
  EXPECT_THAT(InTheWay(absl::StrCat("hl7:\n  - {name: pas, listen: \"127.0.0.1:", in_use->port,
                                    "\"}\nfolders:\n  - {name: files, folder: in}\ntelling:\n  - {name: all, file: "
                                    "told.jsonl, on_call: {command: [cat]}}\n")),
              IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(folder_.Path("data")));
  EXPECT_FALSE(std::filesystem::exists(folder_.Path("in")));
}

TEST_F(ConfigCheckTest, FilesAreReadOnceForEachThatNeedsThem) {
  std::filesystem::remove(folder_.Path("agent.key"));
  EXPECT_THAT(InTheWay(), ElementsAre(HasSubstr("broker: ")));
  authority_.IssueFiles(folder_, "agent", certs::ClientRequest("urn:envej:region:1084"));
  folder_.Write("agent.secret", "no secret\n");
  EXPECT_THAT(InTheWay(), ElementsAre(HasSubstr("data: ")));
}

TEST_F(ConfigCheckTest, AddressesAreOfThisMachine) {
  const auto listening = [&](const std::string& address) {
    return InTheWay(absl::StrCat("hl7:\n  - {name: pas, listen: \"", address, "\"}\n"));
  };
  EXPECT_THAT(listening("nowhere"), ElementsAre(HasSubstr("hl7 listener pas: cannot listen on nowhere: it is not")));
  EXPECT_THAT(listening("127.0.0.1:70000"), ElementsAre(HasSubstr("its port is no number from 0 to 65535")));
  EXPECT_THAT(listening("192.0.2.1:2575"), ElementsAre(HasSubstr("cannot listen on 192.0.2.1:2575")));
  EXPECT_THAT(listening("0.0.0.0:2575"), ElementsAre(HasSubstr("it may listen on loopback alone")));
}

TEST_F(ConfigCheckTest, ThePageHasItsCertificate) {
  const auto page = [&](const std::string& certificate) {
    return InTheWay(absl::StrCat("page:\n  listen: \"127.0.0.1:8444\"\n  certificate: ", certificate,
                                 "\n  key: page.key\n  authorities: page.authorities.pem\n  staff: [a]\n"));
  };
  EXPECT_THAT(page("page.pem"), IsEmpty());
  EXPECT_THAT(page("agent.pem"), ElementsAre(HasSubstr("page: ")));  // another one's key
}

TEST_F(ConfigCheckTest, WhoIsToldCanBe) {
  const auto telling = [&](const std::string& how) {
    return InTheWay(absl::StrCat("telling:\n  - {name: ward, ", how, "}\n"));
  };
  EXPECT_THAT(telling("on_call: {command: [there-is-no-such-pager]}"),
              ElementsAre(HasSubstr("telling ward: there-is-no-such-pager, which reaches the person on call")));
  std::filesystem::create_directory(folder_.Path("told"));
  EXPECT_THAT(telling("file: told"), ElementsAre(HasSubstr("is not a file")));
  EXPECT_THAT(telling("file: missing/told.jsonl"), ElementsAre(HasSubstr("missing is not a folder")));
  EXPECT_THAT(telling("webhook: {url: \"https://ward.example/\", authorities: missing.pem}"),
              ElementsAre(HasSubstr("missing.pem: No such file")));
}

}  // namespace
}  // namespace envej::region
