#ifndef ENVEJ_REGION_CLIENT_SOURCES_FAILED_HANDSHAKES_H_
#define ENVEJ_REGION_CLIENT_SOURCES_FAILED_HANDSHAKES_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "absl/time/time.h"

namespace envej::region {

// Handshakes of a listener that failed, which anybody on the network can make fail: at most one line a minute says how
// many there were since the last line. The first is said at once.
//
// Thread safety: any number of threads.
class FailedHandshakes {
 public:
  FailedHandshakes(std::string listener, std::function<absl::Time()> now,
                   std::function<void(const std::string& line)> log);

  void Add();

 private:
  const std::string listener_;
  const std::function<absl::Time()> now_;
  const std::function<void(const std::string& line)> log_;
  std::mutex mutex_;
  uint64_t unsaid_ = 0;
  absl::Time said_at_ = absl::InfinitePast();
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_SOURCES_FAILED_HANDSHAKES_H_
