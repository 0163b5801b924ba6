#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tests/broker/operations/web/web_fixture.h"

namespace envej::operations {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kId[] = "4b1c8d0e-7a52-4c1e-9d3f-0a6b5c4d3e2f";

using WebServerTest = WebFixture;

TEST_F(WebServerTest, ServesWhatThereIsToOperations) {
  Start();
  ASSERT_TRUE(
      answers_.Set("inboxes", R"({"inboxes": [{"municipalityCode": "0101", "name": "København", "waiting": 7}]})"));
  const auto client = Operator();
  const std::vector<std::string> paths = {"/",
                                          "/?lang=en",
                                          "/inboxes/0101",
                                          absl::StrCat("/notices/", kId),
                                          "/static/pages.css",
                                          "/static/bootstrap.css",
                                          "/static/chart.js",
                                          "/api/inboxes",
                                          "/api/inboxes/0101",
                                          "/api/status",
                                          "/healthz",
                                          "/readyz",
                                          "/metrics"};
  for (const std::string& path : paths) {
    const httplib::Result answer = client->Get(path);
    ASSERT_TRUE(answer) << path << httplib::to_string(answer.error());
    EXPECT_EQ(answer->status, 200) << path;
    EXPECT_THAT(
        answer->get_header_value("Content-Security-Policy"),
        AllOf(StartsWith("default-src 'none';"), Not(HasSubstr("unsafe")), HasSubstr("frame-ancestors 'none'")));
    EXPECT_EQ(answer->get_header_value("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer->get_header_value("Referrer-Policy"), "no-referrer");
    EXPECT_TRUE(answer->has_header("Cache-Control")) << path;
  }
  EXPECT_THAT(client->Get("/api/inboxes")->body, AllOf(HasSubstr("\"waiting\":\"7\""), HasSubstr("København")));
  EXPECT_THAT(client->Get("/")->body, HasSubstr("<html lang=\"da\""));
  EXPECT_THAT(client->Get("/?lang=en")->body, HasSubstr("<html lang=\"en\""));
  EXPECT_THAT(client->Get("/?lang=\"><script>")->body, HasSubstr("<html lang=\"da\""));
}

TEST_F(WebServerTest, WhatIsNotThereIsNotFound) {
  Start();
  const auto client = Operator();
  for (const char* path :
       {"/nothing", "/inboxes/101", "/inboxes/0101/", "/notices/", "/notices/1/", "/static/", "/static/none.js",
        "/static/dashboard.html", "/static/../site.cc", "/static/%2e%2e/%2e%2e/etc/passwd", "/../../../../etc/passwd",
        "//", "/static//etc/passwd", "/api/notices/x", "/api/"}) {
    const httplib::Result answer = client->Get(path);
    ASSERT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, 404) << path;
    EXPECT_TRUE(answer->has_header("Content-Security-Policy"));
  }
}

TEST_F(WebServerTest, AnInboxThatNobodyHasIsNotFoundByAPageThatSaysSo) {
  Start();
  ASSERT_TRUE(answers_.Set("inboxes", R"({"inboxes": [{"municipalityCode": "0101"}]})"));
  const auto client = Operator();
  const httplib::Result page = client->Get("/inboxes/9999");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 404);
  EXPECT_THAT(page->body, HasSubstr("<script type=\"module\" src=\"/static/inbox.js\">"));
  const httplib::Result answer = client->Get("/api/inboxes/9999");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->body, R"({"reason":"MUNICIPALITY_UNKNOWN"})");
}

