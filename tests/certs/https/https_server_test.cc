#include "certs/https/https_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/https/body.h"
#include "certs/server_context.h"
#include "tests/certs/test_files.h"
#include "tests/support/tls_peer.h"

namespace envej::https {
namespace {

using support::TlsPeer;
using testing::HasSubstr;
using testing::Not;

constexpr size_t kMost = 100;
constexpr char kUri[] = "urn:envej:region:1081";

// Says again what it is told, to those whom it receives.
class Echo final : public HttpsHandler {
 public:
  std::unique_ptr<Visit> Receive(const certs::Certificate& peer) override {
    EXPECT_FALSE(peer.fingerprint().empty());
    return receives ? std::make_unique<Visit>() : nullptr;
  }
  void Answer(const httplib::Request& request, httplib::Response& response, TlsConnection& connection) override {
    absl::StatusOr<std::string> body = ReadBody(request, connection, kMost);
    response.status = body.ok() ? 200 : 400;
    if (!body.ok()) CloseAfter(response, connection);
    response.set_content(body.ok() ? *body : absl::StatusCodeToString(body.status().code()), "text/plain");
  }
  httplib::Headers HeadersOfAll() const override { return {{"X-Of-All", "yes"}}; }

  std::atomic<bool> receives = true;
};

class HttpsServerTest : public testing::Test {
 protected:
  void SetUp() override {
    HttpsLimits limits;
    limits.body = absl::Milliseconds(500);
    limits.workers = 2;
    const auto material =
        certs::LoadTlsFiles(authority_.IssueFiles(directory_, "server", certs::ServerRequest()), absl::Now());
    ASSERT_TRUE(material.ok()) << material.status();
    context_ = certs::ServerContext::Create(*material).value();
    auto server = HttpsServer::Start("127.0.0.1:0", handler_, *context_, SystemElapsed, limits);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  std::unique_ptr<TlsPeer> Peer() const {
    return std::make_unique<TlsPeer>(server_->port(),
                                     authority_.IssueFiles(directory_, "client", certs::ClientRequest(kUri)));
  }
  std::string AnswerTo(const std::string& request) const {
    const auto peer = Peer();
    EXPECT_TRUE(peer->Send(request));
    return peer->ReadAll();
  }

  const certs::TestDirectory directory_;
  const certs::TestAuthority authority_;
  Echo handler_;
  std::unique_ptr<certs::ServerContext> context_;
  std::unique_ptr<HttpsServer> server_;
};

TEST_F(HttpsServerTest, ReadsWhatARequestBringsAndTheNextBehindIt) {
  const auto peer = Peer();
  ASSERT_TRUE(peer->Send("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\noneP"));
  EXPECT_THAT(peer->ReadUntil("\r\n\r\none"), HasSubstr("X-Of-All: yes"));
  ASSERT_TRUE(peer->Send("OST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n"));
  ASSERT_TRUE(peer->Send(std::string(99, 'x')));
  ASSERT_TRUE(peer->Send("y"));
  EXPECT_THAT(peer->ReadUntil("xy"), HasSubstr(absl::StrCat("\r\n\r\n", std::string(99, 'x'), "y")));
}

TEST_F(HttpsServerTest, ContentThatIsTooLongOrOfUnclearLengthIsNotReadAndEndsTheConnection) {
  const std::string begin = "POST / HTTP/1.1\r\n";
  EXPECT_THAT(AnswerTo(begin + "Content-Length: 101\r\n\r\n" + std::string(101, 'x')), HasSubstr("RESOURCE_EXHAUSTED"));
  for (const char* length :
       {"", "Content-Length: -1\r\n", "Content-Length: 0x3\r\n", "Content-Length: 3 \t3\r\n", "Content-Length: +3\r\n",
        "Content-Length: 3\r\nContent-Length: 3\r\n", "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"}) {
    const std::string answer = AnswerTo(absl::StrCat(begin, length, "\r\nabcPOST / HTTP/1.1\r\n"));
    EXPECT_THAT(answer, HasSubstr("INVALID_ARGUMENT")) << length;
    EXPECT_THAT(answer.substr(1), Not(HasSubstr("HTTP/1.1 "))) << length;
  }
}

TEST_F(HttpsServerTest, ReadsContentInChunksAndTheNextRequestBehindIt) {
  const auto peer = Peer();
  ASSERT_TRUE(
      peer->Send("POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\nExpect: 100-continue\r\n\r\n3\r\none\r\n4;x=\"y\""));
  EXPECT_THAT(peer->ReadUntil("\r\n\r\n"), HasSubstr("HTTP/1.1 100"));
  ASSERT_TRUE(peer->Send("\r\n-two\r\n0\r\nTrailer: z\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"));
  ASSERT_TRUE(peer->Send("three"));
  EXPECT_THAT(peer->ReadUntil("\r\n\r\nthree"), HasSubstr("\r\n\r\none-two"));
  EXPECT_THAT(AnswerTo("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
              HasSubstr("INVALID_ARGUMENT"));
}

TEST_F(HttpsServerTest, ContentInChunksIsBoundedAndEndsTheConnectionWhereItIsNone) {
  const std::string begin = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_THAT(AnswerTo(begin + "64\r\n" + std::string(100, 'x') + "\r\n1\r\n"), HasSubstr("RESOURCE_EXHAUSTED"));
  EXPECT_THAT(AnswerTo(begin + "3\r\nab"), HasSubstr("DEADLINE_EXCEEDED"));
  const std::string answer = AnswerTo(begin + "3\r\nabcPOST / HTTP/1.1\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("DATA_LOSS"));
  EXPECT_THAT(answer.substr(1), Not(HasSubstr("HTTP/1.1 ")));
}

TEST_F(HttpsServerTest, ContentThatDoesNotComeIsWaitedForSoLongAlone) {
  const absl::Duration before = SystemElapsed();
  EXPECT_THAT(AnswerTo("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab"), HasSubstr("DEADLINE_EXCEEDED"));
  EXPECT_LT(SystemElapsed() - before, absl::Seconds(10));
}

TEST_F(HttpsServerTest, WhoIsNotReceivedIsNotRead) {
  handler_.receives = false;
  EXPECT_EQ(AnswerTo("GET / HTTP/1.1\r\n\r\n"), "");
}

}  // namespace
}  // namespace envej::https
