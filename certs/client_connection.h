#ifndef ENVEJ_CERTS_CLIENT_CONNECTION_H_
#define ENVEJ_CERTS_CLIENT_CONNECTION_H_

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <stop_token>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
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
// the caller's to set on every call. Each call says its trace (call_tracing.h).
absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(const ConnectionOptions& options);

// Whether a call failed because somebody listens at the broker's address but no TLS connection comes of it: mostly, the
// certificate of one side is not under an authority of the other, or has another name. Told by gRPC's wording alone, so
// it is good for a hint and no more.
bool LacksTlsConnection(const grpc::Status& status);

// Gets a channel going again after a call that failed because it was not connected: ends its backoff and waits until it
// is connected, at most `most`, or until a stop is requested. While nobody waits, gRPC looks after a connecting socket
// only every 5 s, so a client that merely tries again now and then may never see a broker that has come back.
void Reconnect(grpc::Channel& channel, absl::Duration most, const std::stop_token& stop = {});

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_CLIENT_CONNECTION_H_
