#ifndef ENVEJ_TESTS_BROKER_OPERATIONS_CONSOLE_SUPPORT_PROGRAM_RUN_H_
#define ENVEJ_TESTS_BROKER_OPERATIONS_CONSOLE_SUPPORT_PROGRAM_RUN_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/operations/console/output.h"
#include "tests/broker/operations/console/support/operations_server.h"

namespace envej::console {

struct ProgramRun {
  ExitCode exit_code = ExitCode::kUnusable;
  std::string out;
  std::string err;
};

struct RunSettings {
  std::string in = {};  // what standard input says
  bool in_is_terminal = false;
  bool colour = false;
};

// Runs the whole program within the test against the server, over mTLS: `arguments` without those about the connection.
// Waits between attempts are cut short.
ProgramRun RunWith(const OperationsServer& server, const std::vector<std::string>& arguments,
                   const RunSettings& settings = {});
// The same with other arguments about the connection.
ProgramRun RunWithArguments(const std::vector<std::string>& arguments, const RunSettings& settings = {});

// A time so long before now, as a message.
google::protobuf::Timestamp Before(absl::Duration ago);

// Notice `number` of region 1081 to municipality 0101, waiting for an hour; and its name.
std::string NoticeIdNumber(unsigned number);
std::string NoticeNameNumber(unsigned number);
v1::OperationsNotice NoticeNumber(unsigned number);

}  // namespace envej::console

#endif  // ENVEJ_TESTS_BROKER_OPERATIONS_CONSOLE_SUPPORT_PROGRAM_RUN_H_
