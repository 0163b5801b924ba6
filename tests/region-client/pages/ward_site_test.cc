#include "region-client/pages/ward_site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/region-client/pages/ward_pages_world.h"
#include "tests/support/tls_peer.h"

namespace envej::region {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kFind[] = R"({"patient": {"value": "2512489999"}})";

class WardSiteTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto process = [](const Peer& peer, const std::string& type, const std::string& body) {
      return MessageAnswer{
          .status = 200, .content_type = "text/plain", .body = absl::StrCat(peer.name, " ", type, " ", body)};
    };
    auto pages = WardPages::Start(world_.Options(), world_.Parts(process));
    ASSERT_TRUE(pages.ok()) << pages.status();
    pages_ = *std::move(pages);
  }
  std::unique_ptr<httplib::SSLClient> As(absl::string_view uri) const {
    const certs::TlsFiles files = world_.FilesOf(uri);
    auto client =
        std::make_unique<httplib::SSLClient>("127.0.0.1", pages_->port(), files.certificate_chain, files.private_key);
    client->set_ca_cert_path(files.authorities.c_str());
    client->enable_server_certificate_verification(true);
    client->set_read_timeout(20);
    return client;
  }
  std::string Origin() const { return absl::StrCat("https://127.0.0.1:", pages_->port()); }
  int Post(absl::string_view uri, const std::string& path, const httplib::Headers& headers,
           const std::string& body = kFind, const std::string& type = "application/json") const {
    const httplib::Result answer = As(uri)->Post(path, headers, body, type);
    return answer ? answer->status : 0;
  }

  WardPagesWorld world_{absl::Now()};
  std::unique_ptr<WardPages> pages_;
};

TEST_F(WardSiteTest, ServesItsPagesToStaff) {
  const auto client = As(kStaff);
  for (const char* path :
       {"/", "/lookup", "/?lang=en", "/static/pages.css", "/static/bootstrap.css", "/static/register.js",
        "/static/lookup.js", "/static/parts.js", "/static/words.js", "/api/municipalities"}) {
    const httplib::Result answer = client->Get(path);
    ASSERT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, 200) << path;
    EXPECT_THAT(answer->get_header_value("Content-Security-Policy"),
                AllOf(HasSubstr("default-src 'none'"), Not(HasSubstr("unsafe"))));
  }
  EXPECT_THAT(client->Get("/")->body, AllOf(HasSubstr("<html lang=\"da\""), Not(HasSubstr("{{"))));
  EXPECT_THAT(client->Get("/lookup?lang=en")->body, HasSubstr("<html lang=\"en\""));
  for (const char* path : {"/nothing", "/static/register.html", "/static/../sign_in.cc", "/api/consents", "/fhir"}) {
    EXPECT_EQ(client->Get(path)->status, 404) << path;
  }
  EXPECT_EQ(client->Put("/", "", "text/plain")->status, 405);
}

TEST_F(WardSiteTest, EachIsRefusedWhatIsNotItsOwn) {
  EXPECT_EQ(As("urn:envej:operations:somebody")->Get("/")->status, 403);
  EXPECT_EQ(As(kSystem)->Get("/")->status, 403);
  EXPECT_EQ(Post(kSystem, "/api/lookups", {{"Origin", Origin()}}), 403);
  EXPECT_EQ(Post(kStaff, "/fhir/$process-message", {{"Origin", Origin()}}), 403);
  EXPECT_EQ(Post("urn:envej:operations:somebody", "/fhir/$process-message", {}), 403);
}

