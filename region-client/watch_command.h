#ifndef ENVEJ_REGION_CLIENT_WATCH_COMMAND_H_
#define ENVEJ_REGION_CLIENT_WATCH_COMMAND_H_

#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "envej/v1/intake_service.pb.h"
#include "region-client/command_context.h"
#include "region-client/sending_again.h"

namespace envej::region {

struct WatchOptions {
  std::string resume;                                 // file with the place to go on at; empty: begins with the oldest
  std::set<std::string> municipality_codes;           // empty for all
  std::vector<v1::ChangeKind> kinds;                  // empty for all
  absl::Duration at_most = absl::InfiniteDuration();  // how long to watch
  OutputForm output = OutputForm::kText;
  // Is told of every answer; may be null. Must outlive the watching.
  SendingAgain* sending_again = nullptr;
};

// Writes a line for each thing that happens to the region's notices, as long as it is let. What was written is not
// written again after a stop, but for what was under way then: the place is kept in the file, durably, once the lines
// are out. While the broker does not answer it is tried again, for as long as it takes.
ExitCode WatchChanges(const WatchOptions& options, const CommandContext& context);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_WATCH_COMMAND_H_
