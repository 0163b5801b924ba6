#ifndef ENVEJ_REGION_CLIENT_PROGRAM_OPTIONS_H_
#define ENVEJ_REGION_CLIENT_PROGRAM_OPTIONS_H_

#include <string>
#include <vector>

#include "certs/client_connection.h"
#include "region-client/municipalities_command.h"
#include "region-client/notice_sealer.h"
#include "region-client/outcome_command.h"
#include "region-client/prove_command.h"
#include "region-client/receipts_command.h"
#include "region-client/resend_command.h"
#include "region-client/status_command.h"
#include "region-client/submit_command.h"
#include "region-client/watch_command.h"
#include "region-client/withdraw_command.h"

namespace CLI {
class App;
}  // namespace CLI

namespace envej::region {

// What a command calls, and seals, with. One for each command: CLI11 reads the environment for those that are not used
// too.
struct Connected {
  certs::ConnectionOptions connection;
  std::string notices_of;
  SealingFiles sealing;
};

// What the arguments say.
struct Arguments {
  SubmitOptions submit;
  SubmitOptions revise;
  WithdrawOptions withdraw;
  ResendOptions resend;
  OutcomeOptions outcome;
  StatusOptions status;
  WatchOptions watch;
  ResendOptions watch_resend;
  MunicipalitiesOptions municipalities;
  VerifyReceiptsOptions verify_receipts;
  ProveOptions prove;
  Connected submit_with;
  Connected revise_with;
  Connected withdraw_with;
  Connected resend_with;
  Connected outcome_with;
  Connected status_with;
  Connected watch_with;
  Connected municipalities_with;
  Connected prove_with;
  // Checked names, until they are translated.
  std::string deadline = "5m";
  std::string output = "text";
  std::string progress = "auto";
  std::string reason;
  std::vector<std::string> states;
  std::vector<std::string> kinds;
  std::vector<std::string> watched;  // municipalities
  std::string watch_at_most;         // empty: for ever
};

// The commands, of which one is parsed.
struct Commands {
  CLI::App* submit = nullptr;
  CLI::App* revise = nullptr;
  CLI::App* withdraw = nullptr;
  CLI::App* resend = nullptr;
  CLI::App* acknowledge_outcome = nullptr;
  CLI::App* status = nullptr;
  CLI::App* watch = nullptr;
  CLI::App* municipalities = nullptr;
  CLI::App* prove = nullptr;
  CLI::App* verify = nullptr;
};

// Adds every command with its options and help. Parsing then writes to `arguments`, which must outlive `app`.
Commands AddCommands(CLI::App& app, Arguments& arguments);

// The names that were checked, as what they mean.
void Translate(Arguments& arguments);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_PROGRAM_OPTIONS_H_