TEST_F(WardSiteTest, ForTheProxyAloneTheHeaderSaysWhoItIs) {
  EXPECT_EQ(As(kProxy)->Get("/")->status, 403);
  EXPECT_EQ(As(kProxy)->Get("/", {{"X-Staff", "Åse"}})->status, 200);
  EXPECT_EQ(As(kProxy)->Get("/", {{"X-Staff", "Åse"}, {"X-Staff", "Bo"}})->status, 403);
  EXPECT_EQ(As("urn:envej:operations:somebody")->Get("/", {{"X-Staff", "Åse"}})->status, 403);
  ASSERT_TRUE(world_.desk().RegisterConsent({"", "2512489999"}, Consent("2027-01-15")).ok());
  EXPECT_EQ(Post(kProxy, "/api/lookups", {{"X-Staff", "Åse"}, {"Origin", "https://ward.example"}}), 200);
  EXPECT_EQ(Post(kStaff, "/api/lookups", {{"X-Staff", "Åse"}, {"Origin", Origin()}}), 200);
  EXPECT_THAT(world_.logged(), ElementsAre(HasSubstr(R"("by":"Åse")"), HasSubstr(absl::StrCat(R"("by":")", kStaff))));
}

TEST_F(WardSiteTest, NothingIsTakenFromAnotherSite) {
  EXPECT_EQ(Post(kStaff, "/api/lookups", {{"Origin", Origin()}}), 404);
  EXPECT_EQ(Post(kStaff, "/api/lookups", {{"Origin", Origin()}, {"Sec-Fetch-Site", "same-origin"}}), 404);
  for (const httplib::Headers& headers :
       {httplib::Headers{}, httplib::Headers{{"Origin", "https://elsewhere.example"}},
        httplib::Headers{{"Origin", "null"}}, httplib::Headers{{"Origin", Origin()}, {"Sec-Fetch-Site", "cross-site"}},
        httplib::Headers{{"Origin", Origin()}, {"Origin", "https://elsewhere.example"}}}) {
    EXPECT_EQ(Post(kStaff, "/api/lookups", headers), 403);
  }
  EXPECT_EQ(Post(kStaff, "/api/lookups", {{"Origin", Origin()}}, kFind, "text/plain"), 415);
  EXPECT_EQ(Post(kStaff, "/api/lookups", {{"Origin", Origin()}}, kFind, "application/json; charset=utf-8"), 404);
}

TEST_F(WardSiteTest, WhatIsPostedHasABound) {
  EXPECT_EQ(Post(kStaff, "/api/lookups", {{"Origin", Origin()}}, std::string(kPageRequestBytes + 1, ' ')), 413);
  EXPECT_EQ(Post(kStaff, "/api/lookups", {{"Origin", Origin()}}, std::string(kPageRequestBytes, ' ')), 400);
  EXPECT_EQ(Post(kSystem, "/fhir/$process-message", {}, std::string(kPostedMessageBytes + 1, ' ')), 413);
}

TEST_F(WardSiteTest, TheLogNamesNoCitizen) {
  ASSERT_TRUE(world_.desk().RegisterConsent({"", "2512489999"}, Consent("2027-01-15")).ok());
  EXPECT_EQ(Post(kStaff, "/api/lookups", {{"Origin", Origin()}}), 200);
  EXPECT_EQ(Post(kStaff, "/api/withdrawals", {{"Origin", Origin()}}), 200);
  EXPECT_THAT(world_.logged(), ElementsAre(AllOf(HasSubstr("patient-looked-up"), Not(HasSubstr("2512489999"))),
                                           AllOf(HasSubstr("consent-withdrawn"), Not(HasSubstr("2512489999")))));
  EXPECT_EQ(Post(kStaff, "/api/lookups", {{"Origin", Origin()}}, R"({"patient": {"value": "1"}})"), 404);
  EXPECT_EQ(world_.logged().size(), 2u);
}

TEST_F(WardSiteTest, ASystemsMessageComesToItsHandler) {
  const httplib::Result answer =
      As(kSystem)->Post("/fhir/$process-message", "<Bundle/>", "application/fhir+xml; charset=utf-8");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, absl::StrCat(kSystem, " application/fhir+xml; charset=utf-8 <Bundle/>"));
  EXPECT_EQ(As(kSystem)->Post("/fhir/other", "x", "text/plain")->status, 404);
  EXPECT_EQ(As(kSystem)->Get("/fhir/$process-message")->status, 405);
}

TEST_F(WardSiteTest, ASystemMaySendItsMessageInChunks) {
  const auto post = [&](size_t bytes) {
    return As(kSystem)->Post(
        "/fhir/$process-message",
        [left = bytes](size_t, httplib::DataSink& sink) mutable {
          const std::string part(std::min<size_t>(left, 1000), ' ');
          left -= part.size();
          sink.write(part.data(), part.size());
          if (left == 0) sink.done();
          return true;
        },
        "application/fhir+xml");
  };
  const httplib::Result answer = post(kPostedMessageBytes);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, absl::StrCat(kSystem, " application/fhir+xml ", std::string(kPostedMessageBytes, ' ')));
  support::TlsPeer peer(pages_->port(), world_.FilesOf(kSystem));
  const std::string head = "POST /fhir/$process-message HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_TRUE(peer.Send(absl::StrCat(head, "100001\r\n")));
  EXPECT_THAT(peer.ReadAll(), HasSubstr(" 413 "));
  support::TlsPeer wrong(pages_->port(), world_.FilesOf(kSystem));
  EXPECT_TRUE(wrong.Send(absl::StrCat(head, "<Bundle/>\r\n")));
  EXPECT_THAT(wrong.ReadAll(), HasSubstr(" 400 "));
}

TEST_F(WardSiteTest, WithoutAHandlerThereIsNoPlaceForMessages) {
  pages_ = nullptr;
  pages_ = *WardPages::Start(world_.Options(), world_.Parts());
  EXPECT_EQ(As(kSystem)->Post("/fhir/$process-message", "x", "text/plain")->status, 404);
}

TEST_F(WardSiteTest, SystemsThatKeepItBusyKeepNoStaffFromTheirPage) {
  std::mutex mutex;
  std::condition_variable changed;
  size_t busy = 0;
  bool released = false;
  const auto process = [&](const Peer&, const std::string&, const std::string&) {
    std::unique_lock<std::mutex> lock(mutex);
    ++busy;
    changed.notify_all();
    changed.wait_for(lock, std::chrono::seconds(20), [&] { return released; });
    return MessageAnswer{.status = 200, .content_type = "text/plain", .body = "taken"};
  };
  pages_ = nullptr;
  pages_ = *WardPages::Start(world_.Options(), world_.Parts(process));
  const std::string post = "POST /fhir/$process-message HTTP/1.1\r\nContent-Length: 1\r\n\r\nx";
  const certs::TlsFiles files = world_.FilesOf(kSystem);
  std::vector<std::unique_ptr<support::TlsPeer>> peers;
  for (size_t peer = 0; peer < kRequestsEach; ++peer) {
    peers.push_back(std::make_unique<support::TlsPeer>(pages_->port(), files));
    EXPECT_TRUE(peers.back()->Send(post));
  }
  {
    std::unique_lock<std::mutex> lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return busy == kRequestsEach; }));
  }
  support::TlsPeer one_more(pages_->port(), files);
  EXPECT_TRUE(one_more.Send(post));
  EXPECT_EQ(one_more.ReadAll(), "");
  EXPECT_EQ(As(kStaff)->Get("/")->status, 200);
  {
    const std::lock_guard<std::mutex> lock(mutex);
    released = true;
    changed.notify_all();
  }
  for (const auto& peer : peers) EXPECT_THAT(peer->ReadUntil("taken"), HasSubstr("taken"));
}

TEST_F(WardSiteTest, ATakenPortIsRefusedByItsAddress) {
  PageOptions options = world_.Options();
  options.listen = absl::StrCat("127.0.0.1:", pages_->port());
  const auto second = WardPages::Start(options, world_.Parts());
  EXPECT_TRUE(absl::IsUnavailable(second.status()));
  EXPECT_THAT(second.status().message(), AllOf(HasSubstr(options.listen), HasSubstr("page.listen")));
}

TEST_F(WardSiteTest, ReadsItsFilesAgain) {
  EXPECT_TRUE(pages_->Reload().ok());
  EXPECT_EQ(As(kStaff)->Get("/")->status, 200);
}

}  // namespace
}  // namespace envej::region
