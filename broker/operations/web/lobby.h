#ifndef ENVEJ_BROKER_OPERATIONS_WEB_LOBBY_H_
#define ENVEJ_BROKER_OPERATIONS_WEB_LOBBY_H_

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "broker/clock.h"
#include "broker/mutex.h"
#include "broker/operations/web/tls_connection.h"
#include "broker/operations/web/web_limits.h"
#include "certs/listening_sockets.h"
#include "certs/server_context.h"

namespace envej::operations {

// Where connections are while there is nothing to answer: they are accepted, shake hands and wait for their next
// request here, all on one thread, so that nobody without a certificate, and nobody who dawdles between requests, costs
// a worker. Of more than the limit the oldest that still shakes hands is closed, or else the oldest.
class Lobby {
 public:
  // Takes a connection of which a request begins to come. Called on the lobby's thread; must not block.
  using Hand = std::function<void(std::unique_ptr<TlsConnection>)>;

  // `stop` is readable once everything is to end. All that is referred to must outlive it.
  Lobby(ListeningSockets listening, int stop, Descriptor wake, const certs::ServerContext& context,
        const WebLimits& limits, const Clock& clock, Hand hand);
  // Waits until `stop` is readable, and closes what is here.
  ~Lobby();
  Lobby(const Lobby&) = delete;
  Lobby& operator=(const Lobby&) = delete;

  // Keeps the connection until its next request. Any thread.
  void Keep(std::unique_ptr<TlsConnection> connection) ENVEJ_EXCLUDES(mutex_);

  int port() const { return listening_.port; }

 private:
  struct Guest {
    std::unique_ptr<TlsConnection> connection;
    bool shakes_hands = false;
    short events = 0;
  };

  void Run();
  void TakeKept() ENVEJ_EXCLUDES(mutex_);
  void Accept();
  void Admit(Guest guest);
  void CloseLate();
  void GoOn(Guest& guest);
  absl::Duration DeadlineOf(const Guest& guest) const;
  int WaitMilliseconds() const;

  const ListeningSockets listening_;
  const int stop_;
  const Descriptor wake_;  // an eventfd
  const certs::ServerContext& context_;
  const WebLimits& limits_;
  const Clock& clock_;
  const Hand hand_;
  // Of the thread alone:
  std::vector<Guest> guests_;  // the oldest first
  bool pause_ = false;         // the system does not let connections be accepted

  Mutex mutex_;
  std::vector<std::unique_ptr<TlsConnection>> kept_ ENVEJ_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_WEB_LOBBY_H_
