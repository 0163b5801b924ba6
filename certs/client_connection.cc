#include "certs/client_connection.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "certs/call_tracing.h"
#include "certs/tls_credentials.h"

namespace envej::certs {
namespace {

constexpr int kKeepaliveMilliseconds = 30'000;
constexpr int kKeepaliveTimeoutMilliseconds = 10'000;
constexpr int kFirstReconnectMilliseconds = 200;
constexpr int kLongestReconnectMilliseconds = 5'000;
constexpr absl::Duration kStopLookEach = absl::Milliseconds(250);
constexpr int kReceiveBytes = 4 << 20;
constexpr size_t kHostCharacters = 253;
constexpr size_t kPortDigits = 5;

bool IsHost(absl::string_view host) {
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  return !host.empty() && host.size() <= kHostCharacters &&
         std::all_of(host.begin(), host.end(), [bracketed](char character) {
           return absl::ascii_isalnum(static_cast<unsigned char>(character)) || character == '.' || character == '-' ||
                  (bracketed && character == ':');
         });
}

bool IsPort(absl::string_view text) {
  int port = 0;
  const bool digits =
      !text.empty() && text.size() <= kPortDigits && std::all_of(text.begin(), text.end(), [](char character) {
        return absl::ascii_isdigit(static_cast<unsigned char>(character));
      });
  return digits && absl::SimpleAtoi(text, &port) && port >= 1 && port <= 65535;
}

}  // namespace

void AddConnectionOptions(CLI::App& app, ConnectionOptions& options) {
  app.add_option("--broker", options.broker, "the broker's host name or address, and port")
      ->type_name("HOST:PORT")
      ->envname("ENVEJ_BROKER")
      ->required();
  app.add_option("--certificate", options.files.certificate_chain, "PEM file with this client's certificate chain")
      ->type_name("FILE")
      ->envname("ENVEJ_CERTIFICATE")
      ->required();
  app.add_option("--key", options.files.private_key, "PEM file with this client's private key, mode 0600")
      ->type_name("FILE")
      ->envname("ENVEJ_KEY")
      ->required();
  app.add_option("--authorities", options.files.authorities, "PEM file with the authorities that vouch for the broker")
      ->type_name("FILE")
      ->envname("ENVEJ_AUTHORITIES")
      ->required();
}

absl::Status CheckBrokerAddress(absl::string_view broker) {
  const size_t colon = broker.rfind(':');
  if (colon == absl::string_view::npos || !IsHost(broker.substr(0, colon)) || !IsPort(broker.substr(colon + 1))) {
    return absl::InvalidArgumentError(
        "the broker's address is not HOST:PORT with a port from 1 to 65535 (an IPv6 address stands in brackets)");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(const ConnectionOptions& options) {
  if (absl::Status address = CheckBrokerAddress(options.broker); !address.ok()) return address;
  const absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> credentials = MakeChannelCredentials(options.files);
  if (!credentials.ok()) return credentials.status();
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMilliseconds);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMilliseconds);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMilliseconds);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMilliseconds);
  // In gRPC this bounds one attempt from below, not the wait: without it a silent address is tried for 20 s.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kLongestReconnectMilliseconds);
  arguments.SetMaxReceiveMessageSize(kReceiveBytes);
  return grpc::experimental::CreateCustomChannelWithInterceptors(options.broker, *credentials, arguments,
                                                                 TracingInterceptors());
}

bool LacksTlsConnection(const grpc::Status& status) {
  const std::string text = status.error_message();
  return status.error_code() == grpc::StatusCode::UNAVAILABLE && absl::StrContains(text, "failed to connect") &&
         (absl::StrContains(text, "handshake failed") || absl::StrContains(text, "verification check failed") ||
          absl::StrContains(text,
                            "Socket closed"));  // the last is what a server says to a certificate it does not trust
}

void Reconnect(grpc::Channel& channel, absl::Duration most, const std::stop_token& stop) {
  grpc::experimental::ChannelResetConnectionBackoff(&channel);
  // Nothing ends a wait for the channel: it is made of short ones.
  bool connected = false;
  for (absl::Duration left = most; !connected && !stop.stop_requested() && left >= absl::ZeroDuration();
       left -= kStopLookEach) {
    const absl::Duration wait = std::min(left, kStopLookEach);
    connected = channel.WaitForConnected(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(wait));
  }
}

}  // namespace envej::certs
