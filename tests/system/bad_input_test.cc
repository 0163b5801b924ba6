#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/notice_messages.h"

namespace envej::system {
namespace {

using support::BrokerProcess;
using support::Ended;
using support::ProgramPath;
using support::RunProgram;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

void ExpectOneLine(const std::string& text) {
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
  EXPECT_THAT(text, testing::EndsWith("\n"));
  EXPECT_THAT(text, Not(HasSubstr("PRIVATE KEY")));
}

void Append(const std::string& path, const std::string& text) {
  const std::string before = certs::ReadFile(path);
  std::FILE* const file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  std::fputs((before + text).c_str(), file);
  std::fclose(file);
}

void Replace(const std::string& path, const std::string& old_text, const std::string& new_text) {
  const std::string before = certs::ReadFile(path);
  ASSERT_TRUE(absl::StrContains(before, old_text)) << old_text;
  std::FILE* const file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  std::fputs(absl::StrReplaceAll(before, {{old_text, new_text}}).c_str(), file);
  std::fclose(file);
}

certs::LeafRequest ExpiredServer() {
  certs::LeafRequest request = certs::ServerRequest();
  request.not_before = absl::Now() - absl::Hours(2);
  request.not_after = absl::Now() - absl::Hours(1);
  return request;
}

constexpr certs::LeafUsage kClient = certs::LeafUsage::kClient;
constexpr certs::LeafUsage kServer = certs::LeafUsage::kServer;

certs::LeafRequest BrokerNamed(absl::string_view name, certs::LeafUsage usage) {
  certs::LeafRequest request = certs::ServerRequest();
  request.uris = {absl::StrCat("urn:envej:broker:", name)};
  request.usage = usage;
  return request;
}

// One thing that is wrong with a broker's files, and what the one line says of it.
struct BadFile {
  const char* what;
  std::vector<std::string> said;
  std::function<void(const certs::TestDirectory& folder)> spoil;
};

const std::vector<BadFile>& BadFiles() {
  using D = const certs::TestDirectory&;
  static const auto* const files = new std::vector<BadFile>{
      {"no configuration", {"broker.yaml"}, [](D folder) { std::filesystem::remove(folder.Path("broker.yaml")); }},
      {"a folder for a configuration",
       {"broker.yaml", "not a regular file"},
       [](D folder) {
         std::filesystem::remove(folder.Path("broker.yaml"));
         std::filesystem::create_directory(folder.Path("broker.yaml"));
       }},
      {"an unknown key",
       {"broker.yaml:12: ", "colour"},
       [](D folder) { Append(folder.Path("broker.yaml"), "colour: red\n"); }},
      {"a wrong type",
       {"broker.yaml:12: ", "drain_seconds"},
       [](D folder) { Append(folder.Path("broker.yaml"), "drain_seconds: soon\n"); }},
      {"out of range",
       {"broker.yaml:12: ", "drain_seconds", "300"},
       [](D folder) { Append(folder.Path("broker.yaml"), "drain_seconds: 301\n"); }},
      {"a missing key",
       {"broker.yaml", "listen"},
       [](D folder) { Replace(folder.Path("broker.yaml"), "listen: 127.0.0.1:0\n", ""); }},
      {"no YAML", {"broker.yaml:12: "}, [](D folder) { Append(folder.Path("broker.yaml"), "limits: {[\n"); }},
      {"no register",
       {"participants.yaml"},
       [](D folder) { std::filesystem::remove(folder.Path("participants.yaml")); }},
      {"an unknown key in the register",
       {"participants.yaml:", "colour"},
       [](D folder) { Append(folder.Path("participants.yaml"), "colour: red\n"); }},
      {"an agreement with nobody",
       {"participants.yaml:23: ", "9999"},
       [](D folder) { Replace(folder.Path("participants.yaml"), "\"0147\", first", "\"9999\", first"); }},
      {"no certificate", {"broker.pem"}, [](D folder) { std::filesystem::remove(folder.Path("broker.pem")); }},
      {"a certificate that is none",
       {"broker.pem"},
       [](D folder) { folder.Write("broker.pem", "no certificate", 0644); }},
      {"a certificate that ends in the middle",
       {"broker.pem"},
       [](D folder) {
         const std::string whole = certs::ReadFile(folder.Path("broker.pem"));
         folder.Write("broker.pem", whole.substr(0, whole.size() / 2), 0644);
       }},
      {"an expired certificate",
       {"broker.pem", "was valid until"},
       [](D folder) { support::SharedAuthority().IssueFiles(folder, "broker", ExpiredServer()); }},
      {"a client's certificate",
       {"broker.pem", "not for a server", "serverAuth"},
       [](D folder) { support::SharedAuthority().IssueFiles(folder, "broker", BrokerNamed("broker-1", kClient)); }},
      {"another broker's certificate",
       {"broker.pem", "urn:envej:broker:broker-1"},
       [](D folder) { support::SharedAuthority().IssueFiles(folder, "broker", BrokerNamed("broker-2", kServer)); }},
      {"another certificate's key",
       {"broker.key"},
       [](D folder) { folder.Write("broker.key", support::SharedAuthority().Issue(certs::ServerRequest()).key_pem); }},
      {"a key that all may read",
       {"broker.key", "0644", "chmod 600"},
       [](D folder) { chmod(folder.Path("broker.key").c_str(), 0644); }},
      {"a key that is none", {"broker.key"}, [](D folder) { folder.Write("broker.key", "no key"); }},
      {"no authorities",
       {"broker.authorities.pem"},
       [](D folder) { folder.Write("broker.authorities.pem", "", 0644); }},
      {"a secret that is too short",
       {"commitment.secret", "hexadecimal"},
       [](D folder) { folder.Write("commitment.secret", "abcd\n"); }},
      {"a secret that all may read",
       {"commitment.secret", "0644", "chmod 600"},
       [](D folder) { chmod(folder.Path("commitment.secret").c_str(), 0644); }},
      {"no secret", {"commitment.secret"}, [](D folder) { std::filesystem::remove(folder.Path("commitment.secret")); }},
  };
  return *files;
}

TEST(BadInputTest, EachBadFileOfTheBrokerIsToldInOneLineAndNothingIsServed) {
  for (const BadFile& bad : BadFiles()) {
    const BrokerProcess broker;
    EXPECT_EQ(RunProgram({ProgramPath("envej-broker"), "check-config", "--config", broker.config()}).code,
              support::kDone);
    bad.spoil(broker.folder());
    for (const char* const command : {"check-config", "serve"}) {
      SCOPED_TRACE(absl::StrCat(command, " with ", bad.what));
      const Ended ended = RunProgram({ProgramPath("envej-broker"), command, "--config", broker.config()});
      EXPECT_EQ(ended.code, support::kConfigurationRefused);
      EXPECT_EQ(ended.out, "");
      EXPECT_THAT(ended.err, StartsWith("envej-broker: "));
      ExpectOneLine(ended.err);
      for (const std::string& said : bad.said) EXPECT_THAT(ended.err, HasSubstr(said));
    }
    EXPECT_FALSE(std::filesystem::exists(broker.data())) << bad.what;
  }
}

TEST(BadInputTest, AConfigurationWhoseGoodnessCannotBeToldIsNotPassedOver) {
  const BrokerProcess broker;
  const Ended ended = RunProgram(
      {"/bin/sh", "-c", ProgramPath("envej-broker") + " check-config --config " + broker.config() + " > /dev/full"});
  EXPECT_EQ(ended.code, support::kUsage);
  EXPECT_EQ(ended.err, "envej-broker: standard output cannot be written\n");
}

TEST(BadInputTest, WrongUsageOfTheBrokerIsToldByItsOwnCode) {
  const std::string program = ProgramPath("envej-broker");
  EXPECT_EQ(RunProgram({program}).code, support::kUsage);
  EXPECT_EQ(RunProgram({program, "serve"}).code, support::kUsage);
  EXPECT_EQ(RunProgram({program, "dance"}).code, support::kUsage);
  EXPECT_EQ(RunProgram({program, "--help"}).code, support::kDone);
}

std::string Line(const v1::Notice& notice) {
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(notice, &json).ok());
  return json + "\n";
}

class BadClientTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(broker_.Start()); }

  std::vector<std::string> Region(const std::vector<std::string>& command) const {
    return Join({ProgramPath("envej-region")}, command,
                command.front() == "submit" ? broker_.RegionArguments(support::kRegion)
                                            : broker_.ConnectionArguments(support::kRegion));
  }
  std::vector<std::string> Municipality() const {
    return Join({ProgramPath("envej-municipality")},
                {"pull", "--municipality", support::kCode, "--into", broker_.folder().Path("received")},
                broker_.MunicipalityArguments(support::kMunicipality));
  }
  static std::vector<std::string> Join(std::vector<std::string> program, const std::vector<std::string>& command,
                                       const std::vector<std::string>& connection) {
    program.insert(program.end(), command.begin(), command.end());
    program.insert(program.end(), connection.begin(), connection.end());
    return program;
  }

  // Both clients say it in one line, before they call anybody.
  void ExpectBothRefuse(const std::string& what, const std::string& said,
                        const std::function<void(const certs::TestDirectory& folder)>& spoil) {
    for (const std::vector<std::string>& command : {Region({"municipalities"}), Municipality()}) {
      support::SharedAuthority().IssueFiles(broker_.folder(), "client", certs::ClientRequest(support::kRegion));
      spoil(broker_.folder());
      SCOPED_TRACE(absl::StrCat(command[0], " with ", what));
      const Ended ended = RunProgram(command);
      EXPECT_EQ(ended.code, support::kClientUnusable);
      EXPECT_EQ(ended.out, "");
      ExpectOneLine(ended.err);
      EXPECT_THAT(ended.err, HasSubstr(said));
    }
  }

  BrokerProcess broker_;
};

