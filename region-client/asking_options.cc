#include "region-client/asking_options.h"

#include "certs/command_line.h"
#include "certs/option_checks.h"
#include "proto/contract/limits.h"
#include "region-client/common_options.h"
#include "region-client/exit_codes.h"
#include "region-client/option_words.h"
#include "region-client/sending_options.h"

namespace envej::region {
namespace {

constexpr char kProvenFooter[] =
    "Proven is that the notice was accepted: what the receipt says. A status beside it must agree in what both say;\n"
    "what came after acceptance (state, leases, conclusion, also the day of discharge) is not proven by it.\n";

}  // namespace

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
  command->footer(ExitCodeHelp({{ExitCode::kDone, "every outcome is noted, now or before"},
                                {ExitCode::kRefused, "at least one was refused: nothing is noted of it"},
                                kUnusableCertificate,
                                kUnsentNotices}));
  return command;
}

CLI::App* AddStatus(CLI::App& app, Arguments& arguments) {
  CLI::App* command = app.add_subcommand("status", "show where one notice is, or all of this region's");
  StatusOptions& options = arguments.status;
  AddMunicipalityOption(*command, options.municipality_code, "the municipality that the notices were sent to");
  CLI::Option* id = command->add_option("id", options.notice_id, "the notice; all of them without it")
                        ->type_name("ID")
                        ->check(CLI::Validator(certs::CheckNoticeId, ""));
  command->add_option("--state", arguments.states, "only those in this state; may be given again for further states")
      ->type_name("waiting|leased|acknowledged|returned|withdrawn|parked|undelivered|missing")
      ->check(certs::OneOf(States()))
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
  command->footer(ExitCodeHelp({kShown,
                                {ExitCode::kRefused, "the broker has no such notice of this region, or refused to say"},
                                kUnusableCertificate,
                                kNoBroker}));
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
      ->check(CLI::Validator(certs::CheckMunicipalityCode, ""))
      ->allow_extra_args(false);
  command
      ->add_option("--kind", arguments.kinds,
                   "only this kind of change, such as returned, overdue or undelivered; may be given again")
      ->type_name("KIND")
      ->check(certs::OneOf(ChangeKinds()))
      ->allow_extra_args(false);
  command->add_option("--for", arguments.watch_at_most, "end after so long, from 1s to 24h; never without it")
      ->type_name("DURATION")
      ->check(CLI::Validator(certs::CheckDeadline, ""));
  AddOutputOption(*command, arguments, "json: a line of envej.v1.NoticeChange for each");
  ResendOptions& resend = arguments.watch_resend;
  CLI::Option* receipts =
      AddKeptReceiptsOption(*command, resend,
                            "send again by itself what a broker has lost, as resend does: a file that keeps receipts; "
                            "may be given again");
  AddSentNoticesOption(*command, resend,
                       "with --receipts: a file that was submitted, or that revised; may be given again")
      ->needs(receipts);
  AddSecretOptions(*command, arguments.watch_with.sealing, /*required=*/false);
  AddSealingOptions(*command, arguments.watch_with.sealing);
  AddNoticesOfOption(*command, arguments.watch_with)
      ->description("with --receipts: send again what is a region's that this one has succeeded")
      ->needs(receipts);
  certs::AddConnectionOptions(*command, arguments.watch_with.connection);
  command->footer(ExitCodeHelp({{ExitCode::kDone, "the time of --for is over"},
                                {ExitCode::kRefused, "the broker refused to tell"},
                                kUnusableCertificate,
                                kNoBroker}));
  return command;
}

CLI::App* AddMunicipalities(CLI::App& app, Arguments& arguments) {
  CLI::App* command = app.add_subcommand(
      "municipalities", "list the municipalities: which take part, and which have an agreement in force today");
  MunicipalitiesOptions& options = arguments.municipalities;
  command->add_option("--leaflet", options.leaflet, "print this municipality's leaflet, to be handed out")
      ->type_name("CODE")
      ->check(CLI::Validator(certs::CheckMunicipalityCode, ""));
  AddOutputOption(*command, arguments, "json: a line of envej.v1.Municipality for each");
  certs::AddConnectionOptions(*command, arguments.municipalities_with.connection);
  command->footer(ExitCodeHelp({kShown,
                                {ExitCode::kRefused, "there is no such municipality, or the broker refused to say"},
                                kUnusableCertificate,
                                kNoBroker}));
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
  prove->footer(
      ExitCodeHelp({{ExitCode::kDone, "every receipt has its proof"},
                    {ExitCode::kRefused, "at least one receipt was refused"},
                    kUnusableCertificate,
                    kNoBroker,
                    {ExitCode::kNotYet, "some receipts have no proof yet: run the same again in some minutes"}}));
  return prove;
}

CLI::App* AddVerifyReceipts(CLI::App& receipts, Arguments& arguments) {
  CLI::App* verify = receipts.add_subcommand(
      "verify", "prove that receipts stand under checkpoints of the journal that a broker signed");
  verify->footer(absl::StrCat(kProvenFooter, "\n",
                              ExitCodeHelp({{ExitCode::kDone, "every receipt is proven"},
                                            {ExitCode::kRefused, "at least one receipt is not proven"},
                                            kUnusableFile})));
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

}  // namespace envej::region
