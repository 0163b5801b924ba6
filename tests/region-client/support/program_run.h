#ifndef ENVEJ_TESTS_REGION_CLIENT_SUPPORT_PROGRAM_RUN_H_
#define ENVEJ_TESTS_REGION_CLIENT_SUPPORT_PROGRAM_RUN_H_

#include <string>
#include <vector>

#include "certs/client_connection.h"
#include "region-client/notice_sealer.h"
#include "region-client/output.h"

namespace envej::region {

struct ProgramRun {
  ExitCode exit_code = ExitCode::kUnusable;
  std::string out;
  std::string err;
  certs::ConnectionOptions connection;  // that it connected with
  SealingFiles sealing;                 // that it was told to seal with
};

// Runs the whole program within the test, against the broker at `address` without TLS: `arguments` without those
// about the connection, `in` as standard input. Waits between attempts are cut short.
ProgramRun RunWith(const std::string& address, const std::vector<std::string>& arguments, const std::string& in = "");

}  // namespace envej::region

#endif  // ENVEJ_TESTS_REGION_CLIENT_SUPPORT_PROGRAM_RUN_H_
