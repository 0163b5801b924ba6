// Connections that begin and do not go on: with no byte, with half of a greeting, or with a finished handshake and
// nothing after it. What they cost is printed, and asserted to be bounded and given back.

#include <dirent.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <thread>

#include "absl/strings/numbers.h"
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

constexpr int kConnections = 500;
constexpr absl::Duration kHandshakeTime = absl::Seconds(10);  // of the broker: broker/wire/server.cc
constexpr int64_t kKilobytesEachMost = 256;
// A record of TLS that says it holds 512 bytes of a ClientHello, and holds 11.
constexpr unsigned char kHalfGreeting[] = {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01,
                                           0xfc, 0x03, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00};

int PortOf(const std::string& address) {
  int port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port));
  return port;
}

int DescriptorsOf(pid_t process) {
  DIR* const folder = opendir(absl::StrFormat("/proc/%d/fd", process).c_str());
  if (folder == nullptr) return -1;
  int count = -2;  // "." and ".."
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

// Whether the peer has closed it.
bool IsClosed(int connection) {
  char byte = 0;
  const ssize_t received = recv(connection, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
  return received == 0 || (received < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

class HalfOpenTest : public testing::Test {
 protected:
  void SetUp() override {
    rlimit files{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = files.rlim_max;
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
    ASSERT_TRUE(broker_.Start());
    intake_ = broker_.Intake(support::kRegion);
    ExpectServed();
    descriptors_before_ = DescriptorsOf(broker_.process_id());
    kilobytes_before_ = ResidentKilobytes(broker_.process_id());
  }
  void TearDown() override {
    for (const int connection : connections_) close(connection);
    EXPECT_EQ(broker_.Stop().code, support::kDone);
  }

  void ExpectServed() {
    v1::SubmitNoticeRequest request;
    *request.mutable_notice() = support::NewNotice(support::kCode);
    v1::SubmitNoticeResponse answer;
    const auto context = support::CallContext();
    context->set_wait_for_ready(true);
    const grpc::Status status = intake_->SubmitNotice(context.get(), request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }

  void Open() {
    for (int opened = 0; opened < kConnections; ++opened) {
      connections_.push_back(support::ConnectTo(PortOf(broker_.address())));
      ASSERT_GE(connections_.back(), 0);
    }
  }

  size_t Closed() const {
    return static_cast<size_t>(std::count_if(connections_.begin(), connections_.end(), IsClosed));
  }

  // Waits until the broker has closed all of them; others are served meanwhile.
  void ExpectClosedWithin(absl::Duration most, const char* what) {
    const absl::Time begin = absl::Now();
    int64_t kilobytes = 0;
    int descriptors = 0;
    while (Closed() < connections_.size()) {
      ASSERT_LT(absl::Now(), begin + most) << Closed() << " are closed";
      ExpectServed();
      kilobytes = std::max(kilobytes, ResidentKilobytes(broker_.process_id()) - kilobytes_before_);
      descriptors = std::max(descriptors, DescriptorsOf(broker_.process_id()) - descriptors_before_);
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    std::puts(absl::StrFormat("%d connections with %s: closed after %.1f s, up to %d KB and %d descriptors more",
                              kConnections, what, absl::ToDoubleSeconds(absl::Now() - begin), kilobytes, descriptors)
                  .c_str());
    if (!support::kUnderSanitizer) {
      EXPECT_LE(kilobytes, kConnections * kKilobytesEachMost);
    }
    ExpectDescriptorsBack();
  }

  void ExpectDescriptorsBack() {
    const absl::Time until = absl::Now() + absl::Seconds(20);
    while (DescriptorsOf(broker_.process_id()) > descriptors_before_ + 2 && absl::Now() < until) {
      ExpectServed();
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    EXPECT_LE(DescriptorsOf(broker_.process_id()), descriptors_before_ + 2);
  }

  BrokerProcess broker_;
  std::unique_ptr<v1::IntakeService::Stub> intake_;
  std::vector<int> connections_;
  int descriptors_before_ = 0;
  int64_t kilobytes_before_ = 0;
};

TEST_F(HalfOpenTest, ThoseThatNeverSendAByteAreClosed) {
  Open();
  ExpectClosedWithin(kHandshakeTime * 3, "no byte");
}

TEST_F(HalfOpenTest, ThoseThatSendHalfAGreetingAreClosed) {
  Open();
  for (const int connection : connections_) {
    ASSERT_EQ(send(connection, kHalfGreeting, sizeof kHalfGreeting, MSG_NOSIGNAL), ssize_t{sizeof kHalfGreeting});
  }
  ExpectClosedWithin(kHandshakeTime * 3, "half a greeting");
}

// TLS connections of a region that say nothing after the handshake, not even HTTP/2's own greeting.
TEST_F(HalfOpenTest, ThoseThatSayNothingAfterTheHandshakeAreClosed) {
  certs::LeafRequest request = certs::ClientRequest(support::kRegion);
  const certs::TlsFiles files = support::SharedAuthority().IssueFiles(broker_.folder(), "silent", request);
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  ASSERT_EQ(SSL_CTX_use_certificate_chain_file(context, files.certificate_chain.c_str()), 1);
  ASSERT_EQ(SSL_CTX_use_PrivateKey_file(context, files.private_key.c_str(), SSL_FILETYPE_PEM), 1);
  constexpr unsigned char kHttp2[] = {2, 'h', '2'};
  ASSERT_EQ(SSL_CTX_set_alpn_protos(context, kHttp2, sizeof kHttp2), 0);
  Open();
  std::vector<SSL*> sessions;
  for (const int connection : connections_) {
    SSL* const session = SSL_new(context);
    SSL_set_fd(session, connection);
    ASSERT_EQ(SSL_connect(session), 1);
    sessions.push_back(session);
  }
  // What the broker says by itself, so that the end shows: its settings, and the farewell.
  const absl::Time begin = absl::Now();
  const auto read_all = [&] {
    char bytes[4096];
    for (const int connection : connections_) {
      while (recv(connection, bytes, sizeof bytes, MSG_DONTWAIT) > 0) {
      }
    }
  };
  int64_t kilobytes = 0;
  while (Closed() < connections_.size()) {
    ASSERT_LT(absl::Now(), begin + kHandshakeTime * 4) << Closed() << " are closed";
    read_all();
    ExpectServed();
    kilobytes = std::max(kilobytes, ResidentKilobytes(broker_.process_id()) - kilobytes_before_);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  std::puts(absl::StrFormat("%d connections with a handshake alone: closed after %.1f s, up to %d KB more",
                            kConnections, absl::ToDoubleSeconds(absl::Now() - begin), kilobytes)
                .c_str());
  if (!support::kUnderSanitizer) {
    EXPECT_LE(kilobytes, kConnections * kKilobytesEachMost);
  }
  ExpectDescriptorsBack();
  for (SSL* const session : sessions) SSL_free(session);
  SSL_CTX_free(context);
}

}  // namespace
}  // namespace envej::trust
