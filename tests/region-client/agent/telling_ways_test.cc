#include "region-client/agent/telling_ways.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <sstream>
#include <stop_token>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/listening_sockets.h"
#include "region-client/agent/agent_log.h"
#include "region-client/agent/run_command.h"
#include "tests/certs/test_files.h"

namespace envej::region {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

ward::v1::Telling TellingOfKind(ward::v1::TellingKind kind) {
  ward::v1::Telling telling;
  telling.set_kind(kind);
  telling.set_patient_reference("0a1b2c3d");
  return telling;
}

absl::Status TellBy(const std::string& name, const TellingOptions& options, const ward::v1::Telling& telling,
                    const std::stop_token& stop = {}) {
  for (const TellingWay& way : MakeTellingWays(
           {options}, [](const std::string&) { return absl::OkStatus(); }, stop)) {
    if (way.name == name) return way.tell(telling);
  }
  return absl::NotFoundError("there is no such way");
}

TEST(TellingWaysTest, OnlyHttpsIsCalledExceptOnLoopback) {
  EXPECT_EQ(ParseWebhookUrl("https://ward.example/told?x=1")->origin, "https://ward.example");
  EXPECT_EQ(ParseWebhookUrl("https://ward.example:8443/told")->path, "/told");
  EXPECT_EQ(ParseWebhookUrl("http://127.0.0.1:80")->path, "/");
  EXPECT_EQ(ParseWebhookUrl("http://[::1]:80/x")->origin, "http://[::1]:80");
  for (const char* const url : {"http://ward.example/", "ftp://127.0.0.1/", "https://", "https:///x", "127.0.0.1:80",
                                "http://127.0.0.1@ward.example/", "http://127.0.0.1.ward.example/"}) {
    EXPECT_FALSE(ParseWebhookUrl(url).has_value()) << url;
  }
}

TEST(TellingWaysTest, AFileGetsALineEach) {
  const certs::TestDirectory folder;
  const TellingOptions options{
      .name = "all", .wards = {}, .file = folder.Path("told.jsonl"), .webhook = {}, .on_call = {}};
  EXPECT_TRUE(TellBy("all/file", options, TellingOfKind(ward::v1::TELLING_KIND_RETURNED)).ok());
  EXPECT_TRUE(TellBy("all/file", options, TellingOfKind(ward::v1::TELLING_KIND_OVERDUE)).ok());
  const std::string text = certs::ReadFile(options.file);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_THAT(text, HasSubstr("0a1b2c3d"));
  EXPECT_EQ(certs::ModeOf(options.file), 0600u);
  const TellingOptions nowhere{
      .name = "all", .wards = {}, .file = folder.Path("no/file"), .webhook = {}, .on_call = {}};
  EXPECT_TRUE(absl::IsUnavailable(TellBy("all/file", nowhere, {})));
}

TEST(TellingWaysTest, ALineThatThereIsNoRoomForIsNotToldAndNothingOfItStays) {
  const certs::TestDirectory folder;
  const TellingOptions options{
      .name = "all", .wards = {}, .file = folder.Path("told.jsonl"), .webhook = {}, .on_call = {}};
  const ward::v1::Telling telling = TellingOfKind(ward::v1::TELLING_KIND_RETURNED);
  ASSERT_TRUE(TellBy("all/file", options, telling).ok());
  const std::string before = certs::ReadFile(options.file);
  rlimit room{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &room), 0);
  rlimit little = room;
  little.rlim_cur = before.size() + 5;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &little), 0);
  const absl::Status told = TellBy("all/file", options, telling);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &room), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_FALSE(told.ok());
  EXPECT_EQ(certs::ReadFile(options.file), before);
  EXPECT_TRUE(TellBy("all/file", options, telling).ok());
  EXPECT_EQ(certs::ReadFile(options.file), before + before);
}

TEST(TellingWaysTest, AWebhookIsPostedToAndItsRefusalIsAnError) {
  httplib::Server server;
  std::string got;
  server.Post("/told", [&](const httplib::Request& request, httplib::Response& response) {
    got = request.body;
    response.status = request.body.find("REFUSED") == std::string::npos ? 204 : 500;
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&] { server.listen_after_bind(); });
  const TellingOptions options{
      .name = "all",
      .wards = {},
      .file = {},
      .webhook = {{.url = absl::StrCat("http://127.0.0.1:", port, "/told"), .authorities = {}}},
      .on_call = {}};
  EXPECT_TRUE(TellBy("all/webhook", options, TellingOfKind(ward::v1::TELLING_KIND_RETURNED)).ok());
  EXPECT_THAT(got, HasSubstr("TELLING_KIND_RETURNED"));
  EXPECT_FALSE(TellBy("all/webhook", options, TellingOfKind(ward::v1::TELLING_KIND_REFUSED)).ok());
  server.stop();
  thread.join();
  EXPECT_FALSE(TellBy("all/webhook", options, TellingOfKind(ward::v1::TELLING_KIND_RETURNED)).ok());
}

