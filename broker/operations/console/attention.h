#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_ATTENTION_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_ATTENTION_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/operations/console/output.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::console {

// Why somebody should look at an inbox.
struct Attention {
  int rank = 0;      // the higher, the sooner; 0 for no reason
  std::string text;  // empty for no reason
};

Attention AttentionOf(const v1::InboxStatus& inbox, absl::Time now);

// How much it stands out.
Emphasis EmphasisOf(const Attention& attention);

// Those that somebody should look at first: by rank, then those with the oldest, then those with the most.
std::vector<v1::InboxStatus> ByTrouble(std::vector<v1::InboxStatus> inboxes, absl::Time now);

// What of the broker itself asks for attention; empty for nothing.
std::string TroubleOf(const v1::GetBrokerStatusResponse& status);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_ATTENTION_H_
