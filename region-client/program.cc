#include "region-client/program.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "certs/command_line.h"
#include "proto/contract/day.h"
#include "proto/contract/limits.h"
#include "proto/contract/notice_id.h"
#include "region-client/municipalities_command.h"
#include "region-client/prove_command.h"
#include "region-client/receipts_command.h"
#include "region-client/status_command.h"
#include "region-client/submit_command.h"

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

constexpr absl::Duration kDeadlineLeast = absl::Seconds(1);
constexpr absl::Duration kDeadlineMost = absl::Hours(24);

const std::map<std::string, OutputForm>& OutputForms() {
  static const auto* const kForms =
      new std::map<std::string, OutputForm>{{"text", OutputForm::kText}, {"json", OutputForm::kJson}};
  return *kForms;
}

const std::map<std::string, ProgressMode>& ProgressModes() {
  static const auto* const kModes = new std::map<std::string, ProgressMode>{
      {"auto", ProgressMode::kAuto}, {"always", ProgressMode::kAlways}, {"never", ProgressMode::kNever}};
  return *kModes;
}

const std::map<std::string, v1::NoticeState>& States() {
  static const auto* const kStates =
      new std::map<std::string, v1::NoticeState>{{"waiting", v1::NOTICE_STATE_WAITING},
                                                 {"leased", v1::NOTICE_STATE_LEASED},
                                                 {"acknowledged", v1::NOTICE_STATE_ACKNOWLEDGED},
                                                 {"returned", v1::NOTICE_STATE_RETURNED}};
  return *kStates;
}

// What the arguments say.
struct Arguments {
  SubmitOptions submit;
  SealingFiles sealing;
  StatusOptions status;
  MunicipalitiesOptions municipalities;
  VerifyReceiptsOptions verify_receipts;
  ProveOptions prove;
  // One for each command: CLI11 reads the environment for those that are not used too.
  certs::ConnectionOptions submit_connection;
  certs::ConnectionOptions status_connection;
  certs::ConnectionOptions municipalities_connection;
  certs::ConnectionOptions prove_connection;
  std::string deadline = "5m";
  std::string output = "text";
  std::string progress = "auto";
  std::vector<std::string> states;
};