TEST(TellingWaysTest, WhatAWebhookAnswersSaysWhetherTheTellingIsAtFault) {
  httplib::Server server;
  std::atomic<int> answer = 0;
  server.Post("/told", [&](const httplib::Request&, httplib::Response& response) { response.status = answer; });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&] { server.listen_after_bind(); });
  const TellingOptions options{
      .name = "all",
      .wards = {},
      .file = {},
      .webhook = {{.url = absl::StrCat("http://127.0.0.1:", port, "/told"), .authorities = {}}},
      .on_call = {}};
  const auto code_after = [&](int status) {
    answer = status;
    return TellBy("all/webhook", options, TellingOfKind(ward::v1::TELLING_KIND_RETURNED)).code();
  };
  for (const int status : {400, 409, 413, 422}) {
    EXPECT_EQ(code_after(status), absl::StatusCode::kInvalidArgument) << status;
  }
  for (const int status : {401, 403, 404}) EXPECT_EQ(code_after(status), absl::StatusCode::kAborted) << status;
  for (const int status : {408, 425, 429, 500, 503}) {
    EXPECT_EQ(code_after(status), absl::StatusCode::kUnavailable) << status;
  }
  server.stop();
  thread.join();
}

TEST(TellingWaysTest, AWebhookOverTlsIsTrustedUnderTheAuthorityThatIsNamedAndNoOther) {
  const certs::TestDirectory folder;
  const certs::TestAuthority hospital("hospital");
  certs::LeafRequest request = certs::ServerRequest();
  request.dns_names = {"webhook.example"};
  const certs::TlsFiles files = hospital.IssueFiles(folder, "webhook", request);
  httplib::SSLServer server(files.certificate_chain.c_str(), files.private_key.c_str());
  std::atomic<int> told = 0;
  server.Post("/told", [&](const httplib::Request&, httplib::Response& response) {
    ++told;
    response.status = 204;
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&] { server.listen_after_bind(); });
  const auto tell_under = [&](const std::string& authorities, const std::string& host) {
    const TellingOptions options{
        .name = "all",
        .wards = {},
        .file = {},
        .webhook = {{.url = absl::StrCat("https://", host, ":", port, "/told"), .authorities = authorities}},
        .on_call = {}};
    return TellBy("all/webhook", options, TellingOfKind(ward::v1::TELLING_KIND_RETURNED));
  };
  const std::string other = folder.Write("other.pem", certs::TestAuthority("another").CertificatePem());
  EXPECT_TRUE(absl::IsUnavailable(tell_under(other, "127.0.0.1")));
  EXPECT_TRUE(absl::IsUnavailable(tell_under("", "127.0.0.1"))) << "the system's authorities do not know it";
  EXPECT_TRUE(absl::IsUnavailable(tell_under(files.authorities, "localhost"))) << "its certificate has another name";
  EXPECT_EQ(told, 0);
  EXPECT_TRUE(tell_under(files.authorities, "127.0.0.1").ok());
  EXPECT_EQ(told, 1);
  server.stop();
  thread.join();
}

TEST(TellingWaysTest, WhatIsBeingToldEndsSoonWhenTheAgentIsToStop) {
  absl::StatusOr<ListeningSockets> silent = Listen("127.0.0.1:0", /*backlog=*/8);
  ASSERT_TRUE(silent.ok());
  const TellingOptions options{
      .name = "all",
      .wards = {},
      .file = {},
      .webhook = {{.url = absl::StrCat("http://127.0.0.1:", silent->port, "/told"), .authorities = {}}},
      .on_call = {{.command = {"sleep", "60"}, .webhook = {}}}};
  for (const char* const way : {"all/webhook", "all/on-call-command"}) {
    std::stop_source stopping;
    absl::Status told;
    std::thread thread(
        [&] { told = TellBy(way, options, TellingOfKind(ward::v1::TELLING_KIND_RETURNED), stopping.get_token()); });
    absl::SleepFor(absl::Milliseconds(300));
    const absl::Time asked = absl::Now();
    stopping.request_stop();
    thread.join();
    EXPECT_LT(absl::Now() - asked, absl::Seconds(2)) << way;
    EXPECT_TRUE(absl::IsUnavailable(told)) << way;
  }
}

