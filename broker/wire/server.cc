#include "broker/wire/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <utility>

#include "certs/listening_sockets.h"
#include "proto/contract/limits.h"

namespace envej::wire {
namespace {

constexpr int kMetadataBytes = 8 << 10;
constexpr int kHandshakeMilliseconds = 10'000;
constexpr int kLeastPingIntervalMilliseconds = 10'000;  // clients that ping more often are sent away
// How long connections without calls get to close in good order. A client that looks at its own only when it calls, as
// gRPC's do, would otherwise keep the server for up to five seconds.
constexpr absl::Duration kFarewell = absl::Milliseconds(300);
// What gRPC may hold for all connections together; it slows down and then closes connections before it takes more. A
// hundred calls of the largest size take a fifth of it.
constexpr size_t kGrpcBytes = size_t{512} << 20;
constexpr int kUncompressedOnly = 1 << GRPC_COMPRESS_NONE;
constexpr int kReceiveBytes = static_cast<int>(contract::kBatchBytes + contract::kBatchOverheadBytes);

int Milliseconds(absl::Duration duration) { return static_cast<int>(absl::ToInt64Milliseconds(duration)); }

// A small message can grow to a thousand times its size, and would before anybody has asked who sends it, and before
// its size is looked at. The second line alone refuses such a call; the first keeps gRPC from unpacking it meanwhile.
void RefuseCompression(grpc::ServerBuilder& builder) {
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.AddChannelArgument(GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET, kUncompressedOnly);
}

void SetBounds(const ServerOptions& options, grpc::ServerBuilder& builder) {
  RefuseCompression(builder);
  grpc::ResourceQuota quota("envej");
  quota.Resize(kGrpcBytes);
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(kReceiveBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.concurrent_streams);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMilliseconds);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.times.ping));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(options.times.ping_answer));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);  // or peers that vanished stay
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);    // as many as there are intervals
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, Milliseconds(options.times.idle));
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kLeastPingIntervalMilliseconds);
}

// Reflection adds itself to every server of a program that links it, asked or not.
class WithoutReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    const auto is_reflection = [](const auto& plugin) { return plugin->name() == "proto_server_reflection"; };
    plugins->erase(std::remove_if(plugins->begin(), plugins->end(), is_reflection), plugins->end());
  }
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      const std::vector<grpc::Service*>& services) {
  if (options.reflection) grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  absl::StatusOr<ListeningSockets> listening = Listen(options.listen);
  if (!listening.ok()) return listening.status();
  auto server = std::unique_ptr<Server>(new Server);
  server->port_ = listening->port;
  grpc::ServerBuilder builder;
  SetBounds(options, builder);
  if (!options.reflection) builder.SetOption(std::make_unique<WithoutReflection>());
  builder.SetContextAllocator(server->running_calls_.Counter());
  using FromOutside = grpc::ServerBuilder::experimental_type::ExternalConnectionType;
  server->connections_ =
      builder.experimental().AddExternalConnectionAcceptor(FromOutside::FROM_FD, options.credentials);
  for (grpc::Service* service : services) builder.RegisterService(service);
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr) return absl::UnavailableError("gRPC's server does not start");
  const auto hand_over = [&connections = *server->connections_](int listening_socket, int connection) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
    parameters.listener_fd = listening_socket;
    parameters.fd = connection;
    connections.HandleNewConnection(&parameters);
  };
  server->acceptor_ = std::make_unique<Acceptor>(std::move(listening->sockets),
                                                 AcceptorOptions{.descriptors_most = options.descriptors_most,
                                                                 .admit = options.admit_connection,
                                                                 .hand_over = hand_over,
                                                                 .refused = options.connection_refused,
                                                                 .give_up = options.give_up});
  return server;
}

void Server::Drain(const Clock& clock, absl::Time deadline) {
  running_calls_.WaitForEnd(clock, deadline);
  acceptor_.reset();
  server_->Shutdown(absl::ToChronoTime(std::min(deadline, clock.Now() + kFarewell)));
  server_->Wait();
}

}  // namespace envej::wire
