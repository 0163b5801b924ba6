#ifndef ENVEJ_BROKER_INBOX_UNREADABLE_REPORTS_H_
#define ENVEJ_BROKER_INBOX_UNREADABLE_REPORTS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "broker/mutex.h"
#include "broker/store/key_layout.h"

namespace envej::inbox {

// An item that cannot be handed out, because what is stored of it cannot be read.
struct UnreadableItem {
  std::optional<store::ItemKey> item;  // nothing if its name cannot be read; revision 0 if only that is not known
  absl::Status why;                    // says where, never what
  uint64_t untold = 0;                 // how many were found since the report before and were too many to tell
};

// Tells of unreadable items at a bounded rate: at most kMost of all inboxes in kPeriod. What is beyond is counted, and
// the count told with the next. Thread safety: any thread.
class UnreadableReports {
 public:
  using Report = std::function<void(const UnreadableItem&)>;

  static constexpr int kMost = 10;
  static constexpr absl::Duration kPeriod = absl::Minutes(1);

  // `report` is called on the thread that found the item; without one, nobody is told.
  explicit UnreadableReports(Report report) : report_(std::move(report)) {}

  void Tell(const std::optional<store::ItemKey>& item, const absl::Status& why, absl::Time now);

 private:
  const Report report_;
  Mutex mutex_;
  absl::Time since_ ENVEJ_GUARDED_BY(mutex_) = absl::InfinitePast();  // when the period began
  int told_ ENVEJ_GUARDED_BY(mutex_) = 0;                             // in it
  uint64_t untold_ ENVEJ_GUARDED_BY(mutex_) = 0;
};

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_UNREADABLE_REPORTS_H_
