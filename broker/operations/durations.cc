#include "broker/operations/durations.h"

#include <algorithm>
#include <bit>

namespace envej::operations {
namespace {

// Below the first octave, 64 to 128 microseconds, nothing is told apart.
constexpr int kFirstOctave = 6;
constexpr uint64_t kLeast = uint64_t{1} << kFirstOctave;

}  // namespace

HourOfDurations::HourOfDurations(const Clock& clock) : clock_(clock), minutes_(kMinutes) {}

// An octave is from one power of two to the next, divided evenly.
size_t HourOfDurations::BucketOf(absl::Duration duration) {
  constexpr uint64_t kMost = (kLeast << kOctaves) - 1;
  const int64_t microseconds = std::max<int64_t>(absl::ToInt64Microseconds(duration), 0);
  const uint64_t bounded = std::clamp<uint64_t>(static_cast<uint64_t>(microseconds), kLeast, kMost);
  const int power = static_cast<int>(std::bit_width(bounded)) - 1;
  const uint64_t part = (bounded - (uint64_t{1} << power)) * kPartsOfOctave >> power;
  return static_cast<size_t>(power - kFirstOctave) * kPartsOfOctave + static_cast<size_t>(part);
}

absl::Duration HourOfDurations::MiddleOf(size_t bucket) {
  const uint64_t octave = kLeast << (bucket / kPartsOfOctave);
  const double part = static_cast<double>(bucket % kPartsOfOctave) + 0.5;
  const double microseconds = static_cast<double>(octave) * (1.0 + part / static_cast<double>(kPartsOfOctave));
  return absl::Microseconds(microseconds);
}

void HourOfDurations::Add(absl::Duration duration) {
  const int64_t number = clock_.Elapsed() / absl::Minutes(1);
  const MutexLock lock(mutex_);
  Minute& minute = minutes_[static_cast<size_t>(number) % kMinutes];
  if (minute.number != number) {
    minute.number = number;
    minute.counts.fill(0);
  }
  ++minute.counts[BucketOf(duration)];
}

Percentiles HourOfDurations::Read() const {
  const int64_t oldest = clock_.Elapsed() / absl::Minutes(1) - static_cast<int64_t>(kMinutes) + 1;
  std::array<uint64_t, kBuckets> counts = {};
  Percentiles read;
  {
    const MutexLock lock(mutex_);
    for (const Minute& minute : minutes_) {
      if (minute.number < std::max<int64_t>(oldest, 0)) continue;
      for (size_t bucket = 0; bucket < kBuckets; ++bucket) counts[bucket] += minute.counts[bucket];
    }
  }
  for (const uint64_t count : counts) read.count += count;
  if (read.count == 0) return read;
  // The smallest time of which so many of a hundred are no longer.
  const auto at = [&](uint64_t percent) {
    const uint64_t rank = (read.count * percent + 99) / 100;
    uint64_t passed = 0;
    for (size_t bucket = 0; bucket < kBuckets; ++bucket) {
      passed += counts[bucket];
      if (passed >= rank) return MiddleOf(bucket);
    }
    return MiddleOf(kBuckets - 1);
  };
  read.p50 = at(50);
  read.p95 = at(95);
  read.p99 = at(99);
  return read;
}

void MinuteOfCounts::Add() {
  const int64_t number = clock_.Elapsed() / absl::Seconds(1);
  const MutexLock lock(mutex_);
  Second& second = seconds_[static_cast<size_t>(number) % seconds_.size()];
  if (second.number != number) second = {.number = number, .count = 0};
  ++second.count;
}

double MinuteOfCounts::PerSecond() const {
  const int64_t now = clock_.Elapsed() / absl::Seconds(1);
  uint64_t count = 0;
  const MutexLock lock(mutex_);
  for (const Second& second : seconds_) {
    if (second.number >= std::max<int64_t>(now - kSeconds, 0) && second.number < now) count += second.count;
  }
  return static_cast<double>(count) / static_cast<double>(kSeconds);
}

}  // namespace envej::operations
