#ifndef ENVEJ_REGION_CLIENT_STATUS_COMMAND_H_
#define ENVEJ_REGION_CLIENT_STATUS_COMMAND_H_

#include <string>
#include <vector>

#include "envej/v1/state.pb.h"
#include "region-client/command_context.h"

namespace envej::region {

inline constexpr size_t kTableRows = 100'000;

struct StatusOptions {
  std::string municipality_code;
  std::string notice_id;                // empty for all of the region's
  std::vector<v1::NoticeState> states;  // empty for all; at most contract::kListStatesMost
  std::string origin;                   // empty for all
  OutputForm output = OutputForm::kText;
};

// Says where one notice is, or where all of the region's notices to one municipality are, page by page.
ExitCode ShowStatus(const StatusOptions& options, const CommandContext& context);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_STATUS_COMMAND_H_
