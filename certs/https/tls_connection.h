#ifndef ENVEJ_CERTS_HTTPS_TLS_CONNECTION_H_
#define ENVEJ_CERTS_HTTPS_TLS_CONNECTION_H_

#include <httplib.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "certs/certificate.h"
#include "certs/https/elapsed.h"
#include "certs/https/https_limits.h"
#include "certs/https/visit.h"
#include "certs/listening_sockets.h"

namespace envej::https {

// One client's connection. It never blocks in a handshake, and elsewhere for no longer than its limits, whatever the
// client does. Used by one thread at a time.
class TlsConnection final : public httplib::Stream {
 public:
  enum class Handshake { kDone, kWantsRead, kWantsWrite, kFailed };

  // `socket` is connected and does not block; `stop` is readable once every wait is to end. Null if there is no memory.
  // All that is referred to must outlive it.
  static std::unique_ptr<TlsConnection> Make(Descriptor socket, int stop, std::shared_ptr<SSL_CTX> context,
                                             const HttpsLimits& limits, const Elapsed& elapsed);
  ~TlsConnection() override;

  // Goes on with the handshake as far as it can without waiting.
  Handshake GoOn();
  // After the handshake: the client's certificate.
  const certs::Certificate& peer() const { return *peer_; }

  // From here on the head of a request has its time and its bytes; or what the request brings, so many bytes.
  void BeginRequest();
  void BeginBody(size_t bytes);
  // Something of the next request was read already.
  bool HasMore() const;
  // The client has gone, or sends what nobody asked for.
  bool IsGone() const;
  // Says that this was all, and waits a moment for the client to close: closed while it still sends, the connection
  // would be reset, and the answer might be lost with it.
  void End();
  int number() const { return socket_.number(); }
  absl::Duration since() const { return since_; }
  void SetSince(absl::Duration since) { since_ = since; }

  int requests = 0;              // answered on it
  bool is_to_close = false;      // after the answer
  std::unique_ptr<Visit> visit;  // of the request that is read or answered (HttpsHandler::Receive)

  // httplib::Stream:
  bool is_readable() const override { return true; }
  bool is_writable() const override;
  ssize_t read(char* bytes, size_t size) override;
  ssize_t write(const char* bytes, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  // Not the number: httplib turns away what select() cannot take, and nothing here selects.
  socket_t socket() const override { return 0; }

 private:
  struct SslDeleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  TlsConnection(Descriptor socket, int stop, std::shared_ptr<SSL_CTX> context, std::unique_ptr<SSL, SslDeleter> ssl,
                const HttpsLimits& limits, const Elapsed& elapsed);
  bool ReadPeer();
  bool Fill();
  bool AwaitWhatFailed(int result, absl::Duration deadline) const;
  bool WaitFor(short events, absl::Duration deadline) const;

  const Descriptor socket_;
  const int stop_;
  const std::shared_ptr<SSL_CTX> context_;
  const std::unique_ptr<SSL, SslDeleter> ssl_;
  const HttpsLimits& limits_;
  const Elapsed& elapsed_;
  std::optional<certs::Certificate> peer_;
  absl::Duration since_;  // elapsed time at which it was accepted, or became idle
  absl::Duration read_deadline_;
  size_t bytes_left_ = 0;  // that the request's head, or what it brings, may still have
  std::array<char, 4096> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace envej::https

#endif  // ENVEJ_CERTS_HTTPS_TLS_CONNECTION_H_
