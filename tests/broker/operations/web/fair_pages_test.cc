// No operator takes more of the pages than its share.

#include <memory>
#include <string>
#include <vector>

#include "tests/broker/operations/web/web_fixture.h"

namespace envej::operations {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class FairPagesTest : public WebFixture {
 protected:
  static WebLimits FewWorkers() {
    WebLimits limits;
    limits.workers = 6;
    limits.feeds = 1;
    limits.turned_away = 2;
    limits.operator_requests = 2;
    return limits;
  }
  std::unique_ptr<TlsPeer> Feed(const char* who = kOperator) const {
    auto peer = std::make_unique<TlsPeer>(server_->port(), FilesOf(who));
    EXPECT_TRUE(peer->Send("GET /feed HTTP/1.1\r\n\r\n"));
    return peer;
  }
};

TEST_F(FairPagesTest, WhoLooksTooMuchUpIsToldWhenToComeAgain) {
  WebLimits limits;
  limits.operator_per_second = 1;
  limits.operator_burst = 3;
  Start(limits);
  const auto client = Operator();
  client->set_keep_alive(true);
  for (const char* path : {"/api/inboxes", "/api/status", "/metrics"}) {
    int status = 0;
    for (int request = 0; request < 100 && status != 429; ++request) {  // a slow machine lets some more through
      const httplib::Result answer = client->Get(path);
      ASSERT_TRUE(answer) << path;
      status = answer->status;
      if (status != 429) continue;
      EXPECT_EQ(answer->get_header_value("Retry-After"), "1");
      EXPECT_THAT(answer->body, AllOf(HasSubstr("prøv igen om lidt"), HasSubstr("try again shortly")));
    }
    EXPECT_EQ(status, 429) << path;
  }
  for (const char* path : {"/", "/static/pages.css", "/healthz", "/readyz"}) {
    EXPECT_EQ(client->Get(path)->status, 200) << path << " lies in memory";
  }
  EXPECT_EQ(ClientOf(FilesOf(kOtherOperator))->Get("/api/inboxes")->status, 200) << "another one is not kept waiting";
}

TEST_F(FairPagesTest, OneOperatorsPagesLeaveRoomForAnothers) {
  WebLimits limits;
  limits.operator_feeds = 2;
  Start(limits);
  std::vector<std::unique_ptr<TlsPeer>> open;
  for (int page = 0; page < 2; ++page) {
    open.push_back(Feed());
    EXPECT_THAT(open.back()->ReadUntil("event: snapshot"), HasSubstr("event: snapshot"));
  }
  EXPECT_THAT(Feed()->ReadAll(), AllOf(StartsWith("HTTP/1.1 429 "), HasSubstr("Retry-After: 10"),
                                       HasSubstr("luk en af dem"), HasSubstr("close one of them")));
  EXPECT_EQ(Operator()->Head("/feed")->status, 429) << "so that a page can tell why";
  EXPECT_EQ(Operator()->Get("/api/inboxes")->status, 200);
  EXPECT_THAT(Feed(kOtherOperator)->ReadUntil("event: snapshot"), HasSubstr("event: snapshot"));
  open.pop_back();
  const absl::Duration deadline = clock_.Elapsed() + absl::Seconds(20);
  std::string answer;
  while (!absl::StrContains(answer, "event: snapshot")) {
    ASSERT_LT(clock_.Elapsed(), deadline) << "a page that was closed leaves its place: " << answer;
    answer = Feed()->ReadUntil("event: snapshot");
  }
}

TEST_F(FairPagesTest, OneOperatorsRequestsLeaveWorkersForAnothers) {
  WebLimits limits;
  limits.operator_requests = 1;
  Start(limits);
  const auto feed = Feed();
  EXPECT_THAT(feed->ReadUntil("event: snapshot"), HasSubstr("event: snapshot"));
  const httplib::Result refused = Operator()->Get("/");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 429);
  EXPECT_TRUE(refused->has_header("Retry-After"));
  EXPECT_THAT(refused->body, HasSubstr("close some pages"));
  const auto other = ClientOf(FilesOf(kOtherOperator));
  for (int request = 0; request < 3; ++request) {
    EXPECT_EQ(other->Get("/")->status, 200) << "what was answered leaves its place";
  }
}

TEST_F(FairPagesTest, WhoIsNoOperatorAndSendsSlowlyKeepsNobodyOut) {
  const WebLimits limits = FewWorkers();
  Start(limits);
  const certs::TlsFiles files = FilesOf("urn:envej:municipality:0101");
  std::vector<std::unique_ptr<TlsPeer>> slow;
  for (int peer = 0; peer < 100; ++peer) {
    slow.push_back(std::make_unique<TlsPeer>(server_->port(), files));
    slow.back()->Send("GET / HT");
  }
  const auto client = Operator();
  const absl::Duration before = clock_.Elapsed();
  for (int request = 0; request < 5; ++request) {
    const httplib::Result answer = client->Get("/healthz");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
  }
  EXPECT_LT(clock_.Elapsed() - before, limits.request) << "no worker reads what the others never end";
}

TEST_F(FairPagesTest, AnOperatorThatSendsSlowlyKeepsNoOtherOut) {
  const WebLimits limits = FewWorkers();
  Start(limits);
  std::vector<std::unique_ptr<TlsPeer>> slow;
  for (int peer = 0; peer < 20; ++peer) {
    slow.push_back(Peer());
    slow.back()->Send("GET / HT");
  }
  const absl::Duration before = clock_.Elapsed();
  const httplib::Result answer = ClientOf(FilesOf(kOtherOperator))->Get("/healthz");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_LT(clock_.Elapsed() - before, limits.request);
}

}  // namespace
}  // namespace envej::operations
