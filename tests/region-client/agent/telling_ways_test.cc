#include "region-client/agent/telling_ways.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <thread>

#include "absl/strings/str_cat.h"
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

absl::Status TellBy(const std::string& name, const TellingOptions& options, const ward::v1::Telling& telling) {
  for (const TellingWay& way : MakeTellingWays({options}, [](const std::string&) {})) {
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
  EXPECT_EQ(TellBy("all/file", nowhere, {}).code(), absl::StatusCode::kNotFound);  // the folder, and not the way
  EXPECT_NE(TellBy("all/file", nowhere, {}).message(), "there is no such way");
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

TEST(TellingWaysTest, OnlyWhatSomebodyMustActOnReachesThePersonOnCall) {
  const TellingOptions options{
      .name = "all", .wards = {}, .file = {}, .webhook = {}, .on_call = {{.command = {"true"}, .webhook = {}}}};
  const std::vector<TellingWay> ways = MakeTellingWays({options}, [](const std::string&) {});
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
      MakeTellingWays({options("first", {"P1"}), options("second", {"P2"}), options("all", {})}, [](const auto&) {});
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

TEST(RunCommandTest, GetsTheLineAndItsEndIsJudged) {
  const certs::TestDirectory folder;
  EXPECT_TRUE(RunCommand({"tee", folder.Path("out")}, "line", absl::Seconds(10)).ok());
  EXPECT_EQ(certs::ReadFile(folder.Path("out")), "line\n");
  EXPECT_TRUE(RunCommand({"true"}, "line", absl::Seconds(10)).ok());
  EXPECT_FALSE(RunCommand({"false"}, "line", absl::Seconds(10)).ok());
  EXPECT_FALSE(RunCommand({"no-such-program"}, "line", absl::Seconds(10)).ok());
}

TEST(RunCommandTest, IsKilledWhenItsTimeIsOver) {
  EXPECT_THAT(RunCommand({"sleep", "60"}, "line", absl::Milliseconds(100)).message(), HasSubstr("in time"));
}

}  // namespace
}  // namespace envej::region
