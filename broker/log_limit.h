#ifndef ENVEJ_BROKER_LOG_LIMIT_H_
#define ENVEJ_BROKER_LOG_LIMIT_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "broker/clock.h"
#include "broker/mutex.h"

namespace envej {

// Bounds a kind of log line that anybody can cause without being known. Thread-safe.
class LogLimit {
 public:
  static constexpr int kLinesASecond = 10;

  explicit LogLimit(const Clock& clock) : clock_(clock) {}

  // Whether a line may be written now: then how many were left out since the last one that was, which it should say.
  std::optional<int64_t> Admit();

 private:
  const Clock& clock_;
  Mutex mutex_;
  absl::Time second_ ENVEJ_GUARDED_BY(mutex_) = absl::InfinitePast();
  int lines_ ENVEJ_GUARDED_BY(mutex_) = 0;
  int64_t left_out_ ENVEJ_GUARDED_BY(mutex_) = 0;
};

}  // namespace envej

#endif  // ENVEJ_BROKER_LOG_LIMIT_H_
