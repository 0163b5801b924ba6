#include "region-client/sources/failed_handshakes.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace envej::region {
namespace {

constexpr absl::Duration kSaidEach = absl::Minutes(1);

}  // namespace

FailedHandshakes::FailedHandshakes(std::string listener, std::function<absl::Time()> now,
                                   std::function<void(const std::string& line)> log)
    : listener_(std::move(listener)), now_(std::move(now)), log_(std::move(log)) {}

void FailedHandshakes::Add() {
  const absl::Time now = now_();
  const std::lock_guard<std::mutex> lock(mutex_);
  ++unsaid_;
  if (now - said_at_ < kSaidEach) return;
  said_at_ = now;
  log_(absl::StrCat(listener_, ": connections closed because no certificate that is taken was shown in time: ",
                    std::exchange(unsaid_, 0)));
}

}  // namespace envej::region
