#ifndef ENVEJ_TESTS_SUPPORT_TLS_PEER_H_
#define ENVEJ_TESTS_SUPPORT_TLS_PEER_H_

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "certs/listening_sockets.h"
#include "certs/tls_files.h"
#include "tests/support/loopback.h"

namespace envej::support {

// A TLS client that says what it is told to, and no more.
class TlsPeer {
 public:
  TlsPeer(int port, const certs::TlsFiles& files)
      : socket_(ConnectTo(port)), context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free) {
    constexpr timeval kInTime{.tv_sec = 20, .tv_usec = 0};
    EXPECT_EQ(setsockopt(socket_.number(), SOL_SOCKET, SO_RCVTIMEO, &kInTime, sizeof kInTime), 0);
    SSL_CTX_use_certificate_chain_file(context_.get(), files.certificate_chain.c_str());
    SSL_CTX_use_PrivateKey_file(context_.get(), files.private_key.c_str(), SSL_FILETYPE_PEM);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_.number());
    EXPECT_EQ(SSL_connect(ssl_.get()), 1);
  }

  bool Send(const std::string& bytes) {
    return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
  }
  // All that came when `text` has, or when the server closed.
  const std::string& ReadUntil(const std::string& text) {
    char bytes[4096];
    while (text.empty() || !absl::StrContains(all_, text)) {
      const int got = SSL_read(ssl_.get(), bytes, sizeof bytes);
      if (got <= 0) break;
      all_.append(bytes, static_cast<size_t>(got));
    }
    return all_;
  }
  const std::string& ReadAll() { return ReadUntil(""); }

 private:
  const Descriptor socket_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, &SSL_free};
  std::string all_;
};

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_TLS_PEER_H_
