#ifndef ENVEJ_BROKER_INBOX_CLOCK_WATCH_H_
#define ENVEJ_BROKER_INBOX_CLOCK_WATCH_H_

#include <functional>
#include <optional>

#include "absl/time/time.h"
#include "broker/clock.h"
#include "broker/inbox/inbox_time.h"
#include "broker/inbox/scheduler.h"

namespace envej::inbox {

// Tells when the clock is behind the inboxes' time: it was ahead before, or is wrong now. Somebody must set it right,
// since leases meanwhile last up to twice as long. Tells at once, and every kAgain until the clock has caught up.
class ClockWatch {
 public:
  // By how much the clock is behind. Must not block.
  using Report = std::function<void(absl::Duration behind)>;

  static constexpr absl::Duration kMost = absl::Minutes(1);  // so much is nothing to tell of
  static constexpr absl::Duration kInterval = absl::Minutes(1);
  static constexpr absl::Duration kAgain = absl::Hours(1);

  // All must outlive it. Without a report it does nothing.
  ClockWatch(InboxTime& time, const Clock& clock, Scheduler& scheduler, Report report);

  // Looks now, and again every kInterval. Call once.
  void Start();

 private:
  void Look();

  InboxTime& time_;
  const Clock& clock_;
  Scheduler& scheduler_;
  const Report report_;
  std::optional<absl::Duration> told_;  // when last, since the clock fell behind
};

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_CLOCK_WATCH_H_