TEST_F(BadClientTest, EachBadFileIsToldInOneLine) {
  using D = const certs::TestDirectory&;
  ExpectBothRefuse("no certificate", "client.pem",
                   [](D folder) { std::filesystem::remove(folder.Path("client.pem")); });
  ExpectBothRefuse("a bad certificate", "client.pem", [](D folder) { folder.Write("client.pem", "none", 0644); });
  ExpectBothRefuse("a key for all", "client.key", [](D folder) { chmod(folder.Path("client.key").c_str(), 0644); });
  ExpectBothRefuse("another key", "client.key", [](D folder) {
    folder.Write("client.key", support::SharedAuthority().Issue(certs::ServerRequest()).key_pem);
  });
  ExpectBothRefuse("bad authorities", "client.authorities.pem",
                   [](D folder) { folder.Write("client.authorities.pem", "none", 0644); });
}

TEST_F(BadClientTest, AnUnreachableBrokerIsToldByItsOwnCode) {
  const std::vector<std::string> pull = Join(Municipality(), {"--deadline", "500ms"}, {});
  const std::vector<std::string> list = Region({"municipalities"});
  broker_.folder().Write("notices.jsonl", Line(support::NewNotice(support::kCode)));
  const std::vector<std::string> submit =
      Region({"submit", broker_.folder().Path("notices.jsonl"), "--deadline", "1s"});
  EXPECT_EQ(broker_.Stop().code, support::kDone);
  for (const std::vector<std::string>& command : {pull, list, submit}) {
    const Ended ended = RunProgram(command);
    EXPECT_EQ(ended.code, support::kClientNotReached) << ended.err;
    EXPECT_THAT(ended.err, Not(HasSubstr(support::kMarkedName)));
  }
}

