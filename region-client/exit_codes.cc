#include "region-client/exit_codes.h"

#include "absl/strings/str_cat.h"

namespace envej::region {

std::string ExitCodeHelp(std::initializer_list<ExitCodeMeaning> meanings) {
  std::string help = "Exit codes:\n";
  for (const ExitCodeMeaning& each : meanings) {
    absl::StrAppend(&help, "  ", static_cast<int>(each.code), "  ", each.meaning, "\n");
  }
  return help;
}

}  // namespace envej::region
