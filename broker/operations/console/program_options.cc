#include "broker/operations/console/program_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "broker/operations/console/inboxes_command.h"
#include "broker/operations/console/notices_command.h"
#include "broker/operations/console/participants_command.h"
#include "broker/operations/console/redrive_command.h"
#include "broker/operations/console/return_command.h"
#include "broker/operations/console/status_command.h"
#include "broker/operations/console/trace_command.h"
#include "broker/operations/console/watch_command.h"
#include "broker/operations/console/words.h"
#include "certs/identity.h"
#include "certs/option_checks.h"
#include "proto/contract/limits.h"

namespace envej::console {
namespace {

constexpr char kExitCodes[] =
    "Exit codes:\n"
    "  0  done, and nothing asks for attention\n"
    "  1  somebody should look: overdue: some notice is late or undelivered; status: the broker cannot write;\n"
    "     inboxes --fail-if-silent: an inbox is silent; any: something was refused, or does not exist\n"
    "  2  wrong usage, or a file, certificate, terminal or output that cannot be used\n"
    "  3  the broker could not be reached, or it is unknown whether it has done what was asked for: run the same\n"
    "     again; nothing is done twice\n"
    "  130 and others above 128  ended by a signal, such as Ctrl-C, the usual end of a watch\n"
    "Times are those of Copenhagen; in JSON they are UTC. Colours are left out with NO_COLOR, and where no terminal "
    "is.\n";

constexpr absl::Duration kOldestMost = absl::Hours(24 * 366);
constexpr int kKindsMost = 32;        // the contract's
constexpr int kStatesMost = 9;        // likewise
constexpr size_t kProposalMost = 32;  // likewise

const std::map<std::string, OutputForm>& OutputForms() {
  static const auto* const kForms =
      new std::map<std::string, OutputForm>{{"text", OutputForm::kText}, {"json", OutputForm::kJson}};
  return *kForms;
}

absl::Duration DurationOf(const std::string& text) {
  absl::Duration duration;
  return absl::ParseDuration(text, &duration) ? duration : absl::ZeroDuration();
}

std::string CheckParticipant(const std::string& text) {
  const absl::StatusOr<certs::Identity> identity = certs::ParseIdentityUri(text);
  return identity.ok() && identity->origin.empty()
             ? ""
             : "a participant's URI name, without an origin, such as urn:envej:municipality:0101";
}

std::string CheckProposal(const std::string& text) {
  const bool is_one = !text.empty() && text.size() <= kProposalMost &&
                      std::all_of(text.begin(), text.end(),
                                  [](char each) { return absl::ascii_isalnum(static_cast<unsigned char>(each)); });
  return is_one ? "" : "a proposal's id: letters and digits";
}

// Ids are written in lower case, but may come from a text that has them otherwise.
CLI::Validator LowerCase() {
  return CLI::Validator(
      [](std::string& text) {
        absl::AsciiStrToLower(&text);
        return std::string();
      },
      "");
}

class Adding {
 public:
  explicit Adding(CLI::App& app) : app_(app) {}

  void AddInboxes();
  void AddNotices();
  void AddOverdue();
  void AddTrace();
  void AddRedrive();
  void AddReturn();
  void AddParticipants();
  void AddStatus();
  void AddWatch();
  void AddTop();
  std::list<Command> Take() { return std::move(commands_); }

 private:
  // The connection comes last in a command's help.
  Command& Begin(const char* name, const char* what);
  static void AddOutput(Command& command, const char* json);
  static void End(Command& command);
  static CLI::Option* AddMunicipality(Command& command, std::string& code, const char* what);
  static void AddRegion(Command& command, std::string& code, const char* what);