TEST_F(BadClientTest, ABadLineOfTheInputIsNamedAndTheOthersAreSent) {
  v1::Notice without_consent = support::NewNotice(support::kCode);
  without_consent.mutable_envelope()->clear_consent();
  v1::Notice with_number = support::NewNotice(support::kCode);
  with_number.mutable_citizen()->set_name("Zebrafjord 010203-1234");
  broker_.folder().Write("notices.jsonl", absl::StrCat(Line(support::NewNotice(support::kCode)), "{\"envelope\": \n",
                                                       Line(without_consent), Line(with_number)));
  const std::vector<std::string> submit = Region({"submit", broker_.folder().Path("notices.jsonl")});
  const Ended ended = RunProgram(submit);
  EXPECT_EQ(ended.code, support::kClientRefused);
  EXPECT_THAT(ended.err, HasSubstr("line 2: refused: "));
  EXPECT_THAT(ended.err, HasSubstr("line 3: no consent: hand out the leaflet"));
  EXPECT_THAT(ended.err, HasSubstr("Vejen videre"));
  EXPECT_THAT(ended.err, HasSubstr("+4599000001"));
  EXPECT_THAT(ended.err, HasSubstr("line 4: refused: TEXT_LIKE_CPR_NUMBER"));
  EXPECT_THAT(ended.err, HasSubstr("accepted 1, already accepted 0, refused 3, unsent 0\n"));
  EXPECT_THAT(RunProgram(submit).err, HasSubstr("accepted 0, already accepted 1, refused 3, unsent 0\n"));
  for (const std::string& text : {ended.out, ended.err}) {
    EXPECT_THAT(text, Not(HasSubstr("Zebrafjord")));
    EXPECT_THAT(text, Not(HasSubstr(support::kMarkedPhone)));
    EXPECT_THAT(text, Not(HasSubstr("010203")));
  }
  const Ended missing = RunProgram(Region({"submit", broker_.folder().Path("none.jsonl")}));
  EXPECT_EQ(missing.code, support::kClientUnusable);
  ExpectOneLine(missing.err);

  const Ended pulled = RunProgram(Municipality());
  EXPECT_EQ(pulled.code, support::kDone);
  EXPECT_EQ(pulled.err, "received 1, already had 0, returned 0, acknowledged 1\n");
}

}  // namespace
}  // namespace envej::system
