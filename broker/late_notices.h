#ifndef ENVEJ_BROKER_LATE_NOTICES_H_
#define ENVEJ_BROKER_LATE_NOTICES_H_

#include "broker/clock.h"
#include "broker/inbox/due_watch.h"
#include "broker/log.h"
#include "broker/log_limit.h"
#include "broker/operations/metrics.h"

namespace envej {

// Tells operations what is late: counts it, and says of each notice, within a bounded rate, what it is and what to do.
// The lines name the notice, and nobody. Thread-safe.
class LateNotices {
 public:
  // All must outlive it. Each way of being late is counted from now on, so that the first notice shows as a rise.
  LateNotices(const Log& log, operations::Metrics& metrics, const Clock& clock);

  void Tell(const inbox::LateItem& late);

 private:
  const Log& log_;
  operations::Metrics& metrics_;
  LogLimit lines_;
};

}  // namespace envej

#endif  // ENVEJ_BROKER_LATE_NOTICES_H_
