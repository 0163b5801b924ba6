#include "certs/https/tls_connection.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include "absl/status/statusor.h"

namespace envej::https {
namespace {

constexpr absl::Duration kFarewell = absl::Milliseconds(100);

}  // namespace

std::unique_ptr<TlsConnection> TlsConnection::Make(Descriptor socket, int stop, std::shared_ptr<SSL_CTX> context,
                                                   const HttpsLimits& limits, const Elapsed& elapsed) {
  ERR_clear_error();
  std::unique_ptr<SSL, SslDeleter> ssl(SSL_new(context.get()));
  if (ssl == nullptr || SSL_set_fd(ssl.get(), socket.number()) != 1) return nullptr;
  SSL_set_accept_state(ssl.get());
  return std::unique_ptr<TlsConnection>(
      new TlsConnection(std::move(socket), stop, std::move(context), std::move(ssl), limits, elapsed));
}

TlsConnection::TlsConnection(Descriptor socket, int stop, std::shared_ptr<SSL_CTX> context,
                             std::unique_ptr<SSL, SslDeleter> ssl, const HttpsLimits& limits, const Elapsed& elapsed)
    : socket_(std::move(socket)),
      stop_(stop),
      context_(std::move(context)),
      ssl_(std::move(ssl)),
      limits_(limits),
      elapsed_(elapsed),
      since_(elapsed()),
      read_deadline_(since_) {}

TlsConnection::~TlsConnection() {
  OPENSSL_cleanse(buffer_.data(), buffer_.size());  // what was posted may name somebody
  if (!SSL_is_init_finished(ssl_.get())) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());  // says that this is the end, if that can be said at once
  ERR_clear_error();
}

TlsConnection::Handshake TlsConnection::GoOn() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return ReadPeer() ? Handshake::kDone : Handshake::kFailed;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Handshake::kWantsRead;
    case SSL_ERROR_WANT_WRITE:
      return Handshake::kWantsWrite;
    default:
      return Handshake::kFailed;
  }
}

bool TlsConnection::ReadPeer() {
  const certs::CertificatePointer x509(SSL_get1_peer_certificate(ssl_.get()));
  if (x509 == nullptr || SSL_get_verify_result(ssl_.get()) != X509_V_OK) return false;
  unsigned char* der = nullptr;
  const int size = i2d_X509(x509.get(), &der);
  if (size <= 0) return false;
  absl::StatusOr<certs::Certificate> peer =
      certs::Certificate::FromDer({reinterpret_cast<const char*>(der), static_cast<size_t>(size)});
  OPENSSL_free(der);
  if (!peer.ok()) return false;
  peer_ = *std::move(peer);
  return true;
}

void TlsConnection::BeginRequest() {
  read_deadline_ = elapsed_() + limits_.request;
  bytes_left_ = limits_.request_bytes;
}

void TlsConnection::BeginBody(size_t bytes) {
  read_deadline_ = elapsed_() + limits_.body;
  bytes_left_ = bytes;
}

bool TlsConnection::HasMore() const { return begin_ < end_ || SSL_pending(ssl_.get()) > 0; }

bool TlsConnection::IsGone() const {
  pollfd watched{.fd = number(), .events = POLLIN | POLLRDHUP, .revents = 0};
  return poll(&watched, 1, 0) != 0;
}

void TlsConnection::End() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  shutdown(number(), SHUT_WR);
  const absl::Duration deadline = elapsed_() + kFarewell;
  while (WaitFor(POLLIN, deadline)) {
    const ssize_t got = recv(number(), buffer_.data(), buffer_.size(), 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return;
  }
}

bool TlsConnection::is_writable() const { return WaitFor(POLLOUT, elapsed_() + limits_.answer); }

ssize_t TlsConnection::read(char* bytes, size_t size) {
  if (bytes_left_ == 0 || (begin_ == end_ && !Fill())) return -1;
  const size_t got = std::min({size, end_ - begin_, bytes_left_});
  std::copy_n(buffer_.data() + begin_, got, bytes);
  begin_ += got;
  bytes_left_ -= got;
  return static_cast<ssize_t>(got);
}

bool TlsConnection::Fill() {
  for (;;) {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), buffer_.data(), static_cast<int>(buffer_.size()));
    if (got > 0) {
      begin_ = 0;
      end_ = static_cast<size_t>(got);
      return true;
    }
    if (!AwaitWhatFailed(got, read_deadline_)) return false;
  }
}

ssize_t TlsConnection::write(const char* bytes, size_t size) {
  const absl::Duration deadline = elapsed_() + limits_.answer;
  size_t written = 0;
  while (written < size) {
    ERR_clear_error();
    const auto part = static_cast<int>(std::min<size_t>(size - written, std::numeric_limits<int>::max()));
    const int sent = SSL_write(ssl_.get(), bytes + written, part);
    if (sent > 0) {
      written += static_cast<size_t>(sent);
    } else if (!AwaitWhatFailed(sent, deadline)) {
      return -1;
    }
  }
  return static_cast<ssize_t>(size);
}

bool TlsConnection::AwaitWhatFailed(int result, absl::Duration deadline) const {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return WaitFor(POLLIN, deadline);
    case SSL_ERROR_WANT_WRITE:
      return WaitFor(POLLOUT, deadline);
    default:
      return false;
  }
}

// Until there is something to do; false at the deadline, or once everything is to end.
bool TlsConnection::WaitFor(short events, absl::Duration deadline) const {
  std::array<pollfd, 2> watched = {
      {{.fd = stop_, .events = POLLIN, .revents = 0}, {.fd = number(), .events = events, .revents = 0}}};
  const absl::Duration left = deadline - elapsed_();
  if (left <= absl::ZeroDuration()) return false;
  const int polled = poll(watched.data(), watched.size(), static_cast<int>(absl::ToInt64Milliseconds(left)) + 1);
  if (polled < 0) return errno == EINTR;  // the caller looks again
  return polled > 0 && watched.front().revents == 0;
}

// Nobody asks who is where: a certificate says who.
void TlsConnection::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void TlsConnection::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

}  // namespace envej::https
