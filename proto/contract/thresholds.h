#ifndef ENVEJ_PROTO_CONTRACT_THRESHOLDS_H_
#define ENVEJ_PROTO_CONTRACT_THRESHOLDS_H_

#include "absl/time/time.h"

namespace envej::contract {

// When an item is late, as the agreement of its region and its municipality has it; each counted from when the item
// came into the inbox. What is late is told to region and operations, and stays to be delivered. These are those of an
// agreement that says nothing else.
struct Thresholds {
  absl::Duration not_fetched = absl::Hours(4);
  absl::Duration not_acknowledged = absl::Hours(24);
  absl::Duration past_discharge = absl::Hours(24);    // from the end of the day of discharge; never before not_fetched
  absl::Duration undelivered = absl::Hours(24 * 14);  // told then, and each day after
  absl::Duration destroyed = absl::Hours(24 * 30);    // the content is destroyed, and that is told

  bool operator==(const Thresholds&) const = default;
};

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_THRESHOLDS_H_