TEST_F(WebServerTest, AnIdThatNoNoticeCanHaveIsNotFoundByAPageThatSaysSo) {
  Start();
  const auto client = Operator();
  for (const char* id : {"1", "4b1c8d0e-7a52-1c1e-9d3f-0a6b5c4d3e2f", "4b1c8d0e7a524c1e9d3f0a6b5c4d3e2f"}) {
    const httplib::Result page = client->Get(absl::StrCat("/notices/", id));
    ASSERT_TRUE(page) << id;
    EXPECT_EQ(page->status, 404) << id;
    EXPECT_THAT(page->body, HasSubstr("<script type=\"module\" src=\"/static/trace.js\">"));
    const httplib::Result answer = client->Get(absl::StrCat("/api/notices/", id));
    ASSERT_TRUE(answer) << id;
    EXPECT_EQ(answer->status, 404) << id;
    EXPECT_EQ(answer->body, R"({"reason":"NOTICE_ID_NOT_RANDOM_UUID"})");
  }
}

TEST_F(WebServerTest, AnIdIsFoundInUpperCaseToo) {
  Start();
  ASSERT_TRUE(answers_.Set("trace", absl::StrCat(R"({"traces": [{"notice": {"noticeId": ")", kId, R"("}}]})")));
  const auto client = Operator();
  for (const char* path : {"/notices/", "/api/notices/"}) {
    const httplib::Result answer = client->Get(absl::StrCat(path, absl::AsciiStrToUpper(kId)));
    ASSERT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, 200) << path;
  }
}

TEST_F(WebServerTest, AConnectionIsToldHowLongItIsKept) {
  WebLimits limits;
  limits.idle = absl::Seconds(7);
  limits.requests_per_connection = 70;
  Start(limits);
  const auto client = Operator();
  client->set_keep_alive(true);
  const httplib::Result answer = client->Get("/healthz");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->get_header_value("Keep-Alive"), "timeout=7, max=70");
}

TEST_F(WebServerTest, ARefusalIsToldByItsReasonAlone) {
  Start();
  const httplib::Result answer = Operator()->Get(absl::StrCat("/api/notices/", kId));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->body, R"({"reason":"NOTICE_NOT_FOUND"})");
}

TEST_F(WebServerTest, OtherMethodsAndContentAreRefused) {
  Start();
  const httplib::Result posted = Operator()->Post("/api/inboxes", "x", "text/plain");
  ASSERT_TRUE(posted);
  EXPECT_EQ(posted->status, 400);
  const httplib::Result deleted = Operator()->Delete("/api/inboxes");
  ASSERT_TRUE(deleted);
  EXPECT_EQ(deleted->status, 405);
  EXPECT_EQ(deleted->get_header_value("Allow"), "GET, HEAD");
}

TEST_F(WebServerTest, AHeadIsAnsweredWithoutItsContent) {
  Start();
  const auto client = Operator();
  for (const char* path : {"/", "/static/chart.js", "/metrics", "/feed"}) {
    const httplib::Result answer = client->Head(path);
    ASSERT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, 200) << path;
    EXPECT_EQ(answer->body, "");
  }
}

TEST_F(WebServerTest, AnAssetThatIsKeptIsNotSentAgain) {
  Start();
  const auto client = Operator();
  const httplib::Result first = client->Get("/static/chart.js");
  ASSERT_TRUE(first);
  const std::string etag = first->get_header_value("ETag");
  ASSERT_THAT(etag, StartsWith("\""));
  const httplib::Result again = client->Get("/static/chart.js", {{"If-None-Match", etag}});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->status, 304);
  EXPECT_EQ(again->body, "");
  EXPECT_EQ(client->Get("/static/chart.js", {{"If-None-Match", "\"other\""}})->status, 200);
}

