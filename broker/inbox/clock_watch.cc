#include "broker/inbox/clock_watch.h"

#include <utility>

namespace envej::inbox {

ClockWatch::ClockWatch(InboxTime& time, const Clock& clock, Scheduler& scheduler, Report report)
    : time_(time), clock_(clock), scheduler_(scheduler), report_(std::move(report)) {}

void ClockWatch::Start() {
  if (report_) Look();
}

void ClockWatch::Look() {
  const absl::Duration behind = time_.Now() - clock_.Now();
  const absl::Duration elapsed = clock_.Elapsed();
  if (behind <= kMost) {
    told_.reset();
  } else if (!told_.has_value() || elapsed - *told_ >= kAgain) {
    told_ = elapsed;
    report_(behind);
  }
  scheduler_.After(kInterval, [this] { Look(); });
}

}  // namespace envej::inbox
