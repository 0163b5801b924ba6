#ifndef ENVEJ_MUNICIPALITY_CLIENT_HOOK_H_
#define ENVEJ_MUNICIPALITY_CLIENT_HOOK_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace envej::municipality_client {

inline constexpr absl::Duration kHookLimit = absl::Minutes(10);

// Runs `command` with /bin/sh -c, the paths one a line on its standard input, and waits for it at most `limit`; then
// it and what it started are killed. What it prints goes to standard error.
//
// OK when it ended with 0. ABORTED when it ended otherwise or was killed; INTERNAL when it could not be started. The
// text names neither the command nor the paths.
absl::Status RunHook(const std::string& command, const std::vector<std::string>& paths,
                     absl::Duration limit = kHookLimit);

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_HOOK_H_
