#include "region-client/hl7/mllp_connection.h"

#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "certs/certificate_names.h"
#include "certs/identity.h"
#include "proto/contract/printable.h"

namespace envej::hl7 {
namespace {

constexpr size_t kNameBytesMost = 128;
constexpr absl::Duration kEndTime = absl::Milliseconds(100);

std::string NameOf(const certs::Certificate& certificate) {
  const certs::CertificateNames names = certs::NamesOf(certificate);
  std::string name;
  if (!names.uris.empty()) {
    name = names.uris.front();
  } else if (!names.subject_names.empty()) {
    name = names.subject_names.front().value;
  }
  name = contract::Printable(name);
  if (!name.empty() && name.size() <= kNameBytesMost) return name;
  return absl::StrCat("certificate ", certs::ShortFingerprint(certificate.fingerprint()));
}

}  // namespace

std::unique_ptr<MllpConnection> MllpConnection::Make(Descriptor socket, int stop, std::shared_ptr<SSL_CTX> context) {
  Descriptor timer(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (timer.number() < 0) return nullptr;
  std::unique_ptr<MllpConnection> connection(
      new MllpConnection(std::move(socket), stop, std::move(timer), std::move(context)));
  if (connection->context_ == nullptr) return connection;
  ERR_clear_error();
  connection->ssl_.reset(SSL_new(connection->context_.get()));
  if (connection->ssl_ == nullptr || SSL_set_fd(connection->ssl_.get(), connection->socket_.number()) != 1)
    return nullptr;
  SSL_set_accept_state(connection->ssl_.get());
  return connection;
}

MllpConnection::MllpConnection(Descriptor socket, int stop, Descriptor timer, std::shared_ptr<SSL_CTX> context)
    : socket_(std::move(socket)), stop_(stop), timer_(std::move(timer)), context_(std::move(context)) {
  const int on = 1;  // one that has gone without a word is noticed
  setsockopt(socket_.number(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  if (context_ == nullptr) peer_.name = "this machine";
}

bool MllpConnection::ShakeHands(absl::Duration time) {
  if (ssl_ == nullptr) return true;
  SetTimer(time);
  for (;;) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) return ReadPeer();
    if (!AwaitAfter(result, 0)) return false;
  }
}

bool MllpConnection::ReadPeer() {
  const certs::CertificatePointer x509(SSL_get1_peer_certificate(ssl_.get()));
  if (x509 == nullptr || SSL_get_verify_result(ssl_.get()) != X509_V_OK) return false;
  unsigned char* der = nullptr;
  const int size = i2d_X509(x509.get(), &der);
  if (size <= 0) return false;
  absl::StatusOr<certs::Certificate> certificate =
      certs::Certificate::FromDer({reinterpret_cast<const char*>(der), static_cast<size_t>(size)});
  OPENSSL_free(der);
  if (!certificate.ok()) return false;
  peer_ = {.name = NameOf(*certificate), .certificate = *certificate};
  return true;
}

void MllpConnection::SetReadingTime(absl::Duration time) { SetTimer(time); }

absl::string_view MllpConnection::Read() {
  while (!is_ending_ && !IsOver()) {
    const int got = ReadSome();
    if (got > 0) return {buffer_.data(), static_cast<size_t>(got)};
    if ((got == 0 && ssl_ == nullptr) || !AwaitAfter(got, POLLIN)) break;
  }
  return {};
}

bool MllpConnection::Write(absl::string_view bytes, absl::Duration time, absl::Duration farewell) {
  SetTimer(is_ending_ ? farewell : time);
  farewell_ = farewell;
  bool is_taken = true;
  while (is_taken && !bytes.empty()) {
    const int sent = WriteSome(bytes);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
    } else {
      is_taken = AwaitAfter(sent, POLLOUT);
    }
  }
  farewell_ = std::nullopt;
  return is_taken;
}

void MllpConnection::End() {
  ERR_clear_error();
  if (ssl_ != nullptr && SSL_is_init_finished(ssl_.get())) SSL_shutdown(ssl_.get());
  shutdown(socket_.number(), SHUT_WR);
  SetTimer(kEndTime);
  farewell_ = kEndTime;
  for (;;) {
    const ssize_t got = recv(socket_.number(), buffer_.data(), buffer_.size(), 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR) || !WaitFor(POLLIN)) return;
  }
}

void MllpConnection::Cut() { shutdown(socket_.number(), SHUT_RDWR); }

int MllpConnection::ReadSome() {
  if (ssl_ == nullptr) return static_cast<int>(recv(socket_.number(), buffer_.data(), buffer_.size(), 0));
  ERR_clear_error();
  return SSL_read(ssl_.get(), buffer_.data(), static_cast<int>(buffer_.size()));
}

int MllpConnection::WriteSome(absl::string_view bytes) {
  const size_t size = std::min<size_t>(bytes.size(), std::numeric_limits<int>::max());
  if (ssl_ == nullptr) return static_cast<int>(send(socket_.number(), bytes.data(), size, MSG_NOSIGNAL));
  ERR_clear_error();
  return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(size));
}

// Waits for what the last call of the socket or of OpenSSL lacked. False if that was something else.
bool MllpConnection::AwaitAfter(int result, short plain_events) {
  if (ssl_ == nullptr) return (errno == EAGAIN || errno == EINTR) && WaitFor(plain_events);
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return WaitFor(POLLIN);
    case SSL_ERROR_WANT_WRITE:
      return WaitFor(POLLOUT);
    default:
      return false;
  }
}

// Until there is something to do. False when the time is up, and once all is to end: an answer then has its farewell.
bool MllpConnection::WaitFor(short events) {
  for (;;) {
    std::array<pollfd, 3> watched = {{{.fd = socket_.number(), .events = events, .revents = 0},
                                      {.fd = timer_.number(), .events = POLLIN, .revents = 0},
                                      {.fd = is_ending_ ? -1 : stop_, .events = POLLIN, .revents = 0}}};
    if (poll(watched.data(), watched.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    if (watched[1].revents != 0) return false;
    if (watched[2].revents == 0) return true;
    is_ending_ = true;
    if (!farewell_.has_value()) return false;
    SetTimer(*farewell_);
  }
}

// Whether the time is up or all is to end: a sender that always has bytes ready is never waited for.
bool MllpConnection::IsOver() const {
  std::array<pollfd, 2> watched = {
      {{.fd = timer_.number(), .events = POLLIN, .revents = 0}, {.fd = stop_, .events = POLLIN, .revents = 0}}};
  return poll(watched.data(), watched.size(), 0) != 0;
}

void MllpConnection::SetTimer(absl::Duration time) {
  const itimerspec until{.it_interval = {}, .it_value = absl::ToTimespec(std::max(time, absl::Nanoseconds(1)))};
  timerfd_settime(timer_.number(), 0, &until, nullptr);
}

}  // namespace envej::hl7