  CLI::App& app_;
  std::list<Command> commands_;
};

Command& Adding::Begin(const char* name, const char* what) {
  Command& command = commands_.emplace_back();
  command.app = app_.add_subcommand(name, what);
  command.app->footer(kExitCodes);
  return command;
}

void Adding::AddOutput(Command& command, const char* json) {
  command.app->add_option("--output", command.output, json)->type_name("text|json")->check(certs::OneOf(OutputForms()));
}

void Adding::End(Command& command) {
  command.app
      ->add_option("--deadline", command.deadline,
                   "how long to try again while the broker does not answer, from 1s to 24h; 30s without it")
      ->type_name("DURATION")
      ->check(CLI::Validator(certs::CheckDeadline, ""));
  certs::AddConnectionOptions(*command.app, command.connection);
}

CLI::Option* Adding::AddMunicipality(Command& command, std::string& code, const char* what) {
  return command.app->add_option("--municipality", code, what)
      ->type_name("CODE")
      ->check(CLI::Validator(certs::CheckMunicipalityCode, ""));
}

void Adding::AddRegion(Command& command, std::string& code, const char* what) {
  command.app->add_option("--region", code, what)->type_name("CODE")->check(CLI::Validator(certs::CheckRegionCode, ""));
}

void Adding::AddInboxes() {
  const auto options = std::make_shared<InboxesOptions>();
  Command& command = Begin("inboxes", "show how each inbox is: whether it is being emptied, and since when it is not");
  AddMunicipality(command, options->municipality_code, "only this municipality's");
  command.app->add_flag("--fail-if-silent", options->fail_if_silent, "end with 1 if an inbox is silent");
  AddOutput(command, "json: one envej.v1.ListInboxesResponse");
  End(command);
  command.run = [options](const CommandContext& context) { return ShowInboxes(*options, context); };
}

void Adding::AddOverdue() {
  const auto options = std::make_shared<NoticesOptions>();
  Command& command = Begin("overdue", "show the notices that are late or undelivered, and still to be delivered");
  AddMunicipality(command, options->municipality_code, "only those in this inbox");
  AddRegion(command, options->region_code, "only those of this region");
  AddOutput(command,
            "json: one object, \"notices\" an array of envej.v1.OperationsNotice, \"leftOut\" how many more there are");
  End(command);
  command.run = [options](const CommandContext& context) { return ListOverdue(*options, context); };
}

void Adding::AddNotices() {
  struct Asked {
    NoticesOptions options;
    std::vector<std::string> states;
    std::string older_than;
  };
  const auto asked = std::make_shared<Asked>();
  Command& command = Begin("notices", "list notices");
  AddMunicipality(command, asked->options.municipality_code, "only those in this inbox");
  AddRegion(command, asked->options.region_code, "only those of this region");
  command.app->add_option("--state", asked->states, "only those in this state; may be given again for further states")
      ->type_name("waiting|leased|acknowledged|returned|withdrawn|parked|undelivered|missing|unreadable")
      ->check(certs::OneOf(States()))
      ->expected(1, kStatesMost)
      ->allow_extra_args(false);
  command.app->add_flag("--late", asked->options.late_only,
                        "only those that are late or undelivered, and still to be delivered");
  command.app
      ->add_option("--older-than", asked->older_than,
                   "only those that came into the inbox this long ago or longer, such as 90m or 48h")
      ->check(certs::DurationBetween(absl::ZeroDuration(), kOldestMost));
  AddOutput(command, "json: one object, \"notices\" an array of envej.v1.OperationsNotice");
  End(command);
  command.run = [asked](const CommandContext& context) {
    for (const std::string& state : asked->states) asked->options.states.push_back(States().at(state));
    asked->options.older_than = DurationOf(asked->older_than);
    return ListNotices(asked->options, context);
  };
}

void Adding::AddTrace() {
  struct Asked {
    std::string notice;
    std::string municipality_code;
    std::string region_code;
  };
  const auto asked = std::make_shared<Asked>();
  Command& command = Begin("trace", "show where a notice is and what happened to it, hop by hop");
  command.app->add_option("notice", asked->notice, "the notice: its id, or as `envej-ops notices` names it")
      ->type_name("ID|MUNICIPALITY/REGION/ID")
      ->required()
      ->transform(LowerCase())
      ->check(CLI::Validator(CheckNoticeNameOrId, ""));
  AddMunicipality(command, asked->municipality_code, "with an ID: only the one to this municipality");
  AddRegion(command, asked->region_code, "with an ID: only the one of this region");
  AddOutput(command, "json: one envej.v1.TraceNoticeResponse");
  End(command);
  command.app->callback([asked] {
    const bool narrowed = !asked->municipality_code.empty() || !asked->region_code.empty();
    if (narrowed && absl::StrContains(asked->notice, '/')) {
      throw CLI::ValidationError("notice", "names its municipality and region itself, without the options");
    }
  });
  command.run = [asked](const CommandContext& context) {
    v1::OperationsNoticeName name = ToNoticeName(asked->notice);
    if (!asked->municipality_code.empty()) name.set_municipality_code(asked->municipality_code);
    if (!asked->region_code.empty()) name.set_region_code(asked->region_code);
    return TraceNotice(name, context);
  };
}

void Adding::AddRedrive() {
  struct Asked {
    RedriveOptions options;
    bool parked = false;
  };
  const auto asked = std::make_shared<Asked>();
  Command& command =
      Begin("redrive", "put notices that are parked or held back into their inbox, to be handed out at once");
  CLI::Option* names =
      command.app->add_option("notices", asked->options.notices, "the notices, as `envej-ops notices` names them")
          ->type_name("MUNICIPALITY/REGION/ID")
          ->transform(LowerCase())
          ->check(CLI::Validator(CheckNoticeName, ""));
  CLI::Option* municipality =
      AddMunicipality(command, asked->options.municipality_code, "with --parked: whose inbox it is");
  CLI::Option* parked =
      command.app->add_flag("--parked", asked->parked, "all that are parked in one inbox, once somebody has said yes")
          ->needs(municipality)
          ->excludes(names);
  municipality->needs(parked);
  command.app->add_flag("--yes", asked->options.yes, "with --parked: without asking")->needs(parked);
  AddOutput(command, "json: one envej.v1.RedriveNoticesResponse");
  End(command);
  command.app->callback([asked] {
    if (asked->options.notices.empty() && !asked->parked) throw CLI::RequiredError("notices, or --parked");
  });
  command.run = [asked](const CommandContext& context) { return Redrive(asked->options, context); };
}

void Adding::AddReturn() {
  const auto options = std::make_shared<ReturnOptions>();
  Command& command =
      Begin("return",
            "return a notice that cannot be delivered to its region, and destroy its content: one operator proposes "
            "it, and another one confirms that within 24 hours");
  command.app->add_option("notice", options->name, "the notice, as `envej-ops notices` names it")
      ->type_name("MUNICIPALITY/REGION/ID")
      ->required()
      ->transform(LowerCase())
      ->check(CLI::Validator(CheckNoticeName, ""));
  command.app
      ->add_option("--confirm", options->confirmed_proposal_id,
                   "do what another operator proposed: the proposal's id, as that one was told and `notices` shows; "
                   "without it, propose")
      ->type_name("PROPOSAL")
      ->check(CLI::Validator(CheckProposal, ""));
  AddOutput(command, "json: one envej.v1.ReturnNoticeResponse");
  End(command);
  command.run = [options](const CommandContext& context) { return ReturnNotice(*options, context); };
}

void Adding::AddParticipants() {
  Command& list = Begin("participants", "show who takes part: certificates, when last seen, whom to phone");
  AddOutput(list, "json: one envej.v1.ListParticipantsResponse");
  End(list);
  list.run = [](const CommandContext& context) { return ListParticipants(context); };

  using Change = ExitCode (*)(const std::string&, const CommandContext&);
  const auto add = [this](const char* name, const char* what, const char* json, Change change) {
    const auto participant = std::make_shared<std::string>();
    Command& command = Begin(name, what);
    command.app->add_option("participant", *participant, "its URI name, such as urn:envej:region:1081")
        ->type_name("URI")
        ->required()
        ->check(CLI::Validator(CheckParticipant, ""));
    AddOutput(command, json);
    End(command);
    command.run = [participant, change](const CommandContext& context) { return change(*participant, context); };
  };
  add("suspend", "refuse every call of a participant from now on, also over restarts, until it is resumed",
      "json: one envej.v1.SuspendParticipantResponse", SuspendParticipant);
  add("resume", "take a suspension back", "json: one envej.v1.ResumeParticipantResponse", ResumeParticipant);
}

void Adding::AddStatus() {
  Command& command =
      Begin("status", "show how the broker is: whether it can write, disk, store, journal, certificates");
  AddOutput(command, "json: one envej.v1.GetBrokerStatusResponse");
  End(command);
  command.run = [](const CommandContext& context) { return ShowStatus(context); };
}

void Adding::AddWatch() {
  struct Asked {
    WatchOptions options;
    std::vector<std::string> kinds;
    std::string at_most;
  };
  const auto asked = std::make_shared<Asked>();
  Command& command = Begin("watch", "tell what happens, as it happens");
  command.app
      ->add_option("--resume-file", asked->options.resume_file,
                   "keep in this file how far was told, and go on from there")
      ->type_name("FILE");
  command.app->add_flag("--from-the-beginning", asked->options.from_the_beginning,
                        "where no place is kept: begin with the oldest that the journal has");
  AddMunicipality(command, asked->options.municipality_code,
                  "only what happens in this inbox, and what is of no notice");
  command.app
      ->add_option("--kind", asked->kinds, "only this kind of event, such as overdue or parked; may be given again")
      ->type_name("KIND")
      ->check(certs::OneOf(EventKinds()))
      ->expected(1, kKindsMost)
      ->allow_extra_args(false);
  command.app->add_option("--for", asked->at_most, "end after so long, from 1s to 24h; never without it")
      ->type_name("DURATION")
      ->check(CLI::Validator(certs::CheckDeadline, ""));
  AddOutput(command, "json: a line of envej.v1.OperationsEvent for each");
  certs::AddConnectionOptions(*command.app, command.connection);
  command.run = [asked](const CommandContext& context) {
    for (const std::string& kind : asked->kinds) asked->options.kinds.push_back(EventKinds().at(kind));
    if (!asked->at_most.empty()) asked->options.at_most = DurationOf(asked->at_most);
    return WatchEvents(asked->options, context);
  };
}

void Adding::AddTop() {
  Command& command =
      Begin("top", "show everything on the whole terminal, those inboxes first that somebody should look at, live");
  command.full_screen = true;
  certs::AddConnectionOptions(*command.app, command.connection);
}

}  // namespace

std::list<Command> AddCommands(CLI::App& app) {
  Adding adding(app);
  adding.AddInboxes();
  adding.AddOverdue();
  adding.AddNotices();
  adding.AddTrace();
  adding.AddRedrive();
  adding.AddReturn();
  adding.AddParticipants();
  adding.AddStatus();
  adding.AddWatch();
  adding.AddTop();
  app.footer(kExitCodes);
  return adding.Take();
}

}  // namespace envej::console
