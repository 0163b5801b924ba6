#include "region-client/sending_options.h"

#include "absl/strings/str_cat.h"
#include "certs/command_line.h"
#include "certs/option_checks.h"
#include "region-client/common_options.h"
#include "region-client/exit_codes.h"
#include "region-client/option_words.h"

namespace envej::region {
namespace {

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

std::string SubmissionExitCodes() {
  return ExitCodeHelp({{ExitCode::kDone, "every notice is accepted, now or before"},
                       {ExitCode::kRefused, "at least one notice was refused"},
                       kUnusableFile,
                       kUnsentNotices});
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

}  // namespace

CLI::App* AddSubmit(CLI::App& app, Arguments& arguments) {
  CLI::App* command = app.add_subcommand("submit", "submit the notices of a file; submitting it again changes nothing");
  AddSubmission(*command, arguments, arguments.submit, arguments.submit_with);
  command->footer(absl::StrCat(kNoticeExample, SubmissionExitCodes()));
  return command;
}

CLI::App* AddRevise(CLI::App& app, Arguments& arguments) {
  CLI::App* command =
      app.add_subcommand("revise", "replace notices by those of a file; revising by it again changes nothing");
  arguments.revise.sent_as = contract::SentAs::kRevision;
  AddSubmission(*command, arguments, arguments.revise, arguments.revise_with);
  AddNoticesOfOption(*command, arguments.revise_with);
  command->footer(absl::StrCat(kRevisionNote, SubmissionExitCodes()));
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
      ->check(certs::OneOf(WithdrawalReasons()));
  AddIdsOption(*command, options.ids);
  AddReceiptsOption(*command, options.receipts);
  AddOutputOption(*command, arguments,
                  "json: a JSON line for every notice on standard output (with its receipt, unless --receipts)");
  AddPatienceOptions(*command, arguments, "how long to try, from 1s to 24h; 5m without it");
  AddSealingOptions(*command, arguments.withdraw_with.sealing);
  AddNoticesOfOption(*command, arguments.withdraw_with);
  certs::AddConnectionOptions(*command, arguments.withdraw_with.connection);
  command->footer(ExitCodeHelp({{ExitCode::kDone, "every notice is withdrawn, now or before"},
                                {ExitCode::kRefused, "at least one withdrawal was refused"},
                                kUnusableCertificate,
                                kUnsentNotices}));
  return command;
}

CLI::App* AddResend(CLI::App& app, Arguments& arguments) {
  CLI::App* command = app.add_subcommand(
      "resend", "send again what a broker has lost, after its store was restored; what it has stays as it is");
  ResendOptions& options = arguments.resend;
  AddSentNoticesOption(*command, options, "a file that was submitted, or that revised; may be given again")->required();
  AddKeptReceiptsOption(*command, options,
                        "a file that keeps receipts, of submissions, revisions or withdrawals; may be given again, and "
                        "the first one gets the new receipts")
      ->required();
  AddOutputOption(*command, arguments, "json: a JSON line on standard output for every notice that the broker lacked");
  AddDeadlineOption(*command, arguments, "how long to try, from 1s to 24h; 5m without it");
  AddSecretOptions(*command, arguments.resend_with.sealing);
  AddSealingOptions(*command, arguments.resend_with.sealing);
  AddNoticesOfOption(*command, arguments.resend_with);
  certs::AddConnectionOptions(*command, arguments.resend_with.connection);
  command->footer(ExitCodeHelp({{ExitCode::kDone, "the broker lacks nothing, now or before"},
                                {ExitCode::kRefused, "something was refused, or what the broker lacks is in no file"},
                                kUnusableFile,
                                kUnsentNotices}));
  return command;
}

CLI::Option* AddSentNoticesOption(CLI::App& command, ResendOptions& options, const std::string& what) {
  return command.add_option("--notices", options.notices, what)->type_name("FILE.jsonl");
}

CLI::Option* AddKeptReceiptsOption(CLI::App& command, ResendOptions& options, const std::string& what) {
  return command.add_option("--receipts", options.receipts, what)->type_name("FILE");
}

}  // namespace envej::region
