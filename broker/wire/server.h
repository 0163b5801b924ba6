#ifndef ENVEJ_BROKER_WIRE_SERVER_H_
#define ENVEJ_BROKER_WIRE_SERVER_H_

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/channel_arguments.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "broker/clock.h"
#include "broker/wire/acceptor.h"
#include "broker/wire/running_calls.h"

namespace envej::wire {

// When a connection is taken for dead or not needed, and closed. In whole milliseconds.
struct ConnectionTimes {
  absl::Duration ping = absl::Seconds(30);         // without a word from the peer, until it is asked for one
  absl::Duration ping_answer = absl::Seconds(10);  // from there, until the peer is taken for dead
  absl::Duration idle = absl::Minutes(5);          // without a call; a client's next call makes another connection
};

struct ServerOptions {
  std::string listen;  // HOST:PORT; port 0 for any
  std::shared_ptr<grpc::ServerCredentials> credentials;
  int concurrent_streams = 100;  // of one connection
  ConnectionTimes times = {};
  bool reflection = false;
  // A connection whose file descriptor has this number or a higher one is closed at once: see AcceptorOptions.
  int descriptors_most = 1 << 20;
  std::function<bool(int connection)> admit_connection = [](int) { return true; };  // see AcceptorOptions
  // Told of each that was closed for either; must not block.
  std::function<void(absl::string_view why)> connection_refused = [](absl::string_view) {};
  // Called once, on a thread of the server's, when connections cannot be accepted any more.
  std::function<void(const absl::Status& why)> give_up = [](const absl::Status&) {};
};

// The gRPC server with its bounds against abuse.
class Server {
 public:
  // Listens and serves. UNAVAILABLE if the address cannot be listened on. The services must outlive the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       const std::vector<grpc::Service*>& services);

  int port() const { return port_; }

  // Ends every call whose caller may no longer make it; see RunningCalls. Returns how many.
  size_t EndThose(const std::function<bool(const RunningCalls::Call& call)>& may_go_on) {
    return running_calls_.EndThose(may_go_on);
  }

  // Lets calls under way go on until `deadline`, and then ends them. Returns when all have ended
  // and every connection is closed: a client without calls need not notice that the server goes, and does not hold it
  // up. A health watch is a call, and does.
  void Drain(const Clock& clock, absl::Time deadline);

 private:
  Server() = default;

  RunningCalls running_calls_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> connections_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Acceptor> acceptor_;
  int port_ = 0;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_SERVER_H_
