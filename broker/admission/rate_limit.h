#ifndef ENVEJ_BROKER_ADMISSION_RATE_LIMIT_H_
#define ENVEJ_BROKER_ADMISSION_RATE_LIMIT_H_

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "certs/identity.h"

namespace envej::admission {

// What a participant may do in a time: a bucket for each that holds `burst` notices, is filled at `per_second`, and
// from which each call takes its cost. All systems of a region share one.
//
// Pure: it reads no clock. It keeps a bucket for those alone who took something lately; ask it only for participants of
// the register, so that their number bounds it. Thread-safe.
class RateLimit {
 public:
  struct Options {
    int per_second = 1'000;  // at least 1
    int burst = 2'000;       // at least the cost of the largest call
  };

  explicit RateLimit(const Options& options) : options_(options) {}

  // Takes `cost`, if so much is left. Otherwise takes nothing, and says how long it is until so much will be there, if
  // nobody else takes it: more than zero. `now` is the time since some moment, and never goes back.
  std::optional<absl::Duration> Take(const certs::Identity& participant, int cost, absl::Duration now);

  // Whether half a bucket or more is left.
  bool IsCalm(const certs::Identity& participant, absl::Duration now) const;

  // How many buckets are kept.
  size_t size() const;

 private:
  using Key = std::pair<certs::ParticipantKind, std::string>;

  struct Bucket {
    double left = 0;
    absl::Duration at;  // the time at which that much was left
  };

  double LeftAt(const Bucket& bucket, absl::Duration now) const;
  void ForgetFullOnes(absl::Duration now);

  const Options options_;
  mutable std::mutex mutex_;  // guards all below
  std::map<Key, Bucket> buckets_;
  size_t forget_at_ = 256;
};

}  // namespace envej::admission

#endif  // ENVEJ_BROKER_ADMISSION_RATE_LIMIT_H_
