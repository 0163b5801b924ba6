#include "broker/admission/rate_limit.h"

#include <algorithm>

namespace envej::admission {
namespace {

constexpr absl::Duration kLeastDelay = absl::Milliseconds(1);

}  // namespace

double RateLimit::LeftAt(const Bucket& bucket, absl::Duration now) const {
  const double filled = std::max(0.0, absl::ToDoubleSeconds(now - bucket.at)) * options_.per_second;
  return std::min(bucket.left + filled, static_cast<double>(options_.burst));
}

std::optional<absl::Duration> RateLimit::Take(const certs::Identity& participant, int cost, absl::Duration now) {
  Key key(participant.kind, participant.code);
  const std::lock_guard<std::mutex> lock(mutex_);
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= forget_at_) ForgetFullOnes(now);
    found = buckets_.emplace(std::move(key), Bucket{.left = static_cast<double>(options_.burst), .at = now}).first;
  }
  Bucket& bucket = found->second;
  bucket = {.left = LeftAt(bucket, now), .at = std::max(bucket.at, now)};
  const double lacking = cost - bucket.left;
  if (lacking > 0) return std::max(absl::Seconds(lacking / options_.per_second), kLeastDelay);
  bucket.left -= cost;
  return std::nullopt;
}

bool RateLimit::IsCalm(const certs::Identity& participant, absl::Duration now) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = buckets_.find(Key(participant.kind, participant.code));
  return found == buckets_.end() || LeftAt(found->second, now) * 2 >= options_.burst;
}

// A full bucket is as good as none.
void RateLimit::ForgetFullOnes(absl::Duration now) {
  for (auto bucket = buckets_.begin(); bucket != buckets_.end();) {
    bucket = LeftAt(bucket->second, now) >= options_.burst ? buckets_.erase(bucket) : std::next(bucket);
  }
  forget_at_ = std::max<size_t>(256, buckets_.size() * 2);
}

size_t RateLimit::size() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return buckets_.size();
}

}  // namespace envej::admission
