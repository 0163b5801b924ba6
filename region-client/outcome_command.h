#ifndef ENVEJ_REGION_CLIENT_OUTCOME_COMMAND_H_
#define ENVEJ_REGION_CLIENT_OUTCOME_COMMAND_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "region-client/command_context.h"

namespace envej::region {

struct OutcomeOptions {
  std::string municipality_code;
  std::vector<std::string> ids;  // as ReadNoticeIds takes them
  OutputForm output = OutputForm::kText;
  absl::Duration deadline = absl::Minutes(5);  // for all of it, from now on
};

// Says of each notice that the region has taken note that it was returned or is undelivered, and prints when the region
// first said so, in a table or as a JSON line for each. One that is refused spoils no other. Running it again is always
// safe.
ExitCode AcknowledgeOutcomes(const OutcomeOptions& options, const CommandContext& context);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_OUTCOME_COMMAND_H_