TEST(TellingWaysTest, OnlyWhatSomebodyMustActOnReachesThePersonOnCall) {
  const TellingOptions options{
      .name = "all", .wards = {}, .file = {}, .webhook = {}, .on_call = {{.command = {"true"}, .webhook = {}}}};
  const std::vector<TellingWay> ways = MakeTellingWays({options}, [](const std::string&) { return absl::OkStatus(); });
  ASSERT_THAT(ways, SizeIs(2));
  EXPECT_TRUE(ways[1].is_told(TellingOfKind(ward::v1::TELLING_KIND_RETURNED)));
  EXPECT_TRUE(ways[1].is_told(TellingOfKind(ward::v1::TELLING_KIND_REFUSED)));
  EXPECT_TRUE(ways[1].is_told(TellingOfKind(ward::v1::TELLING_KIND_UNDELIVERED)));
  EXPECT_FALSE(ways[1].is_told(TellingOfKind(ward::v1::TELLING_KIND_ACKNOWLEDGED)));
  EXPECT_TRUE(ways[1].is_told(TellingOfKind(ward::v1::TELLING_KIND_OVERDUE)));
  EXPECT_FALSE(ways[1].is_told(TellingOfKind(ward::v1::TELLING_KIND_WITHDRAWN)));
}

TEST(TellingWaysTest, AWardIsToldOfItsOwnAndWhatIsOfNobodyIsToldToAll) {
  const auto options = [](const std::string& name, const std::set<std::string>& wards) {
    return TellingOptions{.name = name,
                          .wards = wards,
                          .file = "told.jsonl",
                          .webhook = {},
                          .on_call = {{.command = {"true"}, .webhook = {}}}};
  };
  const std::vector<TellingWay> ways =
      MakeTellingWays({options("first", {"P1"}), options("second", {"P2"}), options("all", {})},
                      [](const auto&) { return absl::OkStatus(); });
  const auto told_of = [&](const std::string& ward) {
    ward::v1::Telling telling = TellingOfKind(ward::v1::TELLING_KIND_RETURNED);
    telling.set_ward(ward);
    std::vector<std::string> names;
    for (const TellingWay& way : ways) {
      if (way.is_told(telling)) names.push_back(way.name);
    }
    return names;
  };
  EXPECT_THAT(told_of("P1"),
              ElementsAre("log", "first/file", "first/on-call-command", "all/file", "all/on-call-command"));
  EXPECT_THAT(told_of("P2"),
              ElementsAre("log", "second/file", "second/on-call-command", "all/file", "all/on-call-command"));
  EXPECT_THAT(told_of("P3"), SizeIs(ways.size()));
  EXPECT_THAT(told_of(""), SizeIs(ways.size()));
}

TEST(TellingWaysTest, WhatTheLogDoesNotTakeIsNotTold) {
  std::ofstream full("/dev/full");
  AgentLog log(full, absl::Now);
  const std::vector<TellingWay> ways = MakeTellingWays({}, [&](const std::string& line) { return log.Tell(line); });
  ASSERT_THAT(ways, SizeIs(1));
  log.Say("an earlier line that fails");
  EXPECT_TRUE(absl::IsUnavailable(ways[0].tell(TellingOfKind(ward::v1::TELLING_KIND_RETURNED))));
}

TEST(TellingWaysTest, AfterALineThatFailedTheLogIsTriedAgain) {
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  AgentLog log(out, absl::Now);
  EXPECT_TRUE(log.Tell("{}").ok());
  EXPECT_THAT(out.str(), HasSubstr("\"telling\":{}"));
}

TEST(RunCommandTest, GetsTheLineAndItsEndIsJudged) {
  const certs::TestDirectory folder;
  EXPECT_TRUE(RunCommand({"tee", folder.Path("out")}, "line", absl::Seconds(10)).ok());
  EXPECT_EQ(certs::ReadFile(folder.Path("out")), "line\n");
  EXPECT_TRUE(RunCommand({"true"}, "line", absl::Seconds(10)).ok());
  EXPECT_TRUE(absl::IsAborted(RunCommand({"false"}, "line", absl::Seconds(10))));
  EXPECT_TRUE(absl::IsUnavailable(RunCommand({"no-such-program"}, "line", absl::Seconds(10))));
}

TEST(RunCommandTest, IsKilledWhenItsTimeIsOver) {
  EXPECT_THAT(RunCommand({"sleep", "60"}, "line", absl::Milliseconds(100)).message(), HasSubstr("in time"));
}

}  // namespace
}  // namespace envej::region
