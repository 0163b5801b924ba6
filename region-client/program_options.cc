#include "region-client/program_options.h"

#include <CLI/CLI.hpp>

#include "region-client/asking_options.h"
#include "region-client/common_options.h"
#include "region-client/option_words.h"
#include "region-client/sending_options.h"

namespace envej::region {

Commands AddCommands(CLI::App& app, Arguments& arguments) {
  Commands commands;
  commands.submit = AddSubmit(app, arguments);
  commands.revise = AddRevise(app, arguments);
  commands.withdraw = AddWithdraw(app, arguments);
  commands.resend = AddResend(app, arguments);
  commands.acknowledge_outcome = AddAcknowledgeOutcome(app, arguments);
  commands.status = AddStatus(app, arguments);
  commands.watch = AddWatch(app, arguments);
  commands.municipalities = AddMunicipalities(app, arguments);
  CLI::App* receipts = app.add_subcommand("receipts", "fetch the proofs of receipts, and verify them");
  receipts->require_subcommand(1);
  commands.prove = AddProveReceipts(*receipts, arguments);
  commands.verify = AddVerifyReceipts(*receipts, arguments);
  app.footer(kExitCodes);
  return commands;
}

void Translate(Arguments& arguments) {
  absl::Duration deadline;
  absl::ParseDuration(arguments.deadline, &deadline);
  for (absl::Duration* of : {&arguments.submit.deadline, &arguments.revise.deadline, &arguments.withdraw.deadline,
                             &arguments.outcome.deadline, &arguments.prove.deadline, &arguments.resend.deadline}) {
    *of = deadline;
  }
  const ProgressMode progress = ProgressModes().at(arguments.progress);
  for (ProgressMode* of : {&arguments.submit.progress, &arguments.revise.progress, &arguments.withdraw.progress,
                           &arguments.prove.progress}) {
    *of = progress;
  }
  if (!arguments.reason.empty()) arguments.withdraw.reason = WithdrawalReasons().at(arguments.reason);
  const OutputForm output = OutputForms().at(arguments.output);
  arguments.submit.output = output;
  arguments.revise.output = output;
  arguments.withdraw.output = output;
  arguments.resend.output = output;
  arguments.outcome.output = output;
  arguments.status.output = output;
  arguments.watch.output = output;
  arguments.municipalities.output = output;
  arguments.verify_receipts.output = output;
  for (const std::string& state : arguments.states) arguments.status.states.push_back(States().at(state));
  for (const std::string& kind : arguments.kinds) arguments.watch.kinds.push_back(ChangeKinds().at(kind));
  arguments.watch.municipality_codes = {arguments.watched.begin(), arguments.watched.end()};
  if (!arguments.watch_at_most.empty()) absl::ParseDuration(arguments.watch_at_most, &arguments.watch.at_most);
}

}  // namespace envej::region
