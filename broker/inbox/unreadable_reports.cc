#include "broker/inbox/unreadable_reports.h"

namespace envej::inbox {

void UnreadableReports::Tell(const std::optional<store::ItemKey>& item, const absl::Status& why, absl::Time now) {
  UnreadableItem unreadable{.item = item, .why = why};
  {
    MutexLock lock(mutex_);
    const bool over = now < since_ || now - since_ >= kPeriod;  // the clock may go back
    if (over) {
      since_ = now;
      told_ = 0;
    }
    if (told_ == kMost) {
      ++untold_;
      return;
    }
    ++told_;
    unreadable.untold = std::exchange(untold_, 0);
  }
  if (report_) report_(unreadable);
}

}  // namespace envej::inbox
