#include "broker/operations/metrics_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/support/loopback.h"

namespace envej::operations {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr absl::Duration kOneSlowRequest = absl::Seconds(1);
// What a busy machine may add.
constexpr absl::Duration kSlack = absl::Milliseconds(900);

// A client that says what it is told to, and no more.
class Peer {
 public:
  explicit Peer(int port) : socket_(support::ConnectTo(port)) {
    EXPECT_GE(socket_.number(), 0);
    constexpr timeval kInTime{.tv_sec = 10, .tv_usec = 0};
    EXPECT_EQ(setsockopt(socket_.number(), SOL_SOCKET, SO_RCVTIMEO, &kInTime, sizeof kInTime), 0);
  }

  bool Send(const std::string& bytes) {
    return send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  // All that comes until the server closes.
  std::string Read() {
    std::string all;
    char bytes[4096];
    ssize_t got = 0;
    while ((got = recv(socket_.number(), bytes, sizeof bytes, 0)) > 0) all.append(bytes, static_cast<size_t>(got));
    EXPECT_TRUE(got == 0 || errno == ECONNRESET) << "not closed in time";
    return all;
  }

 private:
  const Descriptor socket_;
};

// A client that sends the head of a request byte by byte, and never its end, for as long as the server lets it.
class Trickle {
 public:
  explicit Trickle(int port) : peer_(port) {
    EXPECT_TRUE(peer_.Send("GET /metrics HTTP/1.1\r\nx:"));
    thread_ = std::thread([this] {
      while (!stopping_ && peer_.Send("x")) absl::SleepFor(absl::Milliseconds(10));
    });
  }
  ~Trickle() {
    stopping_ = true;
    thread_.join();
  }

