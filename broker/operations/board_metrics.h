#ifndef ENVEJ_BROKER_OPERATIONS_BOARD_METRICS_H_
#define ENVEJ_BROKER_OPERATIONS_BOARD_METRICS_H_

#include <prometheus/collectable.h>

#include <vector>

#include "broker/operations/attendance.h"
#include "broker/operations/board.h"
#include "broker/trust/trust.h"

namespace envej::operations {

// What the board, the attendance and the register say, as metrics, gathered when it is scraped: of each municipality
// that takes part or has something, and of each participant of the register. So there are never more series than the
// register and the contract's reasons allow.
//
// Thread safety: Collect from any thread.
class BoardMetrics final : public prometheus::Collectable {
 public:
  // What it tells of. All must outlive it.
  struct Parts {
    Board& board;
    const Attendance& attendance;
    const trust::CurrentTrust& trust;
  };

  explicit BoardMetrics(const Parts& parts) : parts_(parts) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const Parts parts_;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_BOARD_METRICS_H_
