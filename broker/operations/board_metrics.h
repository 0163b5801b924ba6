#ifndef ENVEJ_BROKER_OPERATIONS_BOARD_METRICS_H_
#define ENVEJ_BROKER_OPERATIONS_BOARD_METRICS_H_

#include <prometheus/collectable.h>

#include <functional>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "broker/admission/participants.h"
#include "broker/clock.h"
#include "broker/operations/attendance.h"
#include "broker/operations/board.h"
#include "broker/trust/trust.h"
#include "certs/identity.h"

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
    Attendance& attendance;
    const trust::CurrentTrust& trust;
    const Clock& clock;
    // Whom operations have suspended, beside those whom the register suspends; may be empty. Any thread.
    std::function<bool(const certs::Identity& participant)> suspended = nullptr;
  };

  // A certificate that was followed by another, and with which its participant has not called for so long before its
  // last call, is used no more.
  static constexpr absl::Duration kCertificateInUse = absl::Hours(24);

  explicit BoardMetrics(Parts parts) : parts_(std::move(parts)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  void GatherParticipants(const admission::Participants& participants,
                          std::vector<prometheus::MetricFamily>& families) const;

  const Parts parts_;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_BOARD_METRICS_H_
