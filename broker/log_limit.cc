#include "broker/log_limit.h"

#include <utility>

namespace envej {

std::optional<int64_t> LogLimit::Admit() {
  const absl::Time now = clock_.Now();
  const MutexLock lock(mutex_);
  const bool same_second = now >= second_ && now < second_ + absl::Seconds(1);  // a clock set back starts another
  if (!same_second) {
    second_ = now;
    lines_ = 0;
  }
  if (lines_ == kLinesASecond) {
    ++left_out_;
    return std::nullopt;
  }
  ++lines_;
  return std::exchange(left_out_, 0);
}

}  // namespace envej
