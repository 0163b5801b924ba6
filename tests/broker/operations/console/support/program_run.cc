#include "tests/broker/operations/console/support/program_run.h"

#include <algorithm>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "broker/operations/console/program.h"
#include "proto/contract/message_codec.h"

namespace envej::console {

ProgramRun RunWith(const OperationsServer& server, const std::vector<std::string>& arguments,
                   const RunSettings& settings) {
  std::vector<std::string> all = arguments;
  const std::vector<std::string> connection = server.Arguments();
  all.insert(all.end(), connection.begin(), connection.end());
  return RunWithArguments(all, settings);
}

ProgramRun RunWithArguments(const std::vector<std::string>& arguments, const RunSettings& settings) {
  std::vector<const char*> argv = {"envej-ops"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  std::istringstream in(settings.in);
  std::ostringstream out;
  std::ostringstream err;
  const Streams streams{.in = in,
                        .out = out,
                        .err = err,
                        .in_is_terminal = settings.in_is_terminal,
                        .colour = settings.colour,
                        .screen = -1,
                        .keys = -1};
  const certs::Surroundings surroundings{
      .now = [] { return absl::Now(); },
      .sleep = [](absl::Duration duration) { absl::SleepFor(std::min(duration, absl::Milliseconds(20))); },
      .random = [] { return 0.5; }};
  const Outside outside{.streams = streams, .surroundings = surroundings, .connect = certs::Connect};
  const ExitCode exit_code = RunProgram(static_cast<int>(argv.size()), argv.data(), outside);
  return {.exit_code = exit_code, .out = out.str(), .err = err.str()};
}

google::protobuf::Timestamp Before(absl::Duration ago) { return contract::ToMessage(absl::Now() - ago); }

std::string NoticeIdNumber(unsigned number) { return absl::StrFormat("%08x-5d4a-4f6b-8a7c-9d0e1f2a3b4c", number); }

std::string NoticeNameNumber(unsigned number) { return absl::StrCat("0101/1081/", NoticeIdNumber(number)); }

v1::OperationsNotice NoticeNumber(unsigned number) {
  v1::OperationsNotice notice;
  notice.set_region_code("1081");
  notice.set_municipality_code("0101");
  notice.set_notice_id(NoticeIdNumber(number));
  notice.set_revision(1);
  notice.set_state(v1::NOTICE_STATE_WAITING);
  notice.set_kind(v1::ITEM_KIND_NOTICE);
  *notice.mutable_accepted_at() = Before(absl::Hours(1));
  *notice.mutable_entered_at() = Before(absl::Hours(1));
  return notice;
}

}  // namespace envej::console
