#ifndef ENVEJ_TESTS_REGION_CLIENT_HL7_MLLP_FIXTURE_H_
#define ENVEJ_TESTS_REGION_CLIENT_HL7_MLLP_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <condition_variable>
#include <csignal>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "certs/listening_sockets.h"
#include "certs/server_context.h"
#include "certs/tls_files.h"
#include "region-client/hl7/mllp_framing.h"
#include "region-client/hl7/mllp_listener.h"
#include "tests/certs/test_files.h"
#include "tests/support/loopback.h"

namespace envej::hl7 {

inline constexpr char kWard[] = "urn:envej:region:1084:psykiatri-nord";

// OpenSSL writes to a connection that may be gone, also when it reads: here that is an error alone, while the
// listener's threads are left as they are.
class WithoutBrokenPipes {
 public:
  WithoutBrokenPipes() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~WithoutBrokenPipes() {
    const timespec at_once{};
    sigtimedwait(&pipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_;
  sigset_t before_;
};

// A sender that says what it is told to, and no more. With files of a certificate it speaks TLS.
class Sender {
 public:
  explicit Sender(int port, const certs::TlsFiles* files = nullptr) : socket_(support::ConnectTo(port)) {
    constexpr timeval kInTime{.tv_sec = 20, .tv_usec = 0};
    EXPECT_EQ(setsockopt(socket_.number(), SOL_SOCKET, SO_RCVTIMEO, &kInTime, sizeof kInTime), 0);
    if (files == nullptr) return;
    const WithoutBrokenPipes guard;
    context_.reset(SSL_CTX_new(TLS_client_method()));
    if (!files->certificate_chain.empty()) {
      SSL_CTX_use_certificate_chain_file(context_.get(), files->certificate_chain.c_str());
      SSL_CTX_use_PrivateKey_file(context_.get(), files->private_key.c_str(), SSL_FILETYPE_PEM);
    }
    SSL_CTX_load_verify_locations(context_.get(), files->authorities.c_str(), nullptr);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_.number());
    EXPECT_EQ(SSL_connect(ssl_.get()), 1);
  }

  bool Send(const std::string& bytes) {
    const WithoutBrokenPipes guard;
    const auto size = static_cast<int>(bytes.size());
    if (ssl_ != nullptr) return SSL_write(ssl_.get(), bytes.data(), size) == size;
    return send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == size;
  }
  bool SendMessage(const std::string& message) { return Send(EncodeFrame(message)); }

  // The next answer; "closed" if the listener closed, or said nothing in time.
  std::string Answer() {
    const WithoutBrokenPipes guard;
    char bytes[4096];
    for (;;) {
      absl::string_view rest = unread_;
      auto answer = decoder_.Decode(rest);
      unread_ = std::string(rest);
      if (answer.ok() && answer->has_value()) return **std::move(answer);
      const auto got = ssl_ != nullptr ? SSL_read(ssl_.get(), bytes, sizeof bytes)
                                       : static_cast<int>(recv(socket_.number(), bytes, sizeof bytes, 0));
      if (got <= 0) return "closed";
      unread_.assign(bytes, static_cast<size_t>(got));
    }
  }

 private:
  const Descriptor socket_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{nullptr, &SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, &SSL_free};
  FrameDecoder decoder_{kMessageBytesMost};
  std::string unread_;
};

// A listener that answers "PEER: SIZE of MESSAGE" to all but "none", and tells what it closed.
class MllpFixture : public testing::Test {
 protected:
  void Start(const MllpLimits& limits = {}, const certs::ServerContext* context = nullptr) {
    listener_ = nullptr;
    held_ = 0;
    open_ = false;
    auto listener = MllpListener::Start(
        "127.0.0.1:0", context,
        {.answer = [this](const Peer& peer, std::string message) { return AnswerTo(peer, message); },
         .closed =
             [this](const Peer& peer, const absl::Status& why) {
               const std::lock_guard lock(mutex_);
               closed_.push_back(absl::StrCat(peer.name, ": ", why.message()));
               changed_.notify_all();
             }},
        limits);
    ASSERT_TRUE(listener.ok()) << listener.status();
    listener_ = *std::move(listener);
  }

  void StartTls(const MllpLimits& limits = {}) {
    context_ = certs::ServerContext::Create(MaterialOf(authority_)).value();
    Start(limits, context_.get());
  }
  certs::TlsMaterial MaterialOf(const certs::TestAuthority& authority) const {
    return certs::LoadTlsFiles(authority.IssueFiles(directory_, "agent", certs::ServerRequest()), absl::Now()).value();
  }
  certs::TlsFiles FilesOf(absl::string_view uri) const {
    return authority_.IssueFiles(directory_, "ward", certs::ClientRequest(uri));
  }
  std::unique_ptr<Sender> Connect() const { return std::make_unique<Sender>(listener_->port()); }
  std::unique_ptr<Sender> ConnectTls() const {
    const certs::TlsFiles files = FilesOf(kWard);
    return std::make_unique<Sender>(listener_->port(), &files);
  }

  // Waits until so many were told of.
  std::vector<std::string> Closed(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(20), [&] { return closed_.size() >= count; });
    return closed_;
  }

  // Until Open, "hold" is not answered.
  void WaitUntilHeld(int count = 1) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(20), [&] { return held_ >= count; }));
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

  const certs::TestDirectory directory_;
  const certs::TestAuthority authority_;
  std::unique_ptr<certs::ServerContext> context_;

 private:
  std::string AnswerTo(const Peer& peer, const std::string& message) {
    std::unique_lock lock(mutex_);
    if (message == "hold") {
      ++held_;
      changed_.notify_all();
      changed_.wait_for(lock, std::chrono::seconds(20), [&] { return open_; });
    }
    if (message == "none") return "";
    if (message == "long") return std::string(64 << 20, 'x');
    return absl::StrCat(peer.name, ": ", message.size(), " of ", message.substr(0, 20));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int held_ = 0;
  bool open_ = false;
  std::vector<std::string> closed_;

 protected:
  std::unique_ptr<MllpListener> listener_;  // goes first
};

}  // namespace envej::hl7

#endif  // ENVEJ_TESTS_REGION_CLIENT_HL7_MLLP_FIXTURE_H_