bool IsCode(const std::string& text) {
  return text.size() == 4 && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

std::string CheckMunicipalityCode(const std::string& text) {
  return IsCode(text) ? "" : "a municipality's code has four digits, such as 0101";
}

std::string CheckRegionCode(const std::string& text) {
  return IsCode(text) ? "" : "a region's code has four digits, such as 1081";
}

std::string CheckNoticeId(const std::string& text) {
  return contract::NoticeId::Parse(text).has_value() ? "" : "a notice id is a random UUID in lower case";
}

std::string CheckDeadline(const std::string& text) {
  absl::Duration deadline;
  const bool good = absl::ParseDuration(text, &deadline) && deadline >= kDeadlineLeast && deadline <= kDeadlineMost;
  return good ? "" : "a duration from 1s to 24h, such as 90s or 5m";
}

// Only the names of `choices`, whose values are for later.
template <typename Value>
CLI::Validator OneOf(const std::map<std::string, Value>& choices) {
  std::string names;
  for (const auto& [name, value] : choices) absl::StrAppend(&names, names.empty() ? "one of " : ", ", name);
  return CLI::Validator([&choices, names](std::string& text) { return choices.count(text) != 0 ? "" : names; }, "");
}

void AddOutputOption(CLI::App& command, Arguments& arguments, const std::string& what) {
  command.add_option("--output", arguments.output, what)->type_name("text|json")->check(OneOf(OutputForms()));
}

void AddPatienceOptions(CLI::App& command, Arguments& arguments, const std::string& deadline) {
  command.add_option("--progress", arguments.progress, "whether to draw a progress bar on standard error")
      ->type_name("auto|always|never")
      ->check(OneOf(ProgressModes()));
  command.add_option("--deadline", arguments.deadline, deadline)
      ->type_name("DURATION")
      ->check(CLI::Validator(CheckDeadline, ""));
}

CLI::App* AddSubmit(CLI::App& app, Arguments& arguments) {
  CLI::App* command = app.add_subcommand("submit", "submit the notices of a file; submitting it again changes nothing");
  SubmitOptions& options = arguments.submit;
  command
      ->add_option("file", options.file,
                   "notices as proto3 JSON of envej.v1.Notice, one a line of at most 256 KiB; - for standard input")
      ->type_name("FILE.jsonl")
      ->required();
  command
      ->add_option("--receipts", options.receipts,
                   "append the receipts to this file, each once and durably (standard output without it)")
      ->type_name("FILE");
  AddOutputOption(*command, arguments,
                  "json: a JSON line for every notice on standard output (with its receipt, unless --receipts)");
  AddPatienceOptions(*command, arguments, "how long to try, from 1s to 24h; 5m without it");
  command
      ->add_option("--secret", arguments.sealing.secret,
                   "the region's own secret, by which its notices are recognised when they are repeated; made by "
                   "`envej-certs secret`")
      ->type_name("FILE")
      ->envname("ENVEJ_SECRET")
      ->required();
  command
      ->add_option("--former-secret", arguments.sealing.former_secrets,
                   "a secret that it replaced less than seven months ago; may be given again")
      ->type_name("FILE")
      ->expected(1, static_cast<int>(contract::kFormerCommitments))
      ->allow_extra_args(false);
  command
      ->add_option("--region", arguments.sealing.region_code,
                   "the region's code, where the certificate bears no URI name that says it, as those of OCES do: the "
                   "one under which the broker's register has the certificate")
      ->type_name("CODE")
      ->envname("ENVEJ_REGION")
      ->check(CLI::Validator(CheckRegionCode, ""));
  command
      ->add_option("--revocation-lists", arguments.sealing.revocation_lists,
                   "file or folder with the authorities' revocation lists: nothing is sealed to an inbox certificate "
                   "that is revoked, or of which no current list says anything")
      ->type_name("PATH")
      ->envname("ENVEJ_REVOCATION_LISTS");
  certs::AddConnectionOptions(*command, arguments.submit_connection);
  return command;
}

CLI::App* AddStatus(CLI::App& app, Arguments& arguments) {
  CLI::App* command = app.add_subcommand("status", "show where one notice is, or all of this region's");
  StatusOptions& options = arguments.status;
  command->add_option("--municipality", options.municipality_code, "the municipality that the notices were sent to")
      ->type_name("CODE")
      ->required()
      ->check(CLI::Validator(CheckMunicipalityCode, ""));
  CLI::Option* id = command->add_option("id", options.notice_id, "the notice; all of them without it")
                        ->type_name("ID")
                        ->check(CLI::Validator(CheckNoticeId, ""));
  command->add_option("--state", arguments.states, "only those in this state; may be given again for further states")
      ->type_name("waiting|leased|acknowledged|returned")
      ->check(OneOf(States()))
      ->expected(1, contract::kListStatesMost)
      ->allow_extra_args(false)
      ->excludes(id);
  command->add_option("--origin", options.origin, "only those that this system of the region sent")
      ->type_name("NAME")
      ->excludes(id);
  AddOutputOption(*command, arguments,
                  "json: a line of envej.v1.NoticeStatus for each; of one notice, an envej.v1.GetNoticeResponse");
  certs::AddConnectionOptions(*command, arguments.status_connection);
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
  certs::AddConnectionOptions(*command, arguments.municipalities_connection);
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
  certs::AddConnectionOptions(*prove, arguments.prove_connection);
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

// The names that were checked, as what they mean.
void Translate(Arguments& arguments) {
  absl::ParseDuration(arguments.deadline, &arguments.submit.deadline);
  arguments.prove.deadline = arguments.submit.deadline;
  arguments.submit.progress = ProgressModes().at(arguments.progress);
  arguments.prove.progress = arguments.submit.progress;
  const OutputForm output = OutputForms().at(arguments.output);
  arguments.submit.output = output;
  arguments.status.output = output;
  arguments.municipalities.output = output;
  arguments.verify_receipts.output = output;
  for (const std::string& state : arguments.states) arguments.status.states.push_back(States().at(state));
}

// What the output's end makes of a command's.
ExitCode Ended(ExitCode exit_code, const Streams& streams) {
  // A command that ends as unusable has said why.
  if (streams.out.flush().good() || exit_code == ExitCode::kUnusable) return exit_code;
  streams.err << "standard output: cannot be written; run the same again\n";
  return ExitCode::kUnusable;
}

}  // namespace

ExitCode RunProgram(int argc, const char* const* argv, const Outside& outside) {
  const Streams& streams = outside.streams;
  Arguments arguments;
  CLI::App app("Sends discharge notices from a region to the municipalities' inboxes.", "envej-region");
  app.set_version_flag("--version", "envej-region " ENVEJ_VERSION);
  app.require_subcommand(1);
  certs::NameUnknownWords(app);
  app.footer(kFooter);
  app.set_help_all_flag("--help-all", "print the help of every command");
  CLI::App* submit = AddSubmit(app, arguments);
  const CLI::App* status = AddStatus(app, arguments);
  AddMunicipalities(app, arguments);
  CLI::App* receipts = app.add_subcommand("receipts", "fetch the proofs of receipts, and verify them");
  receipts->require_subcommand(1);
  const CLI::App* prove = AddProveReceipts(*receipts, arguments);
  const CLI::App* verify_receipts = AddVerifyReceipts(*receipts, arguments);
  for (CLI::App* command : app.get_subcommands({})) command->footer(kFooter);
  submit->footer(absl::StrCat(kNoticeExample, kFooter));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, streams.out, streams.err) == 0 ? ExitCode::kDone : ExitCode::kUnusable;
  }
  Translate(arguments);
  if (verify_receipts->parsed())
    return Ended(VerifyReceipts(arguments.verify_receipts, streams, outside.surroundings.now()), streams);

  const absl::StatusOr<absl::TimeZone> copenhagen = contract::CopenhagenTimeZone();
  if (!copenhagen.ok()) {
    streams.err << "the time zone Europe/Copenhagen is missing: install tzdata\n";
    return ExitCode::kUnusable;
  }
  const certs::ConnectionOptions& connection = submit->parsed()   ? arguments.submit_connection
                                               : status->parsed() ? arguments.status_connection
                                               : prove->parsed()  ? arguments.prove_connection
                                                                  : arguments.municipalities_connection;
  const absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = outside.connect(connection);
  if (!channel.ok()) {
    streams.err << channel.status().message() << '\n';
    return ExitCode::kUnusable;
  }
  const CommandContext context = {.channel = *channel,
                                  .broker = connection.broker,
                                  .copenhagen = *copenhagen,
                                  .streams = streams,
                                  .surroundings = outside.surroundings};
  ExitCode exit_code = ExitCode::kDone;
  if (submit->parsed()) {
    arguments.sealing.tls = connection.files;
    absl::StatusOr<NoticeSealer> sealer = outside.make_sealer(arguments.sealing);
    if (!sealer.ok()) {
      streams.err << sealer.status().message() << '\n';
      return ExitCode::kUnusable;
    }
    exit_code = Submit(arguments.submit, context, *sealer);
  } else if (status->parsed()) {
    exit_code = ShowStatus(arguments.status, context);
  } else if (prove->parsed()) {
    exit_code = ProveReceipts(arguments.prove, context);
  } else {
    exit_code = ListMunicipalities(arguments.municipalities, context);
  }
  return Ended(exit_code, streams);
}

}  // namespace envej::region
