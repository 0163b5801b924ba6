#ifndef ENVEJ_REGION_CLIENT_RESEND_COMMAND_H_
#define ENVEJ_REGION_CLIENT_RESEND_COMMAND_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "region-client/command_context.h"
#include "region-client/notice_sealer.h"
#include "region-client/sending_again.h"

namespace envej::region {

struct ResendOptions {
  std::vector<std::string> notices;            // files that were submitted, or that revised
  std::vector<std::string> receipts;           // files: those of what was accepted; the first also gets the new ones
  OutputForm output = OutputForm::kText;       // kJson: a line for every notice that the broker lacked
  absl::Duration deadline = absl::Minutes(5);  // for all of it, from now on
};

// Sends again what the broker has lost (resend.h), and says what became of it. Running it again is always safe.
ExitCode ResendNotices(const ResendOptions& options, const CommandContext& context, NoticeSealer& sealer);
// The same of what may be lacking alone; a file of receipts that is not there yet holds none. Answers what is still to
// be sent again: what could not be for now, or all of it if a file cannot be used.
Lacking ResendLacking(const ResendOptions& options, const CommandContext& context, NoticeSealer& sealer,
                      const Lacking& lacking);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_RESEND_COMMAND_H_
