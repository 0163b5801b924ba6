#ifndef ENVEJ_REGION_CLIENT_HL7_MLLP_LISTENER_H_
#define ENVEJ_REGION_CLIENT_HL7_MLLP_LISTENER_H_

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "certs/listening_sockets.h"
#include "certs/server_context.h"
#include "region-client/hl7/mllp_connection.h"
#include "region-client/hl7/mllp_limits.h"

namespace envej::hl7 {

// What becomes of what is received. Both are called by several threads at once, each connection's own.
struct MllpHandlers {
  // The answer to one message, to be durable before it is given; empty, and nothing is sent. `message` is as it came:
  // of one that is too long its beginning, one byte more than Message::Read takes, after whose answer the connection is
  // closed. It must come back in a time of its own: until then Stop waits.
  std::function<std::string(const Peer& peer, std::string message)> answer;
  // A connection was closed for what its sender did, or because there were too many. Names nobody, repeats nothing that
  // came. `peer` has no name if there was no handshake. May be empty.
  std::function<void(const Peer& peer, const absl::Status& why)> closed;
};

// Takes HL7 messages over MLLP, and answers each, where an answer is due, before the connection's next. Any number of
// messages may be sent at once; they are answered in order.
//
// A sender that is slow, silent or half gone costs its own connection alone: a thread each, within MllpLimits. Who has
// shown no certificate takes no place from who has.
class MllpListener {
 public:
  // Listens on HOST:PORT or [IPV6]:PORT (port 0: one that the system chooses). Every sender shows a certificate that
  // `context` takes, which must outlive the listener, and what it is replaced with counts from the next connection on.
  // Without a context (nullptr) connections are plain, and only those of this machine's loopback addresses are taken.
  // INVALID_ARGUMENT if the address is another then; UNAVAILABLE as Listen.
  static absl::StatusOr<std::unique_ptr<MllpListener>> Start(absl::string_view address,
                                                             const certs::ServerContext* context, MllpHandlers handlers,
                                                             const MllpLimits& limits = {});
  ~MllpListener();
  MllpListener(const MllpListener&) = delete;
  MllpListener& operator=(const MllpListener&) = delete;

  // Listens no more and ends every connection; answers that are being made are still sent, for MllpLimits::farewell.
  // Once is enough; the destructor does it too. One thread at a time, none of the handlers'.
  void Stop();

  int port() const { return listening_.port; }

 private:
  enum class State { kShakesHands, kIdle, kBusy, kAnswered /* its answer goes out */, kCut, kDone };

  struct Sender {
    std::unique_ptr<MllpConnection> connection;
    State state = State::kShakesHands;
    uint64_t since = 0;  // when its last frame began, or it came, in order
    std::thread thread;
  };

  MllpListener(ListeningSockets listening, Descriptor stop, Descriptor wake, const certs::ServerContext* context,
               MllpHandlers handlers, const MllpLimits& limits);

  void Run();
  void Accept();
  void Admit(Descriptor socket);
  void Reap();
  bool HasRoom();
  void Serve(Sender& sender);
  bool Converse(Sender& sender);
  bool Answer(Sender& sender, std::string message);
  bool Enter(Sender& sender);
  bool SetState(Sender& sender, State state);
  void CutOldest(const std::set<State>& states);
  size_t CountOf(const std::set<State>& states) const;
  void Tell(const Peer& peer, const absl::Status& why) const;
  bool IsToEnd() const;

  ListeningSockets listening_;
  const Descriptor stop_;  // an eventfd, readable once all is to end
  const Descriptor wake_;  // an eventfd, readable when a sender is done
  const certs::ServerContext* const context_;
  const MllpHandlers handlers_;
  const MllpLimits limits_;
  bool pause_ = false;  // the system does not let connections be accepted; of the accepting thread

  std::mutex mutex_;           // of each sender's state and since, and of what follows
  std::list<Sender> senders_;  // the oldest first
  uint64_t changes_ = 0;
  std::thread thread_;
};

}  // namespace envej::hl7

#endif  // ENVEJ_REGION_CLIENT_HL7_MLLP_LISTENER_H_
