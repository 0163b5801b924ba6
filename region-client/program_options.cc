#include "region-client/program_options.h"

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "certs/command_line.h"
#include "proto/contract/limits.h"
#include "region-client/option_words.h"

namespace envej::region {
namespace {

constexpr char kFooter[] =
    "Exit codes:\n"
    "  0  everything was done: every notice is accepted, now or before\n"
    "  1  at least one notice was refused, or what was asked for does not exist\n"
    "  2  wrong usage, or a file, certificate or output that cannot be used; a file without notices is one\n"
    "  3  the broker could not be reached, or notices are unsent, or it is unknown whether they are accepted: run the\n"
    "     same again with the same ids; nothing is doubled\n"
    "  4  receipts prove: some receipts have no proof yet; run the same again in some minutes\n";

constexpr char kRevisionNote[] =
    "Each line is the whole notice as it is now, with the id of the one that it replaces and \"revision\": 2 or higher "
    "in\n"
    "its envelope, more than all before; one that says none is sent as the next after the broker's newest. One "
    "revision\n"
    "of a notice a file. `envej-region submit --help` shows a notice.\n\n";

constexpr char kNoticeExample[] =
    "A notice, here broken over several lines; give each its own id, such as /proc/sys/kernel/random/uuid holds, and "
    "its\n"
    "own time and days, which are checked against today:\n"
    "  {\"envelope\": {\"municipalityCode\": \"0101\", \"noticeId\": \"5f0a8f4e-9d3c-4b7a-8c21-2f6d8a0b1c3d\",\n"
    "    \"createdAt\": \"2026-11-22T10:30:00Z\", \"dischargeDate\": \"2026-11-23\",\n"
    "    \"consent\": {\"contact\": {\"givenOn\": \"2026-11-20\", \"form\": \"CONSENT_FORM_WRITTEN\"},\n"
    "      \"disclosure\": {\"givenOn\": \"2026-11-20\", \"form\": \"CONSENT_FORM_ORAL_RECORDED\"}},\n"
    "    \"criteria\": {\"aged18OrOver\": true, \"mentalIllness\": true,\n"
    "      \"dischargedFromRegionalPsychiatry\": true, \"noSupportUnderServiceloven\": true}},\n"
    "   \"citizen\": {\"name\": \"Opdigtet Borger\", \"phoneNumbers\": [\"+4520000001\"]}}\n"
    "Spaces and hyphens in a phone number that begins with + are taken out.\n\n";

constexpr char kProvenFooter[] =
    "Proven is that the notice was accepted: what the receipt says. A status beside it must agree in what both say;\n"
    "what came after acceptance (state, leases, conclusion, also the day of discharge) is not proven by it.\n";

void AddOutputOption(CLI::App& command, Arguments& arguments, const std::string& what) {
  command.add_option("--output", arguments.output, what)->type_name("text|json")->check(OneOf(OutputForms()));
}

void AddDeadlineOption(CLI::App& command, Arguments& arguments, const std::string& deadline) {
  command.add_option("--deadline", arguments.deadline, deadline)
      ->type_name("DURATION")
      ->check(CLI::Validator(CheckDeadline, ""));
}

void AddPatienceOptions(CLI::App& command, Arguments& arguments, const std::string& deadline) {
  command.add_option("--progress", arguments.progress, "whether to draw a progress bar on standard error")
      ->type_name("auto|always|never")
      ->check(OneOf(ProgressModes()));
  AddDeadlineOption(command, arguments, deadline);
}

void AddReceiptsOption(CLI::App& command, std::string& receipts) {
  command
      .add_option("--receipts", receipts,
                  "append the receipts to this file, each once and durably (standard output without it)")
      ->type_name("FILE");
}

void AddMunicipalityOption(CLI::App& command, std::string& code, const std::string& what) {
  command.add_option("--municipality", code, what)
      ->type_name("CODE")
      ->required()
      ->check(CLI::Validator(CheckMunicipalityCode, ""));
}

void AddIdsOption(CLI::App& command, std::vector<std::string>& ids) {
  command.add_option("ids", ids, "the notices, at most 500; - for standard input, one a line")
      ->type_name("ID")
      ->required();
}

void AddNoticesOfOption(CLI::App& command, Connected& connected) {
  command
      .add_option("--notices-of", connected.notices_of,
                  "a region that this one has succeeded, by the broker's register: the notices are that one's")
      ->type_name("CODE")
      ->check(CLI::Validator(CheckRegionCode, ""));
}

void AddSecretOptions(CLI::App& command, SealingFiles& sealing, bool required = true) {
  command
      .add_option("--secret", sealing.secret,
                  "the region's own secret, by which its notices are recognised when they are repeated; made by "
                  "`envej-certs secret`")
      ->type_name("FILE")
      ->envname("ENVEJ_SECRET")
      ->required(required);
  command
      .add_option("--former-secret", sealing.former_secrets,
                  "a secret that it replaced less than seven months ago; may be given again")
      ->type_name("FILE")
      ->expected(1, static_cast<int>(contract::kFormerCommitments))
      ->allow_extra_args(false);
}

void AddSealingOptions(CLI::App& command, SealingFiles& sealing) {
  command
      .add_option("--region", sealing.region_code,
                  "the region's code, where the certificate bears no URI name that says it, as those of OCES do: the "
                  "one under which the broker's register has the certificate")
      ->type_name("CODE")
      ->envname("ENVEJ_REGION")
      ->check(CLI::Validator(CheckRegionCode, ""));
  command
      .add_option("--revocation-lists", sealing.revocation_lists,
                  "file or folder with the authorities' revocation lists: nothing is sealed to an inbox certificate "
                  "that is revoked, or of which no current list says anything")
      ->type_name("PATH")
      ->envname("ENVEJ_REVOCATION_LISTS");
}

// What submit and revise have in common.
void AddSubmission(CLI::App& command, Arguments& arguments, SubmitOptions& options, Connected& connected) {
  command
      .add_option("file", options.file,
                  "notices as proto3 JSON of envej.v1.Notice, one a line of at most 256 KiB; - for standard input")
      ->type_name("FILE.jsonl")
      ->required();
  AddReceiptsOption(command, options.receipts);
  AddOutputOption(command, arguments,
                  "json: a JSON line for every notice on standard output (with its receipt, unless --receipts)");
  AddPatienceOptions(command, arguments, "how long to try, from 1s to 24h; 5m without it");
  AddSecretOptions(command, connected.sealing);
  AddSealingOptions(command, connected.sealing);
  certs::AddConnectionOptions(command, connected.connection);
}

CLI::App* AddSubmit(CLI::App& app, Arguments& arguments) {
  CLI::App* command = app.add_subcommand("submit", "submit the notices of a file; submitting it again changes nothing");
  AddSubmission(*command, arguments, arguments.submit, arguments.submit_with);
  command->footer(absl::StrCat(kNoticeExample, kFooter));
  return command;
}

CLI::App* AddRevise(CLI::App& app, Arguments& arguments) {
  CLI::App* command =
      app.add_subcommand("revise", "replace notices by those of a file; revising by it again changes nothing");
  arguments.revise.sent_as = contract::SentAs::kRevision;
  AddSubmission(*command, arguments, arguments.revise, arguments.revise_with);
  AddNoticesOfOption(*command, arguments.revise_with);
  command->footer(absl::StrCat(kRevisionNote, kFooter));
  return command;
}

CLI::App* AddWithdraw(CLI::App& app, Arguments& arguments) {
  CLI::App* command =
      app.add_subcommand("withdraw", "withdraw notices, also ones never submitted; withdrawing again changes nothing");
  WithdrawOptions& options = arguments.withdraw;
  AddMunicipalityOption(*command, options.municipality_code, "the municipality that the notices were sent to");
  command->add_option("--reason", arguments.reason, "why")
      ->type_name("consent-withdrawn|deceased|not-in-target-group|sent-in-error|readmitted")
      ->required()
      ->check(OneOf(WithdrawalReasons()));
  AddIdsOption(*command, options.ids);
  AddReceiptsOption(*command, options.receipts);
  AddOutputOption(*command, arguments,
                  "json: a JSON line for every notice on standard output (with its receipt, unless --receipts)");
  AddPatienceOptions(*command, arguments, "how long to try, from 1s to 24h; 5m without it");
  AddSealingOptions(*command, arguments.withdraw_with.sealing);
  AddNoticesOfOption(*command, arguments.withdraw_with);
  certs::AddConnectionOptions(*command, arguments.withdraw_with.connection);
  return command;
}

CLI::App* AddResend(CLI::App& app, Arguments& arguments) {
  CLI::App* command = app.add_subcommand(
      "resend", "send again what a broker has lost, after its store was restored; what it has stays as it is");
  ResendOptions& options = arguments.resend;
  command
      ->add_option("--notices", options.notices, "the files that were submitted, or that revised; may be given again")
      ->type_name("FILE.jsonl")
      ->required();
  command->add_option("--receipts", options.receipts, "the file that keeps the receipts; gets the new ones too")
      ->type_name("FILE")
      ->required();
  AddOutputOption(*command, arguments, "json: a JSON line on standard output for every notice that the broker lacked");
  AddDeadlineOption(*command, arguments, "how long to try, from 1s to 24h; 5m without it");
  AddSecretOptions(*command, arguments.resend_with.sealing);
  AddSealingOptions(*command, arguments.resend_with.sealing);
  certs::AddConnectionOptions(*command, arguments.resend_with.connection);
  return command;
}

CLI::App* AddAcknowledgeOutcome(CLI::App& app, Arguments& arguments) {
  CLI::App* outcome = app.add_subcommand("outcome", "take note of notices that did not reach their mentor");
  outcome->require_subcommand(1);
  CLI::App* command = outcome->add_subcommand(
      "acknowledge", "say that the region has seen to the citizens of notices that were returned or are undelivered");
  AddMunicipalityOption(*command, arguments.outcome.municipality_code, "the municipality that they were sent to");
  AddIdsOption(*command, arguments.outcome.ids);
  AddOutputOption(*command, arguments, "json: a JSON line for every notice on standard output");
  AddDeadlineOption(*command, arguments, "how long to try, from 1s to 24h; 5m without it");
  AddNoticesOfOption(*command, arguments.outcome_with);
  certs::AddConnectionOptions(*command, arguments.outcome_with.connection);
  command->footer(kFooter);
  return command;
}

CLI::App* AddStatus(CLI::App& app, Arguments& arguments) {
  CLI::App* command = app.add_subcommand("status", "show where one notice is, or all of this region's");
  StatusOptions& options = arguments.status;
  AddMunicipalityOption(*command, options.municipality_code, "the municipality that the notices were sent to");
  CLI::Option* id = command->add_option("id", options.notice_id, "the notice; all of them without it")
                        ->type_name("ID")
                        ->check(CLI::Validator(CheckNoticeId, ""));
  command->add_option("--state", arguments.states, "only those in this state; may be given again for further states")
      ->type_name("waiting|leased|acknowledged|returned|withdrawn|parked|undelivered|missing")
      ->check(OneOf(States()))
      ->expected(1, contract::kListStatesMost)
      ->allow_extra_args(false)
      ->excludes(id);
  command->add_option("--origin", options.origin, "only those that this system of the region sent")
      ->type_name("NAME")
      ->excludes(id);
  AddOutputOption(*command, arguments,
                  "json: a line of envej.v1.NoticeStatus for each; of one notice, an envej.v1.GetNoticeResponse");
  AddNoticesOfOption(*command, arguments.status_with);
  certs::AddConnectionOptions(*command, arguments.status_with.connection);
  return command;
}

CLI::App* AddWatch(CLI::App& app, Arguments& arguments) {
  CLI::App* command = app.add_subcommand("watch", "tell what becomes of this region's notices, as it happens");
  WatchOptions& options = arguments.watch;
  command
      ->add_option("--resume", options.resume,
                   "keep in this file how far was told, and go on from there; without it, all that the broker still "
                   "has is told, from the oldest on")
      ->type_name("FILE");
  command->add_option("--municipality", arguments.watched, "only of notices to this one; may be given again")
      ->type_name("CODE")
      ->check(CLI::Validator(CheckMunicipalityCode, ""))
      ->allow_extra_args(false);
  command
      ->add_option("--kind", arguments.kinds,
                   "only this kind of change, such as returned, overdue or undelivered; may be given again")
      ->type_name("KIND")
      ->check(OneOf(ChangeKinds()))
      ->allow_extra_args(false);
  command->add_option("--for", arguments.watch_at_most, "end after so long, from 1s to 24h; never without it")
      ->type_name("DURATION")
      ->check(CLI::Validator(CheckDeadline, ""));
  AddOutputOption(*command, arguments, "json: a line of envej.v1.NoticeChange for each");
  ResendOptions& resend = arguments.watch_resend;
  CLI::Option* receipts = command
                              ->add_option("--receipts", resend.receipts,
                                           "send again by itself what a broker has lost, as resend does: "
                                           "the file that keeps the receipts")
                              ->type_name("FILE");
  command->add_option("--notices", resend.notices, "with --receipts: the files that were submitted, or that revised")
      ->type_name("FILE.jsonl")
      ->needs(receipts);
  AddSecretOptions(*command, arguments.watch_with.sealing, /*required=*/false);
  AddSealingOptions(*command, arguments.watch_with.sealing);
  certs::AddConnectionOptions(*command, arguments.watch_with.connection);
  return command;
}

CLI::App* AddMunicipalities(CLI::App& app, Arguments& arguments) {
  CLI::App* command = app.add_subcommand(
      "municipalities", "list the municipalities: which take part, and which have an agreement in force today");
  MunicipalitiesOptions& options = arguments.municipalities;
  command->add_option("--leaflet", options.leaflet, "print this municipality's leaflet, to be handed out")
      ->type_name("CODE")
      ->check(CLI::Validator(CheckMunicipalityCode, ""));
  AddOutputOption(*command, arguments, "json: a line of envej.v1.Municipality for each");
  certs::AddConnectionOptions(*command, arguments.municipalities_with.connection);
  return command;
}

CLI::App* AddProveReceipts(CLI::App& receipts, Arguments& arguments) {
  CLI::App* prove =
      receipts.add_subcommand("prove", "fetch the proofs of receipts, as lines for receipts verify on standard output");
  prove->add_option("receipts", arguments.prove.receipts, "receipts, one a line, as submit --receipts keeps them")
      ->type_name("FILE.jsonl")
      ->required();
  AddPatienceOptions(*prove, arguments,
                     "how long to try again at a receipt while the broker does not answer, from 1s to 24h; 5m without "
                     "it");
  certs::AddConnectionOptions(*prove, arguments.prove_with.connection);
  prove->footer(kFooter);
  return prove;
}

CLI::App* AddVerifyReceipts(CLI::App& receipts, Arguments& arguments) {
  CLI::App* verify = receipts.add_subcommand(
      "verify", "prove that receipts stand under checkpoints of the journal that a broker signed");
  verify->footer(kProvenFooter);
  VerifyReceiptsOptions& options = arguments.verify_receipts;
  verify
      ->add_option("proofs", options.proofs,
                   "JSON lines of envej.v1.GetNoticeResponse, as receipts prove and status ID --output json write them")
      ->type_name("FILE.jsonl")
      ->required();
  verify->add_option("--receipts", options.receipts, "every receipt in this file must be one of those proven")
      ->type_name("FILE.jsonl");
  verify->add_option("--authorities", options.authorities, "those whose brokers' signatures count (PEM)")
      ->type_name("FILE")
      ->envname("ENVEJ_AUTHORITIES")
      ->required();
  verify
      ->add_option("--revocation-lists", options.revocation_lists,
                   "file or folder with their revocation lists: a signature counts up to the date from which its "
                   "certificate is revoked, and not at all while no current list says anything of it")
      ->type_name("PATH")
      ->envname("ENVEJ_REVOCATION_LISTS");
  AddOutputOption(*verify, arguments, "json: a JSON line for each that is not proven, and one with the counts");
  return verify;
}

}  // namespace

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
  app.footer(kFooter);
  for (CLI::App* command : app.get_subcommands({})) {
    if (command != commands.submit && command != commands.revise) command->footer(kFooter);
  }
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
