// When the server closes a connection by itself. The peer here is a socket that speaks just as much HTTP/2 (RFC 9113)
// as it needs, since a client of gRPC always answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/wire/server.h"
#include "certs/listening_sockets.h"
#include "envej/v1/inbox_service.grpc.pb.h"
#include "tests/support/loopback.h"

namespace envej::wire {
namespace {

using testing::Contains;

// Frame types, and the flag of an answer: RFC 9113, section 6.
constexpr uint8_t kSettings = 4;
constexpr uint8_t kPing = 6;
constexpr uint8_t kGoAway = 7;
constexpr uint8_t kAnswer = 1;

constexpr absl::Duration kSoon = absl::Milliseconds(100);
constexpr absl::Duration kNever = absl::Hours(24);

struct Frame {
  uint8_t type = 0;
  uint8_t flags = 0;
  std::string payload;
};

class Peer {
 public:
  explicit Peer(int port) : socket_(support::ConnectTo(port)) {
    constexpr timeval kInTime{.tv_sec = 10, .tv_usec = 0};
    EXPECT_EQ(setsockopt(socket_.number(), SOL_SOCKET, SO_RCVTIMEO, &kInTime, sizeof kInTime), 0);
    Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    Send(Frame{.type = kSettings, .flags = 0, .payload = {}});
  }

  // The next frame; nothing once the server has closed the connection.
  std::optional<Frame> Next() {
    const std::string head = Read(9);
    if (head.empty()) return std::nullopt;
    const auto byte = [&](size_t place) { return static_cast<uint8_t>(head[place]); };
    const size_t length = (size_t{byte(0)} << 16) | (size_t{byte(1)} << 8) | byte(2);
    return Frame{.type = byte(3), .flags = byte(4), .payload = Read(length)};
  }
  void AnswerPing(const Frame& ping) { Send(Frame{.type = kPing, .flags = kAnswer, .payload = ping.payload}); }

 private:
  void Send(const std::string& bytes) {
    EXPECT_EQ(send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  void Send(const Frame& frame) {
    std::string bytes = {0,
                         0,
                         static_cast<char>(frame.payload.size()),
                         static_cast<char>(frame.type),
                         static_cast<char>(frame.flags),
                         0,
                         0,
                         0,
                         0};
    Send(bytes + frame.payload);
  }
  // Nothing at the end of the connection, which ends no frame in the middle.
  std::string Read(size_t count) {
    std::string bytes(count, '\0');
    size_t have = 0;
    while (have < count) {
      const ssize_t got = recv(socket_.number(), bytes.data() + have, count - have, 0);
      EXPECT_GE(got, 0) << "the server neither spoke nor closed in time";
      if (got <= 0) return {};
      have += static_cast<size_t>(got);
    }
    return bytes;
  }

  const Descriptor socket_;
};

class ConnectionTimesTest : public testing::Test {
 protected:
  void Start(const ConnectionTimes& times) {
    auto server = Server::Start(
        {.listen = "127.0.0.1:0", .credentials = grpc::InsecureServerCredentials(), .times = times}, {&service_});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  void TearDown() override {
    if (server_ != nullptr) server_->Drain(SystemClock(), SystemClock().Now());
  }

  v1::InboxService::CallbackService service_;
  std::unique_ptr<Server> server_;
};

TEST_F(ConnectionTimesTest, PeerThatAnswersNoPingIsClosed) {
  ASSERT_NO_FATAL_FAILURE(Start({.ping = kSoon, .ping_answer = kSoon, .idle = kNever}));
  Peer peer(server_->port());
  int pings = 0;
  while (const std::optional<Frame> frame = peer.Next()) pings += frame->type == kPing ? 1 : 0;
  EXPECT_EQ(pings, 1) << "it was not asked, or asked again";
}

TEST_F(ConnectionTimesTest, PeerThatAnswersStays) {
  ASSERT_NO_FATAL_FAILURE(Start({.ping = kSoon, .ping_answer = absl::Seconds(10), .idle = kNever}));
  Peer peer(server_->port());
  for (int pings = 0; pings < 5;) {
    const std::optional<Frame> frame = peer.Next();
    ASSERT_TRUE(frame.has_value()) << "closed after " << pings << " answers";
    if (frame->type != kPing) continue;
    peer.AnswerPing(*frame);
    ++pings;
  }
}

TEST_F(ConnectionTimesTest, ConnectionWithoutCallsIsClosedInGoodOrder) {
  ASSERT_NO_FATAL_FAILURE(Start({.ping = kNever, .ping_answer = kNever, .idle = kSoon}));
  Peer peer(server_->port());
  std::vector<int> types;
  while (const std::optional<Frame> frame = peer.Next()) {
    types.push_back(frame->type);
    if (frame->type == kPing) peer.AnswerPing(*frame);
  }
  EXPECT_THAT(types, Contains(int{kGoAway}));
}

}  // namespace
}  // namespace envej::wire