TEST_F(WebServerTest, ManyRangesOfAFileAreNotManyCopiesOfIt) {
  Start();
  const httplib::Result answer = Operator()->Get("/static/pages.css", {{"Range", "bytes=0-,0-,0-,0-,0-,0-"}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
}

TEST_F(WebServerTest, TellsWhenItIsNotReady) {
  Start();
  ready_ = false;
  const auto client = Operator();
  const httplib::Result answer = client->Get("/readyz");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->body, "the store cannot write\n");
  EXPECT_EQ(client->Get("/healthz")->status, 200);
}

TEST_F(WebServerTest, WhoIsNotOfOperationsIsRefused) {
  Start();
  for (const char* uri : {"urn:envej:region:1081", "urn:envej:municipality:0101", "urn:envej:operations:other"}) {
    const auto client = ClientOf(FilesOf(uri));
    for (const char* path : {"/", "/feed", "/metrics", "/static/pages.css", "/api/inboxes"}) {
      const httplib::Result answer = client->Get(path);
      ASSERT_TRUE(answer) << uri;
      EXPECT_EQ(answer->status, 403) << uri << path;
      EXPECT_THAT(answer->body, Not(HasSubstr("inbox")));
    }
  }
}

TEST_F(WebServerTest, WithoutACertificateOfOurAuthoritiesThereIsNoAnswer) {
  Start();
  httplib::SSLClient none("127.0.0.1", server_->port());
  none.enable_server_certificate_verification(false);
  EXPECT_FALSE(none.Get("/healthz"));
  const certs::TestAuthority other("another authority");
  certs::TlsFiles files = other.IssueFiles(directory_, "stranger", certs::ClientRequest(kOperator));
  files.authorities = FilesOf(kOperator).authorities;
  EXPECT_FALSE(ClientOf(files)->Get("/healthz"));
  EXPECT_FALSE(httplib::Client("127.0.0.1", server_->port()).Get("/healthz"));
  EXPECT_TRUE(Operator()->Get("/healthz"));
}

TEST_F(WebServerTest, ACertificateIsJudgedAtEveryRequest) {
  Start();
  const auto client = Operator();
  client->set_keep_alive(true);
  EXPECT_EQ(client->Get("/")->status, 200);
  suspended_ = true;
  EXPECT_EQ(client->Get("/")->status, 403);
  suspended_ = false;
  EXPECT_EQ(client->Get("/")->status, 200);
}

TEST_F(WebServerTest, ItsOwnCertificateAndTheAuthoritiesAreReplacedWhileItServes) {
  Start();
  const certs::TestAuthority next("next authority");
  const certs::TlsFiles files = next.IssueFiles(directory_, "next", certs::ServerRequest());
  ASSERT_TRUE(context_->Replace(certs::LoadTlsFiles(files, clock_.Now()).value()).ok());
  EXPECT_FALSE(Operator()->Get("/healthz"));
  const certs::TlsFiles client = next.IssueFiles(directory_, "next-client", certs::ClientRequest(kOperator));
  const httplib::Result answer = ClientOf(client)->Get("/healthz");
  ASSERT_TRUE(answer) << httplib::to_string(answer.error());
  EXPECT_EQ(answer->status, 200);
}

TEST_F(WebServerTest, MaterialThatIsWrongChangesNothing) {
  Start();
  const certs::TlsFiles one = authority_.IssueFiles(directory_, "one", certs::ServerRequest());
  const certs::TlsFiles two = authority_.IssueFiles(directory_, "two", certs::ServerRequest());
  certs::TlsMaterial mixed = certs::LoadTlsFiles(one, clock_.Now()).value();
  mixed.certificate_chain = certs::LoadTlsFiles(two, clock_.Now()).value().certificate_chain;
  EXPECT_FALSE(context_->Replace(mixed).ok());
  EXPECT_TRUE(Operator()->Get("/healthz"));
}

TEST_F(WebServerTest, ATakenPortIsRefusedByItsAddress) {
  Start();
  const std::string taken = absl::StrCat("127.0.0.1:", server_->port());
  const WebSources sources{.answers = answers_,
                           .judge = [](const certs::Certificate&) -> absl::StatusOr<std::string> { return "x"; },
                           .metrics_text = [] { return std::string(); },
                           .healthy = [] { return absl::OkStatus(); },
                           .ready = [] { return absl::OkStatus(); }};
  const auto second = WebServer::Start(taken, sources, *context_, clock_);
  EXPECT_TRUE(absl::IsUnavailable(second.status()));
  EXPECT_THAT(second.status().message(), AllOf(HasSubstr(taken), HasSubstr("operations.listen")));
}

}  // namespace
}  // namespace envej::operations
