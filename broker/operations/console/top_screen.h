#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_TOP_SCREEN_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_TOP_SCREEN_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/operations/console/terminal.h"
#include "envej/v1/operations_service.pb.h"

namespace envej::console {

// What is shown: the newest answers, and how the newest try went.
struct TopState {
  std::vector<v1::InboxStatus> inboxes;
  v1::GetBrokerStatusResponse status;
  std::optional<absl::Time> answered_at;  // nothing before the first answer
  absl::Duration broker_ahead;            // by how much the broker's clock was ahead of ours then
  std::string failure;                    // why there was no answer since; empty if there was. Printable.
};

// The lines of a screen of this size, none wider and not more: the state of all at the top, then the inboxes, those
// that somebody should look at first, as many as there is room for, then the keys. Ages of what the broker stamped are
// by its clock; `now` is by ours.
std::vector<std::string> TopScreen(const TopState& state, const std::string& broker, const ScreenSize& size,
                                   bool colour, const absl::TimeZone& zone, absl::Time now);

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_TOP_SCREEN_H_
