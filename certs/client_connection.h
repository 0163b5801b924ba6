#ifndef ENVEJ_CERTS_CLIENT_CONNECTION_H_
#define ENVEJ_CERTS_CLIENT_CONNECTION_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/tls_files.h"

namespace CLI {
class App;
}

namespace envej::certs {

// How a client reaches the broker.
struct ConnectionOptions {
  std::string broker;  // HOST:PORT; an IPv6 address in brackets
  TlsFiles files;
};

// Adds the four options that every client has, each also read from the environment: --broker (ENVEJ_BROKER),
// --certificate (ENVEJ_CERTIFICATE), --key (ENVEJ_KEY) and --authorities (ENVEJ_AUTHORITIES). All are required.
// `options` must outlive `app`.
void AddConnectionOptions(CLI::App& app, ConnectionOptions& options);

// OK if the text is HOST:PORT with a port from 1 to 65535.
absl::Status CheckBrokerAddress(absl::string_view broker);

// A channel to the broker over TLS with the client's certificate. It connects when first used, and again after a loss:
// a first attempt after 200 ms, then at most 5 s apart. Idle streams and calls are pinged every 30 s. Messages of up to
// 4 MiB are received. INVALID_ARGUMENT for a malformed address; otherwise the errors of LoadTlsFiles. A deadline is
// the caller's to set on every call.
absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(const ConnectionOptions& options);

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_CLIENT_CONNECTION_H_
