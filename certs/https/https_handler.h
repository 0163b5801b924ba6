#ifndef ENVEJ_CERTS_HTTPS_HTTPS_HANDLER_H_
#define ENVEJ_CERTS_HTTPS_HTTPS_HANDLER_H_

#include <httplib.h>

#include <memory>

#include "certs/certificate.h"
#include "certs/https/tls_connection.h"
#include "certs/https/visit.h"

namespace envej::https {

// What a server serves. Thread-safe.
class HttpsHandler {
 public:
  virtual ~HttpsHandler() = default;

  // A request begins to come from the owner of this certificate, of which the handshake only checked the chain. What is
  // returned goes with it (TlsConnection::visit) and ends with its answer; null closes the connection unread. Called
  // before a worker reads anything; must not block.
  virtual std::unique_ptr<Visit> Receive(const certs::Certificate& peer) = 0;

  // Answers a request whose head was read. What it brings is still to be read (ReadBody); where that is left, the
  // connection is to be closed (CloseAfter).
  virtual void Answer(const httplib::Request& request, httplib::Response& response, TlsConnection& connection) = 0;

  // Goes with every answer.
  virtual httplib::Headers HeadersOfAll() const = 0;
};

}  // namespace envej::https

#endif  // ENVEJ_CERTS_HTTPS_HTTPS_HANDLER_H_
