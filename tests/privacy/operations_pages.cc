#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "tests/privacy/traffic.h"
#include "tests/support/exit_codes.h"

namespace envej::privacy {
namespace {

using testing::HasSubstr;

constexpr int kOk = 200;

// The options' files are among the connection arguments, each after its option's name.
std::string FileOf(const std::vector<std::string>& arguments, absl::string_view option) {
  for (size_t at = 0; at + 1 < arguments.size(); ++at) {
    if (arguments[at] == option) return arguments[at + 1];
  }
  ADD_FAILURE() << option;
  return "";
}

int PortOf(const std::string& log, const std::string& event) {
  const std::string before_port = absl::StrCat("\"event\":\"", event, "\",\"port\":");
  const size_t at = log.rfind(before_port);
  EXPECT_NE(at, std::string::npos) << log;
  return at == std::string::npos ? 0 : std::atoi(log.c_str() + at + before_port.size());
}

// What the feed tells first.
std::string FirstSnapshot(httplib::SSLClient& client) {
  std::string told;
  client.Get("/feed", [&told](const char* bytes, size_t size) {
    told.append(bytes, size);
    return told.find("\n\n") == std::string::npos;
  });
  EXPECT_THAT(told, HasSubstr("event: snapshot\ndata: {"));
  return told;
}

}  // namespace

std::vector<std::string> Traffic::OperationsNoticeIds() const {
  v1::ListOperationsNoticesResponse listed;
  EXPECT_TRUE(broker_.Operations(support::kOperations)->ListNotices(support::CallContext().get(), {}, &listed).ok());
  EXPECT_GT(listed.notices_size(), 0);
  std::vector<std::string> ids;
  for (const v1::OperationsNotice& notice : listed.notices()) ids.push_back(notice.notice_id());
  return ids;
}

void Traffic::AskPages() {
  const std::vector<std::string> files = broker_.ConnectionArguments(support::kOperations, "pages");
  httplib::SSLClient client("127.0.0.1", PortOf(broker_.Log(), "pages_served"), FileOf(files, "--certificate"),
                            FileOf(files, "--key"));
  client.set_ca_cert_path(FileOf(files, "--authorities").c_str());
  const auto ask = [&](const std::string& path, int status) {
    const httplib::Result answer = client.Get(path);
    ASSERT_TRUE(answer) << path << ": " << httplib::to_string(answer.error());
    EXPECT_EQ(answer->status, status) << path;
    std::string told = absl::StrCat(answer->status, "\n");
    for (const auto& [name, value] : answer->headers) absl::StrAppend(&told, name, ": ", value, "\n");
    told_.emplace_back(status == kOk ? absl::StrCat("the pages, ", path) : "a page that there is none of",
                       absl::StrCat(told, "\n", answer->body));
  };
  std::vector<std::string> paths = {"/",        "/inboxes/0101", "/api/inboxes", "/api/status",
                                    "/metrics", "/healthz",      "/readyz"};
  for (const char* const code : {support::kCode, support::kOtherCode}) {
    paths.push_back(absl::StrCat("/api/inboxes/", code));
  }
  for (const std::string& id : OperationsNoticeIds()) {
    paths.push_back(absl::StrCat("/notices/", id));
    paths.push_back(absl::StrCat("/api/notices/", id));
  }
  for (const std::string& path : paths) ask(path, kOk);
  told_.emplace_back("the pages' feed", FirstSnapshot(client));

  const Person& person = people_.On("as a page for operations");
  for (const char* const under : {"/", "/inboxes/", "/notices/", "/static/", "/api/inboxes/", "/api/notices/"}) {
    ask(absl::StrCat(under, person.phone, "/", person.email, "?name=", person.name), 404);
  }
  ask(absl::StrCat("/?lang=", person.street), kOk);
}

void Traffic::RunOperationsProgram() {
  const std::vector<std::string> connection = broker_.ConnectionArguments(support::kOperations, "console");
  std::vector<std::vector<std::string>> commands = {
      {"inboxes"}, {"overdue"}, {"notices"}, {"participants"}, {"status"}};
  for (const std::string& id : OperationsNoticeIds()) commands.push_back({"trace", id});
  for (const std::vector<std::string>& command : commands) {
    std::vector<std::string> arguments = {support::ProgramPath("envej-ops")};
    arguments.insert(arguments.end(), command.begin(), command.end());
    arguments.insert(arguments.end(), {"--output", "json"});
    arguments.insert(arguments.end(), connection.begin(), connection.end());
    const support::Ended ended = Run(absl::StrCat("envej-ops ", command.front()), arguments);
    EXPECT_EQ(ended.code, support::kDone) << command.front() << ": " << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("{")) << command.front();
  }
}

}  // namespace envej::privacy
