#ifndef ENVEJ_BROKER_WIRE_ACCEPTOR_H_
#define ENVEJ_BROKER_WIRE_ACCEPTOR_H_

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "certs/listening_sockets.h"

namespace envej::wire {

// What an acceptor does with connections. All is called on its own thread, and must not block.
struct AcceptorOptions {
  // A connection whose descriptor has this number or a higher one is closed at once. The system gives the lowest number
  // that is free, so this bounds connections and keeps the numbers above for the rest of the process.
  int descriptors_most;
  // Whether one below that number may stay.
  std::function<bool(int connection)> admit = [](int) { return true; };
  // How many times in a row accepting may fail, a tenth of a second apart, until it is given up.
  int failures_most = 200;
  std::function<void(int listening_socket, int connection)> hand_over;  // takes the connection
  std::function<void(absl::string_view why)> refused;                   // tells of one that was closed
  std::function<void(const absl::Status& why)> give_up;                 // called once, and then nothing more
};

// Accepts connections on one thread, for as long as it lives. gRPC's own listener ends for good, unseen, when the
// process once has no descriptor left; this one waits and tries again.
class Acceptor {
 public:
  Acceptor(std::vector<Descriptor> sockets, AcceptorOptions options);
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;
  // Stops accepting and closes the sockets. What was handed over goes on.
  ~Acceptor();

 private:
  void Run();
  // One connection of each socket that has one. 0, or the error for which none can be accepted.
  int AcceptFromEach();

  const std::vector<Descriptor> sockets_;
  const AcceptorOptions options_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_ACCEPTOR_H_
