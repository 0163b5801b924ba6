#include "municipality-client/stop_signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <ctime>

namespace envej::municipality_client {
namespace {

sigset_t Stopping() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

StopSignals::StopSignals() {
  const sigset_t signals = Stopping();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::jthread([this, signals](std::stop_token end) {
    constexpr timespec kLookAgain{.tv_sec = 0, .tv_nsec = 200'000'000};
    while (!end.stop_requested()) {
      const int number = sigtimedwait(&signals, nullptr, &kLookAgain);
      if (number < 0) continue;
      if (source_.stop_requested()) _exit(128 + number);
      source_.request_stop();
    }
  });
}

StopSignals::~StopSignals() { thread_.request_stop(); }

}  // namespace envej::municipality_client