 private:
  Peer peer_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

class MetricsEndpointTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<MetricsEndpoint>> Start(const std::string& listen) {
    return MetricsEndpoint::Start(listen, metrics_, clock_);
  }
  void SetUp() override {
    auto endpoint = Start("127.0.0.1:0");
    ASSERT_TRUE(endpoint.ok()) << endpoint.status();
    endpoint_ = *std::move(endpoint);
  }
  std::string Answer(const std::string& request) {
    Peer peer(endpoint_->port());
    EXPECT_TRUE(peer.Send(request));
    return peer.Read();
  }
  void ExpectScrapeWithin(absl::Duration most) {
    const absl::Duration before = clock_.Elapsed();
    EXPECT_THAT(Answer("GET /metrics HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_LT(clock_.Elapsed() - before, most);
  }

  const SystemClock clock_;
  Metrics metrics_;
  std::unique_ptr<MetricsEndpoint> endpoint_;
};

TEST_F(MetricsEndpointTest, ServesWhatIsCountedAndNothingElse) {
  httplib::Client client("127.0.0.1", endpoint_->port());
  metrics_.CountEndedCalls(3);
  for (const char* path : {"/metrics", "/metrics?name=x"}) {
    const httplib::Result answer = client.Get(path);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->get_header_value("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_EQ(answer->get_header_value("Connection"), "close");
    EXPECT_THAT(answer->body, HasSubstr("envej_calls_ended_total 3"));
  }
  const httplib::Result none = client.Get("/");
  ASSERT_TRUE(none);
  EXPECT_EQ(none->status, 404);
  const httplib::Result posted = client.Post("/metrics", "x", "text/plain");
  ASSERT_TRUE(posted);
  EXPECT_EQ(posted->status, 405);
}

TEST_F(MetricsEndpointTest, ABrokerIsHealthyAsLongAsItServesAndReadyAsLongAsItCanWrite) {
  httplib::Client client("127.0.0.1", endpoint_->port());
  EXPECT_EQ(client.Get("/healthz")->status, 200);
  EXPECT_EQ(client.Get("/readyz")->status, 200);
  EXPECT_EQ(client.Get("/readyz")->body, "ok\n");
  metrics_.SetStorage(1, true);
  EXPECT_EQ(client.Get("/readyz")->status, 200) << "what is under way is still written";
  metrics_.SetCannotWrite("the broker is stopping");
  EXPECT_EQ(client.Get("/readyz")->status, 503);
  EXPECT_EQ(client.Get("/readyz")->body, "the broker is stopping\n");
  EXPECT_EQ(client.Get("/healthz")->status, 200);
  EXPECT_EQ(client.Get("/healthz")->body, "ok\n");
}

TEST_F(MetricsEndpointTest, AnAnswerOfManySeriesIsWhole) {
  for (size_t caller = 0; caller < Metrics::kRefusalSeriesMost; ++caller) {
    metrics_.CountRefused(absl::StrCat("urn:envej:region:", caller), "RATE_EXCEEDED");
  }
  EXPECT_THAT(Answer("GET /metrics HTTP/1.0\r\n\r\n"), EndsWith("\r\n\r\n" + metrics_.Text()));
}

TEST_F(MetricsEndpointTest, AMalformedRequestIsRefused) {
  for (const char* request :
       {"\r\n\r\n", "GET /metrics\r\n\r\n", "GET /metrics HTTP/2\r\n\r\n", "GET  HTTP/1.1\r\n\r\n",
        "GET /metrics HTTP/1.1 \r\n\r\n", "GET /metrics HTTP/1.1\r\nno header\r\n\r\n"}) {
    EXPECT_THAT(Answer(request), StartsWith("HTTP/1.1 400 ")) << request;
  }
}

TEST_F(MetricsEndpointTest, ARequestLongerThanFourKibibytesIsRefused) {
  const auto request = [](size_t size) {
    const std::string before = "GET /metrics HTTP/1.1\r\nx: ";
    return absl::StrCat(before, std::string(size - before.size() - 4, 'x'), "\r\n\r\n");
  };
  EXPECT_THAT(Answer(request(4096)), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Answer(request(4097)), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Answer(request(5 << 10)), StartsWith("HTTP/1.1 400 "));
}

TEST_F(MetricsEndpointTest, WhoTricklesHoldsUpOthersForASecondAtMost) {
  const Trickle trickle(endpoint_->port());
  ExpectScrapeWithin(kOneSlowRequest + kSlack);
  ExpectScrapeWithin(kSlack);
}

TEST_F(MetricsEndpointTest, TwoSlowClientsHoldUpAScrapeForTheirSecondsAlone) {
  Peer silent(endpoint_->port());
  const Trickle trickle(endpoint_->port());
  ExpectScrapeWithin(2 * kOneSlowRequest + kSlack);
  EXPECT_EQ(silent.Read(), "");
}

TEST_F(MetricsEndpointTest, WhoKeepsTheConnectionOpenAfterTheAnswerHoldsUpNobody) {
  Peer lingering(endpoint_->port());
  EXPECT_TRUE(lingering.Send("GET /metrics HTTP/1.1\r\n\r\n"));
  ExpectScrapeWithin(kSlack);
}

TEST_F(MetricsEndpointTest, EndsAtOnceThoughClientsTrickle) {
  const Trickle served(endpoint_->port());
  const Trickle waiting(endpoint_->port());
  absl::SleepFor(absl::Milliseconds(50));
  const absl::Duration before = clock_.Elapsed();
  endpoint_.reset();
  EXPECT_LT(clock_.Elapsed() - before, absl::Milliseconds(500));
}

TEST_F(MetricsEndpointTest, GoesOnOnceThereAreDescriptorsAgain) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const int lowest_free = dup(STDERR_FILENO);
  ASSERT_EQ(close(lowest_free), 0);
  rlimit one_more = before;
  one_more.rlim_cur = static_cast<rlim_t>(lowest_free) + 1;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &one_more), 0);
  Peer peer(endpoint_->port());
  absl::SleepFor(absl::Milliseconds(50));
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(peer.Send("GET /metrics HTTP/1.1\r\n\r\n"));
  EXPECT_THAT(peer.Read(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(MetricsEndpointTest, ListensOnLocalhostAndIpVersion6) {
  const auto by_name = Start("localhost:0");
  ASSERT_TRUE(by_name.ok()) << by_name.status();
  EXPECT_TRUE(httplib::Client("localhost", (*by_name)->port()).Get("/metrics"));
  const auto by_number = Start("[::1]:0");
  if (!by_number.ok()) GTEST_SKIP() << "no IPv6 here: " << by_number.status();
  EXPECT_TRUE(httplib::Client("::1", (*by_number)->port()).Get("/metrics"));
}

TEST_F(MetricsEndpointTest, ATakenPortIsRefusedByItsAddress) {
  const std::string taken = absl::StrCat("127.0.0.1:", endpoint_->port());
  const auto second = Start(taken);
  EXPECT_TRUE(absl::IsUnavailable(second.status()));
  EXPECT_THAT(second.status().message(), HasSubstr(taken));
  EXPECT_THAT(second.status().message(), HasSubstr("metrics.listen"));
}

TEST_F(MetricsEndpointTest, MayGoAsSoonAsItIsThere) {
  for (int round = 0; round < 20; ++round) EXPECT_TRUE(Start("127.0.0.1:0").ok());
}

}  // namespace
}  // namespace envej::operations
