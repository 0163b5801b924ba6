#ifndef ENVEJ_REGION_CLIENT_NEWEST_H_
#define ENVEJ_REGION_CLIENT_NEWEST_H_

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "absl/time/time.h"
#include "envej/v1/intake_service.pb.h"
#include "region-client/call_failure.h"
#include "region-client/command_context.h"
#include "region-client/submission_client.h"

namespace envej::region {

// What the broker has of a notice: the newest that it accepted, nothing if it knows none, or why it did not say until
// `deadline`. What is retriable is tried again, and each time told. Thread-safe, if `trying_again` is.
using Newest = std::variant<std::optional<v1::GetNoticeResponse>, CallFailure>;
Newest AskNewest(const CommandContext& context, absl::Time deadline, const std::string& municipality_code,
                 const std::string& notice_id, const std::function<void(const CallFailure&)>& trying_again);

// What a notice ends as of which the broker could not be asked.
Outcome NotAsked(const CallFailure& failure);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_NEWEST_H_
