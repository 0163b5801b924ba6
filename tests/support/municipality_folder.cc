#include "tests/support/municipality_folder.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "envej/v1/notice.pb.h"
#include "tests/support/exit_codes.h"

namespace envej::support {

std::vector<std::string> MunicipalityFolder::Pull() const {
  const std::string folder = broker_.folder().Path(absl::StrCat("received-", code_));
  std::vector<std::string> arguments = {
      ProgramPath("envej-municipality"), "pull", "--municipality", code_, "--into", folder};
  for (const std::string& argument : broker_.MunicipalityArguments(absl::StrCat("urn:envej:municipality:", code_))) {
    arguments.push_back(argument);
  }
  const Ended ended = RunProgram(arguments);
  EXPECT_EQ(ended.code, kDone) << ended.err;
  std::vector<std::string> held;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!absl::StartsWith(entry.path().filename().string(), "notice-")) continue;
    v1::Notice notice;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(certs::ReadFile(entry.path()), &notice).ok()) << entry;
    held.push_back(absl::StrCat(notice.envelope().discharge_date(), " / ", notice.citizen().name(), " / ",
                                absl::StrJoin(notice.citizen().phone_numbers(), " ")));
  }
  std::sort(held.begin(), held.end());
  return held;
}

std::vector<std::string> MunicipalityFolder::PullUntil(const std::vector<std::string>& held,
                                                       absl::Duration at_most) const {
  const absl::Time until = absl::Now() + at_most;
  std::vector<std::string> has = Pull();
  while (has != held && absl::Now() < until) {
    absl::SleepFor(absl::Milliseconds(200));
    has = Pull();
  }
  return has;
}

}  // namespace envej::support
