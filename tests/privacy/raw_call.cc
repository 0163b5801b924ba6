#include "tests/privacy/raw_call.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "certs/pem.h"
#include "tests/support/loopback.h"

namespace envej::privacy {
namespace {

enum FrameType : char { kHeaders = 1, kResetStream = 3, kSettings = 4, kGoAway = 7 };  // RFC 9113, section 6
constexpr char kEndOfStream = 0x1;
constexpr char kEndOfHeaders = 0x4;
constexpr size_t kFrameHeaderBytes = 9;
constexpr timeval kPatience = {.tv_sec = 2, .tv_usec = 0};

std::string Frame(FrameType type, char flags, char stream, const std::string& payload) {
  const size_t size = payload.size();
  std::string frame = {static_cast<char>(size >> 16),
                       static_cast<char>(size >> 8),
                       static_cast<char>(size),
                       type,
                       flags,
                       0,
                       0,
                       0,
                       stream};
  return frame + payload;
}

// A literal header field without indexing, not compressed (RFC 7541, section 6.2.2).
void Append(const std::pair<std::string, std::string>& header, std::string& block) {
  block += '\0';
  for (const std::string& text : {header.first, header.second}) {
    EXPECT_LT(text.size(), 127u);
    block += static_cast<char>(text.size());
    block += text;
  }
}

// Whether the server has said its last word to the call, or to all.
bool IsDone(absl::string_view answer) {
  while (answer.size() >= kFrameHeaderBytes) {
    const auto byte = [&answer](size_t place) {
      return static_cast<size_t>(static_cast<unsigned char>(answer[place]));
    };
    const size_t whole = kFrameHeaderBytes + (byte(0) << 16 | byte(1) << 8 | byte(2));
    if (answer.size() < whole) return false;
    const char type = answer[3];
    if (type == kResetStream || type == kGoAway || (type == kHeaders && (answer[4] & kEndOfStream) != 0)) return true;
    answer.remove_prefix(whole);
  }
  return false;
}

}  // namespace

std::string RawCall(const std::string& address, const certs::IssuedCertificate& caller,
                    const std::vector<std::pair<std::string, std::string>>& headers) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  const auto certificates = certs::ParseCertificates(caller.certificate_pem);
  const auto key = certs::ParsePrivateKey(caller.key_pem);
  SSL_CTX_use_certificate(context.get(), certificates->front().get());
  SSL_CTX_use_PrivateKey(context.get(), key->get());
  constexpr std::array<unsigned char, 3> kProtocols = {2, 'h', '2'};
  SSL_CTX_set_alpn_protos(context.get(), kProtocols.data(), kProtocols.size());
  int port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port));
  const int connection = support::ConnectTo(port);
  EXPECT_GE(connection, 0);
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context.get()), &SSL_free);
  SSL_set_fd(tls.get(), connection);
  std::string answer;
  if (SSL_connect(tls.get()) == 1) {
    std::string block;
    for (const auto& header : headers) Append(header, block);
    const std::string sent = absl::StrCat("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Frame(kSettings, 0, 0, ""),
                                          Frame(kHeaders, kEndOfStream | kEndOfHeaders, 1, block));
    SSL_write(tls.get(), sent.data(), static_cast<int>(sent.size()));
    std::array<char, 4096> part{};
    int count = 0;
    while (!IsDone(answer) && (count = SSL_read(tls.get(), part.data(), part.size())) > 0) {
      answer.append(part.data(), static_cast<size_t>(count));
    }
  } else {
    ADD_FAILURE() << "no TLS connection";
  }
  close(connection);
  return answer;
}

}  // namespace envej::privacy
