#ifndef ENVEJ_REGION_CLIENT_REVISION_NUMBERS_H_
#define ENVEJ_REGION_CLIENT_REVISION_NUMBERS_H_

#include <functional>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "region-client/call_failure.h"
#include "region-client/command_context.h"
#include "region-client/notice_file.h"
#include "region-client/notice_sealer.h"
#include "region-client/submission_client.h"

namespace envej::region {

// Gives each revision of which its line does not say the number the one after the newest that the broker has; or the
// newest's own, if that is this revision, so that running the same again changes nothing. One of which the broker has
// nothing, or cannot be asked until `deadline`, gets its outcome. Says on standard error which numbers they get, of the
// first kNumbersTold each.
void NumberRevisions(std::vector<NoticeEntry>& notices, const CommandContext& context, absl::Time deadline,
                     const NoticeSealer& sealer, const std::function<void(const CallFailure&)>& trying_again,
                     std::vector<std::optional<Outcome>>& outcomes);

inline constexpr size_t kNumbersTold = 20;

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_REVISION_NUMBERS_H_
