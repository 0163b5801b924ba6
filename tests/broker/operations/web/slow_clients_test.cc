#include <vector>

#include "tests/broker/operations/web/web_fixture.h"

namespace envej::operations {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Times that a test can wait for; few threads, so that one that is lost is missed.
WebLimits Short() {
  WebLimits limits;
  limits.handshake = absl::Milliseconds(500);
  limits.request = absl::Milliseconds(500);
  limits.answer = absl::Milliseconds(500);
  limits.idle = absl::Seconds(30);
  limits.workers = 2;
  limits.feeds = 1;
  limits.snapshot_every = absl::Milliseconds(50);
  limits.heartbeat_every = absl::Milliseconds(200);
  return limits;
}

using SlowClientsTest = WebFixture;

TEST_F(SlowClientsTest, WhoNeverShakesHandsCostsNoWorkerAndIsClosed) {
  Start(Short());
  std::vector<Descriptor> silent;
  for (int i = 0; i < 40; ++i) silent.emplace_back(support::ConnectTo(server_->port()));
  EXPECT_TRUE(Operator()->Get("/healthz"));
  char byte = 0;
  EXPECT_EQ(recv(silent.front().number(), &byte, 1, 0), 0);
}

TEST_F(SlowClientsTest, WhoSaysNothingAfterTheHandshakeCostsNoWorker) {
  Start(Short());
  std::vector<std::unique_ptr<TlsPeer>> idle;
  for (int i = 0; i < 8; ++i) idle.push_back(Peer());
  EXPECT_TRUE(Operator()->Get("/healthz"));
  EXPECT_TRUE(idle.front()->Send("GET /healthz HTTP/1.1\r\n\r\n"));
  EXPECT_THAT(idle.front()->ReadUntil("ok\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(SlowClientsTest, OfTooManyConnectionsTheOldestGoes) {
  WebLimits limits = Short();
  limits.connections = 4;
  Start(limits);
  const auto oldest = Peer();
  std::vector<std::unique_ptr<TlsPeer>> others;
  for (int i = 0; i < 5; ++i) others.push_back(Peer());
  EXPECT_EQ(oldest->ReadAll(), "");
  EXPECT_TRUE(Operator()->Get("/healthz"));
}

TEST_F(SlowClientsTest, WhoNeverEndsARequestIsClosed) {
  Start(Short());
  std::vector<std::unique_ptr<TlsPeer>> slow;
  for (int i = 0; i < 3; ++i) {
    slow.push_back(Peer());
    EXPECT_TRUE(slow.back()->Send("GET / HTTP/1.1\r\nx:"));
  }
  EXPECT_TRUE(Operator()->Get("/healthz"));
  const absl::Duration before = clock_.Elapsed();
  for (const auto& peer : slow) EXPECT_THAT(peer->ReadAll(), Not(HasSubstr(" 200 ")));
  EXPECT_LT(clock_.Elapsed() - before, absl::Seconds(10));
}

TEST_F(SlowClientsTest, WhoTakesNoAnswerIsClosed) {
  Start(Short());
  std::vector<std::unique_ptr<TlsPeer>> slow;
  std::string many;
  for (int i = 0; i < 60; ++i) many += "GET /static/chart.js HTTP/1.1\r\n\r\n";
  for (int i = 0; i < 3; ++i) {
    slow.push_back(Peer());
    EXPECT_TRUE(slow.back()->Send(many));
  }
  EXPECT_TRUE(Operator()->Get("/healthz"));
}

TEST_F(SlowClientsTest, ARequestThatIsTooLongOrMalformedIsRefused) {
  Start(Short());
  const auto answer = [this](const std::string& request) {
    const auto peer = Peer();
    EXPECT_TRUE(peer->Send(request));
    return peer->ReadAll();
  };
  const std::string begin = "GET /healthz HTTP/1.1\r\nConnection: close\r\n";
  EXPECT_THAT(answer(begin + "x: " + std::string(6 << 10, 'x') + "\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
  for (const std::string& request :
       {begin + "x: " + std::string(9 << 10, 'x') + "\r\n\r\n",
        "GET /" + std::string(9 << 10, 'x') + " HTTP/1.1\r\n\r\n", std::string("GET\r\n\r\n"),
        std::string("GET /healthz HTTP/9\r\n\r\n"), std::string("\r\n\r\n"),
        std::string("BREW /healthz HTTP/1.1\r\n\r\n"), std::string(9 << 10, 'x')}) {
    EXPECT_THAT(answer(request), Not(HasSubstr(" 200 "))) << request.substr(0, 40);
  }
  std::string headers;
  for (int i = 0; i < 4000; ++i) headers += "a:\r\n";
  EXPECT_THAT(answer(begin + headers + "\r\n"), Not(HasSubstr(" 200 ")));
  EXPECT_TRUE(Operator()->Get("/healthz"));
}

TEST_F(SlowClientsTest, WhatFollowsARequestWithContentIsNotAnswered) {
  Start(Short());
  const auto peer = Peer();
  EXPECT_TRUE(peer->Send("GET /metrics HTTP/1.1\r\nContent-Length: 28\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n....GET /x"));
  EXPECT_THAT(peer->ReadAll(), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(peer->ReadAll(), Not(HasSubstr(" 200 ")));
}

TEST_F(SlowClientsTest, RequestsThatComeTogetherAreAnsweredInOrder) {
  Start(Short());
  const auto peer = Peer();
  EXPECT_TRUE(peer->Send("GET /healthz HTTP/1.1\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n"));
  EXPECT_THAT(peer->ReadUntil("envej_recovering 0"), HasSubstr("ok\nHTTP/1.1 200 "));
}

TEST_F(SlowClientsTest, ItEndsAtOnceWhateverIsOpen) {
  Start();
  const auto feed = Peer();
  EXPECT_TRUE(feed->Send("GET /feed HTTP/1.1\r\n\r\n"));
  feed->ReadUntil("event: snapshot");
  const auto slow = Peer();
  EXPECT_TRUE(slow->Send("GET / HTTP/1.1\r\nx:"));
  const Descriptor silent(support::ConnectTo(server_->port()));
  const absl::Duration before = clock_.Elapsed();
  server_ = nullptr;
  EXPECT_LT(clock_.Elapsed() - before, absl::Seconds(2));
  feed->ReadAll();
}

class FeedTest : public WebFixture {
 protected:
  std::unique_ptr<TlsPeer> Feed(const std::string& headers = "") const {
    auto peer = Peer();
    EXPECT_TRUE(peer->Send(absl::StrCat("GET /feed HTTP/1.1\r\n", headers, "\r\n")));
    return peer;
  }
};

TEST_F(FeedTest, TellsWhatChangesAndThatNothingDoes) {
  Start(Short());
  const auto feed = Feed();
  EXPECT_THAT(feed->ReadUntil("event: snapshot"), HasSubstr("Content-Type: text/event-stream"));
  EXPECT_THAT(feed->ReadUntil("event: heartbeat"), Not(HasSubstr("\"waiting\":\"7\"")));
  ASSERT_TRUE(answers_.Set("inboxes", R"({"inboxes": [{"municipalityCode": "0101", "waiting": 7}]})"));
  EXPECT_THAT(feed->ReadUntil("\"waiting\":\"7\""), HasSubstr("\"waiting\":\"7\""));
}

TEST_F(FeedTest, WhoComesAgainIsToldWhatChangedAlone) {
  Start(Short());
  const auto first = Feed();
  first->ReadUntil("\ndata: ");
  const std::string& told = first->ReadUntil("event: heartbeat");
  const size_t at = told.find("id: ") + 4;
  const std::string id = told.substr(at, told.find('\n', at) - at);
  suspended_ = true;  // one feed is all there may be, and the one before must be gone
  first->ReadAll();
  suspended_ = false;
  const auto second = Feed(absl::StrCat("Last-Event-ID: ", id, "\r\n"));
  EXPECT_THAT(second->ReadUntil("event: heartbeat"), Not(HasSubstr("event: snapshot")));
  ASSERT_TRUE(answers_.Set("inboxes", R"({"inboxes": [{"municipalityCode": "0101", "waiting": 7}]})"));
  EXPECT_THAT(second->ReadUntil("event: snapshot"), HasSubstr("event: snapshot"));
}

TEST_F(FeedTest, OneTooManyIsTurnedAwayUntilAnotherIsGone) {
  Start(Short());
  auto feed = Feed();
  feed->ReadUntil("event: snapshot");
  EXPECT_THAT(Feed()->ReadAll(), StartsWith("HTTP/1.1 503 "));
  EXPECT_TRUE(Operator()->Get("/healthz"));
  feed = nullptr;
  const absl::Duration deadline = clock_.Elapsed() + absl::Seconds(20);
  std::string answer;
  while (answer.empty() || absl::StrContains(answer, " 503 ")) {
    ASSERT_LT(clock_.Elapsed(), deadline);
    answer = Feed()->ReadUntil("event: snapshot");
  }
  EXPECT_THAT(answer, HasSubstr("event: snapshot"));
}

TEST_F(FeedTest, WhoIsSuspendedIsToldNothingMore) {
  Start(Short());
  const auto feed = Feed();
  feed->ReadUntil("event: snapshot");
  suspended_ = true;
  feed->ReadAll();
  EXPECT_EQ(Operator()->Get("/")->status, 403);
}

}  // namespace
}  // namespace envej::operations
