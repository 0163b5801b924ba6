// Callers that ask for large answers and do not read them. What that costs the broker is printed, and asserted to be
// bounded; others are served meanwhile.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/loopback.h"
#include "tests/support/notice_messages.h"
#include "tests/support/sanitizer.h"
#include "tests/trust/process_memory.h"

namespace envej::trust {
namespace {

using support::BrokerProcess;
using support::CallContext;

constexpr int kReaders = 8;
// The broker's bound of calls on one connection. A sanitizer makes each call cost twenty times as much.
constexpr int kCallsEach = support::kUnderSanitizer ? 20 : 100;
constexpr int kNotices = 500;
constexpr int64_t kMegabytesMost = 64;

// Passes bytes between its clients and a port, until it is told to pass none of the answers any more.
class Relay {
 public:
  explicit Relay(int port) : port_(port), listening_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(listening_, reinterpret_cast<sockaddr*>(&own), sizeof own), 0);
    EXPECT_EQ(listen(listening_, 64), 0);
    socklen_t size = sizeof own;
    EXPECT_EQ(getsockname(listening_, reinterpret_cast<sockaddr*>(&own), &size), 0);
    own_port_ = ntohs(own.sin_port);
    thread_ = std::thread([this] { Run(); });
  }
  ~Relay() {
    stopping_ = true;
    thread_.join();
    close(listening_);
    for (const pollfd& watched : ends_) close(watched.fd);
  }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  std::string address() const { return absl::StrCat("127.0.0.1:", own_port_); }
  // From now on nothing that comes from the port is read.
  void HoldAnswers() { holding_ = true; }

 private:
  // Ends stand in pairs: of the client, then of the port.
  void Run() {
    while (!stopping_) {
      for (size_t end = 1; end < ends_.size(); end += 2) ends_[end].events = holding_ ? short{0} : short{POLLIN};
      std::vector<pollfd> watched = ends_;
      watched.push_back({.fd = listening_, .events = POLLIN, .revents = 0});
      if (poll(watched.data(), watched.size(), 20) <= 0) continue;
      for (size_t end = 0; end < ends_.size(); ++end) {
        if ((watched[end].revents & POLLIN) != 0) Pass(ends_[end].fd, ends_[end ^ 1].fd);
      }
      if ((watched.back().revents & POLLIN) != 0) Accept();
    }
  }

  static void Pass(int from, int to) {
    char bytes[16 << 10];
    const ssize_t received = recv(from, bytes, sizeof bytes, MSG_DONTWAIT);
    if (received > 0) {
      EXPECT_EQ(send(to, bytes, static_cast<size_t>(received), MSG_NOSIGNAL), received);
    } else if (received == 0) {
      shutdown(to, SHUT_WR);
    }
  }

  void Accept() {
    const int client = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    const int server = support::ConnectTo(port_);
    ends_.push_back({.fd = client, .events = POLLIN, .revents = 0});
    ends_.push_back({.fd = server, .events = POLLIN, .revents = 0});
  }

  const int port_;
  const int listening_;
  int own_port_ = 0;
  std::atomic<bool> holding_ = false;
  std::atomic<bool> stopping_ = false;
  std::vector<pollfd> ends_;
  std::thread thread_;
};

class SlowReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(broker_.Start());
    other_intake_ = broker_.Intake(support::kOtherRegion);
    const auto intake = broker_.Intake(support::kRegion);
    for (int batch = 0; batch < 4; ++batch) {
      v1::SubmitNoticesRequest request;
      for (int notice = 0; notice < kNotices; ++notice) *request.add_notices() = support::NewNotice(support::kCode);
      v1::SubmitNoticesResponse answer;
      ASSERT_TRUE(intake->SubmitNotices(CallContext().get(), request, &answer).ok());
    }
  }

  // A connection whose answers come through a relay.
  struct Reader {
    std::unique_ptr<Relay> relay;
    std::unique_ptr<v1::InboxService::Stub> inbox;
    std::unique_ptr<v1::IntakeService::Stub> intake;
  };
  Reader Connect(const char* uri) const {
    int port = 0;
    EXPECT_TRUE(absl::SimpleAtoi(broker_.address().substr(broker_.address().rfind(':') + 1), &port));
    Reader reader{.relay = std::make_unique<Relay>(port), .inbox = nullptr, .intake = nullptr};
    const auto channel = support::OpenChannel(reader.relay->address(), support::CredentialsFor({uri}));
    reader.inbox = v1::InboxService::NewStub(channel);
    reader.intake = v1::IntakeService::NewStub(channel);
    return reader;
  }

  double SubmitAnothers() {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = support::NewNotice(support::kCode);
    v1::SubmitNoticeResponse answer;
    const auto begin = std::chrono::steady_clock::now();
    const grpc::Status status = other_intake_->SubmitNotice(CallContext().get(), request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  }

  BrokerProcess broker_;
  std::unique_ptr<v1::IntakeService::Stub> other_intake_;
};

TEST_F(SlowReaderTest, WhoDoesNotReadAnswersCostsBoundedMemoryAndNobodyElse) {
  const int64_t before = ResidentKilobytes(broker_.process_id());
  std::vector<Reader> readers;
  struct Call {
    std::unique_ptr<grpc::ClientContext> context = CallContext(absl::Minutes(5));
    v1::ListNoticesRequest request;
    v1::ListNoticesResponse answer;
  };
  std::vector<std::unique_ptr<Call>> calls;
  std::atomic<int> open = 0;
  for (int number = 0; number < kReaders; ++number) {
    readers.push_back(Connect(support::kRegion));
    v1::GetServiceInfoResponse info;
    const grpc::Status status = readers.back().intake->GetServiceInfo(CallContext().get(), {}, &info);
    ASSERT_TRUE(status.ok()) << status.error_message();
    readers.back().relay->HoldAnswers();
  }
  SubmitAnothers();
  for (const Reader& reader : readers) {
    for (int call = 0; call < kCallsEach; ++call) {
      calls.push_back(std::make_unique<Call>());
      Call& one = *calls.back();
      one.request.set_municipality_code(support::kCode);
      one.request.set_page_size(kNotices);
      ++open;
      reader.intake->async()->ListNotices(one.context.get(), &one.request, &one.answer,
                                          [&open](const grpc::Status&) { --open; });
    }
  }
  int64_t most = 0;
  std::vector<double> milliseconds;
  for (const absl::Time until = absl::Now() + absl::Seconds(6); absl::Now() < until;) {
    milliseconds.push_back(SubmitAnothers());
    most = std::max(most, ResidentKilobytes(broker_.process_id()) - before);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  std::puts(absl::StrFormat("%d calls of readers that stopped, on %d connections: up to %.1f MB more; another's calls "
                            "meanwhile: p50 %.2f ms, p99 %.2f ms",
                            calls.size(), kReaders, static_cast<double>(most) / 1024,
                            milliseconds[milliseconds.size() / 2], milliseconds[milliseconds.size() * 99 / 100])
                .c_str());
  if (!support::kUnderSanitizer) {
    EXPECT_LE(most, kMegabytesMost << 10);
  }
  EXPECT_EQ(open, static_cast<int>(calls.size())) << "an answer came through a relay that holds them";
  for (const auto& call : calls) call->context->TryCancel();
  readers.clear();
  while (open > 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  SubmitAnothers();
  EXPECT_EQ(broker_.Stop().code, support::kDone);
}

}  // namespace
}  // namespace envej::trust
