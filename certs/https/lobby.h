#ifndef ENVEJ_CERTS_HTTPS_LOBBY_H_
#define ENVEJ_CERTS_HTTPS_LOBBY_H_

#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "certs/https/elapsed.h"
#include "certs/https/https_limits.h"
#include "certs/https/tls_connection.h"
#include "certs/listening_sockets.h"
#include "certs/server_context.h"

namespace envej::https {

// Where connections are while there is nothing to answer: they are accepted, shake hands and wait for their next
// request here, all on one thread, so that nobody without a certificate, and nobody who dawdles between requests, costs
// a worker. Of more than the limit the oldest that still shakes hands is closed, or else the oldest.
class Lobby {
 public:
  // Takes a connection of which a request begins to come. Called on the lobby's thread; must not block.
  using Hand = std::function<void(std::unique_ptr<TlsConnection>)>;

  // `stop` is readable once everything is to end. All that is referred to must outlive it.
  Lobby(ListeningSockets listening, int stop, Descriptor wake, const certs::ServerContext& context,
        const HttpsLimits& limits, const Elapsed& elapsed, Hand hand);
  // Waits until `stop` is readable, and closes what is here.
  ~Lobby();
  Lobby(const Lobby&) = delete;
  Lobby& operator=(const Lobby&) = delete;

  // Keeps the connection until its next request. Any thread.
  void Keep(std::unique_ptr<TlsConnection> connection);

  int port() const { return listening_.port; }

 private:
  struct Guest {
    std::unique_ptr<TlsConnection> connection;
    bool shakes_hands = false;
    short events = 0;
  };

  void Run();
  void TakeKept();
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
  const HttpsLimits& limits_;
  const Elapsed& elapsed_;
  const Hand hand_;
  // Of the thread alone:
  std::vector<Guest> guests_;  // the oldest first
  bool pause_ = false;         // the system does not let connections be accepted

  std::mutex mutex_;
  std::vector<std::unique_ptr<TlsConnection>> kept_;  // guarded by it
  std::thread thread_;
};

}  // namespace envej::https

#endif  // ENVEJ_CERTS_HTTPS_LOBBY_H_
