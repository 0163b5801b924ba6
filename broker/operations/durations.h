#ifndef ENVEJ_BROKER_OPERATIONS_DURATIONS_H_
#define ENVEJ_BROKER_OPERATIONS_DURATIONS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "broker/clock.h"
#include "broker/mutex.h"

namespace envej::operations {

// A distribution of times. Without any there are no percentiles.
struct Percentiles {
  uint64_t count = 0;
  std::optional<absl::Duration> p50;
  std::optional<absl::Duration> p95;
  std::optional<absl::Duration> p99;
};

// How long something took, of the last hour: of the minute that runs and the 60 before it. Memory is fixed, some 150
// KB; what it tells is at most a thirty-second part beside the truth, for times from 64 microseconds to 50 days; what
// is outside of that counts as the nearest of these. Thread-safe; adding takes a short lock.
class HourOfDurations {
 public:
  explicit HourOfDurations(const Clock& clock);

  void Add(absl::Duration duration);
  Percentiles Read() const;

 private:
  static constexpr size_t kMinutes = 61;
  static constexpr size_t kPartsOfOctave = 16;
  static constexpr size_t kOctaves = 36;
  static constexpr size_t kBuckets = kPartsOfOctave * kOctaves;

  struct Minute {
    int64_t number = -1;  // since the clock's beginning; -1: empty
    std::array<uint32_t, kBuckets> counts = {};
  };

  static size_t BucketOf(absl::Duration duration);
  static absl::Duration MiddleOf(size_t bucket);

  const Clock& clock_;
  mutable Mutex mutex_;
  std::vector<Minute> minutes_ ENVEJ_GUARDED_BY(mutex_);
};

// How often something happened in each of the last 60 whole seconds. Thread-safe.
class MinuteOfCounts {
 public:
  explicit MinuteOfCounts(const Clock& clock) : clock_(clock) {}

  void Add();
  double PerSecond() const;

 private:
  static constexpr int64_t kSeconds = 60;

  struct Second {
    int64_t number = -1;
    uint64_t count = 0;
  };

  const Clock& clock_;
  mutable Mutex mutex_;
  std::array<Second, kSeconds + 1> seconds_ ENVEJ_GUARDED_BY(mutex_);
};

// How long things take, and how many there are. The clock must outlive it.
struct Durations {
  explicit Durations(const Clock& clock)
      : accepted_to_fetched(clock),
        accepted_to_acknowledged(clock),
        sync(clock),
        accepted(clock),
        acknowledged(clock) {}

  HourOfDurations accepted_to_fetched;       // from acceptance to the first lease
  HourOfDurations accepted_to_acknowledged;  // from acceptance to acknowledgement
  HourOfDurations sync;                      // a synced write of the store
  MinuteOfCounts accepted;                   // notices, revisions and withdrawals
  MinuteOfCounts acknowledged;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_DURATIONS_H_
