#include "region-client/agent_options.h"

#include <istream>
#include <map>

#include "certs/option_checks.h"
#include "proto/contract/day.h"
#include "region-client/exit_codes.h"
#include "region-client/option_words.h"

namespace envej::region {
namespace {

constexpr size_t kSaidBytes = 1024;
constexpr char kNotShown[] = "the agent refused to say";

const std::map<std::string, v1::ConsentForm>& Forms() {
  static const auto* const kForms = new std::map<std::string, v1::ConsentForm>{
      {"written", v1::CONSENT_FORM_WRITTEN}, {"oral-recorded", v1::CONSENT_FORM_ORAL_RECORDED}};
  return *kForms;
}

const std::map<std::string, bool>& Answers() {
  static const auto* const kAnswers = new std::map<std::string, bool>{{"yes", true}, {"no", false}};
  return *kAnswers;
}

// A command that asks an agent; its --help says what `done` and `refused` mean, by its exit code.
CLI::App* AddAsking(CLI::App& app, const std::string& name, const std::string& what, AgentArguments& arguments,
                    const char* done, const char* refused) {
  CLI::App* command = app.add_subcommand(name, what);
  command->footer(ExitCodeHelp({{ExitCode::kDone, done}, {ExitCode::kRefused, refused}, kUnusableAgent, kNoAgent}));
  command->add_option("--agent", arguments.client.agent, "the agent's configuration, or its socket")
      ->type_name("FILE")
      ->envname("ENVEJ_AGENT")
      ->required();
  command->add_option("--output", arguments.output, "json: a JSON line for each on standard output")
      ->type_name("text|json")
      ->check(certs::OneOf(OutputForms()));
  return command;
}

void AddPatient(CLI::App& command, AgentArguments& arguments) {
  command
      .add_option("--patient", arguments.number,
                  "the patient's number; - for a line of standard input, as everybody on the machine sees arguments")
      ->type_name("NUMBER|-")
      ->required();
  command.add_option("--authority", arguments.authority, "who gives it; the one that identifies here without it")
      ->type_name("NAME");
}

void AddSought(CLI::App& command, AgentArguments& arguments) {
  CLI::Option_group* sought = command.add_option_group("sought");
  sought->add_option("--patient", arguments.number, "the patient's number")->type_name("NUMBER");
  sought->add_option("--notice", arguments.notice_id, "the id of one of its notices")->type_name("ID");
  sought->add_option("--reference", arguments.reference, "the reference by which the ward was told")
      ->type_name("DIGITS");
  sought->require_option(1);
  command
      .add_option("--authority", arguments.authority, "who gives the number; the one that identifies here without it")
      ->type_name("NAME");
}

void AddAnswer(CLI::App& command, const std::string& name, std::string& answer, const std::string& what) {
  command.add_option(name, answer, what)->type_name("yes|no")->check(certs::OneOf(Answers()));
}

void AddPart(CLI::App& command, const std::string& name, std::string& on, std::string& form, const std::string& what) {
  CLI::Option* given = command.add_option(name + "-on", on, "the day of consent " + what)->type_name("YYYY-MM-DD");
  CLI::Option* how = command.add_option(name + "-form", form, "its form")
                         ->type_name("written|oral-recorded")
                         ->check(certs::OneOf(Forms()));
  given->needs(how);
  how->needs(given);
}

CLI::App* AddConsentAdd(CLI::App& consent, AgentArguments& arguments) {
  CLI::App* command =
      AddAsking(consent, "add", "register what a citizen answered, or tell a no, of which nothing is kept", arguments,
                "it is registered; or it was a no, and the leaflet is to be handed out", "it was refused");
  AddPatient(*command, arguments);
  command->add_option("--municipality", arguments.municipality_code, "the citizen's municipality")
      ->type_name("CODE")
      ->check(CLI::Validator(certs::CheckMunicipalityCode, ""))
      ->required();
  AddPart(*command, "--contact", arguments.contact_on, arguments.contact_form, "to be contacted; without it: no");
  AddPart(*command, "--disclosure", arguments.disclosure_on, arguments.disclosure_form,
          "to the disclosure; without it: no");
  AddAnswer(*command, "--aged-18-or-over", arguments.aged, "the citizen is 18 or older");
  AddAnswer(*command, "--mental-illness", arguments.illness, "the citizen has a mental illness");
  AddAnswer(*command, "--regional-psychiatry", arguments.psychiatry, "the discharge is from regional psychiatry");
  AddAnswer(*command, "--no-support", arguments.no_support, "the citizen has no support under serviceloven");
  command->add_option("--name", arguments.name, "where the ward's systems do not say it; - for the next line")
      ->type_name("NAME|-");
  command->add_option("--phone", arguments.phones, "a phone number; - for the next line; may be given again")
      ->type_name("NUMBER|-")
      ->allow_extra_args(false);
  command->add_option("--email", arguments.email, "an e-mail address; - for the next line")->type_name("ADDRESS|-");
  command->add_flag("--protected", arguments.protection, "name and address are protected");
  return command;
}

void SetPart(const std::string& on, const std::string& form, v1::ConsentPart& part) {
  part.set_given_on(on);
  part.set_form(Forms().at(form));
}

// What a citizen is known by stands where nobody else sees it: `-` is a line of standard input, in this order whatever
// that of the arguments.
bool ReadSaid(AgentArguments& arguments, std::istream& in) {
  std::vector<std::string*> all = {&arguments.number, &arguments.name};
  for (std::string& phone : arguments.phones) all.push_back(&phone);
  all.push_back(&arguments.email);
  for (std::string* const said : all) {
    if (*said != "-") continue;
    if (!std::getline(in, *said) || said->size() > kSaidBytes) return false;
    if (!said->empty() && said->back() == '\r') said->pop_back();
  }
  return true;
}

void Translate(AgentArguments& arguments) {
  arguments.client.output = OutputForms().at(arguments.output);
  arguments.patient.set_authority(arguments.authority);
  arguments.patient.set_value(arguments.number);
  if (!arguments.number.empty()) *arguments.sought.mutable_patient() = arguments.patient;
  arguments.sought.set_notice_id(arguments.notice_id);
  arguments.sought.set_patient_reference(arguments.reference);
}

ward::v1::RegisterConsentRequest ConsentOf(const AgentArguments& arguments) {
  ward::v1::RegisterConsentRequest request;
  *request.mutable_patient() = arguments.patient;
  ward::v1::RegisteredConsent& consent = *request.mutable_consent();
  consent.set_municipality_code(arguments.municipality_code);
  v1::Consent& parts = *consent.mutable_consent();
  if (!arguments.contact_on.empty()) SetPart(arguments.contact_on, arguments.contact_form, *parts.mutable_contact());
  if (!arguments.disclosure_on.empty()) {
    SetPart(arguments.disclosure_on, arguments.disclosure_form, *parts.mutable_disclosure());
  }
  v1::Criteria& criteria = *consent.mutable_criteria();
  // What is missing here the agent asks for, unless the citizen said no.
  if (!arguments.aged.empty()) criteria.set_aged_18_or_over(Answers().at(arguments.aged));
  if (!arguments.illness.empty()) criteria.set_mental_illness(Answers().at(arguments.illness));
  if (!arguments.psychiatry.empty()) {
    criteria.set_discharged_from_regional_psychiatry(Answers().at(arguments.psychiatry));
  }
  if (!arguments.no_support.empty()) criteria.set_no_support_under_serviceloven(Answers().at(arguments.no_support));
  v1::Citizen& contact = *consent.mutable_contact();
  contact.set_name(arguments.name);
  contact.set_email(arguments.email);
  contact.set_name_and_address_protection(arguments.protection);
  for (const std::string& phone : arguments.phones) contact.add_phone_numbers(phone);
  return request;
}

ExitCode Ask(const AgentCommands& commands, const AgentArguments& arguments, const AgentClientContext& context) {
  if (commands.status->parsed()) return ShowAgentStatus(context);
  if (commands.outbox->parsed()) return ShowOutbox(context);
  if (commands.receipts->parsed()) return ShowReceipts(context);
  if (commands.find->parsed()) return FindPatient(arguments.sought, context);
  if (commands.add->parsed()) return AddConsent(ConsentOf(arguments), context);
  if (commands.withdraw->parsed()) return WithdrawConsent(arguments.patient, context);
  if (commands.list->parsed()) return ListConsents(context);
  return ImportConsents(arguments.import_file, context);
}

}  // namespace

AgentCommands AddAgentCommands(CLI::App& app, AgentArguments& arguments) {
  AgentCommands commands;
  commands.agent = app.add_subcommand(
      "agent", "run a ward's agent: it joins consents and discharges, sends what comes of it, and tells the ward");
  commands.agent->add_option("--config", arguments.agent.config, "its configuration")->type_name("FILE")->required();
  commands.agent->add_flag("--check", arguments.agent.check,
                           "look at the configuration and all that it names, and no more");
  commands.agent->footer(
      ExitCodeHelp({{ExitCode::kDone, "it was told to stop; with --check: the configuration is good"},
                    {ExitCode::kUnusable, "wrong usage, or something that the configuration names cannot be used"}}));
  commands.status = AddAsking(app, "agent-status", "show how a ward's agent is", arguments, kShown.meaning, kNotShown);
  commands.outbox =
      AddAsking(app, "outbox", "show what a ward's agent has still to send", arguments, kShown.meaning, kNotShown);
  commands.receipts = AddAsking(app, "agent-receipts", "list the notices that a ward's agent has receipts of",
                                arguments, kShown.meaning, kNotShown);
  commands.find = AddAsking(app, "find", "show what has become of a patient's notices", arguments, kShown.meaning,
                            "the agent knows of no such patient, or refused to say");
  AddSought(*commands.find, arguments);
  CLI::App* consent = app.add_subcommand("consent", "register what citizens answered, at a ward's agent");
  consent->require_subcommand(1);
  commands.add = AddConsentAdd(*consent, arguments);
  commands.withdraw =
      AddAsking(*consent, "withdraw", "withdraw a consent, and its notice with it", arguments,
                "it is withdrawn, now or before", "no consent of the patient is registered, or it was refused");
  AddPatient(*commands.withdraw, arguments);
  commands.list =
      AddAsking(*consent, "list", "list the consents that are registered", arguments, kShown.meaning, kNotShown);
  commands.import = AddAsking(*consent, "import", "register the consents of a file", arguments,
                              "every line is registered; or it was a no, and the leaflet is to be handed out",
                              "at least one line was refused: the others are registered");
  commands.import
      ->add_option("file", arguments.import_file,
                   "envej.ward.v1.RegisterConsentRequest as proto3 JSON, one a line; - for standard input")
      ->type_name("FILE.jsonl")
      ->required();
  return commands;
}

std::optional<ExitCode> RunAgentCommands(const AgentCommands& commands, AgentArguments& arguments,
                                         const Outside& outside) {
  if (commands.agent->parsed()) {
    return RunAgentCommand(arguments.agent, {.streams = outside.streams,
                                             .surroundings = outside.surroundings,
                                             .connect = outside.connect,
                                             .make_sealer = outside.make_sealer});
  }
  bool is_parsed = false;
  for (const CLI::App* command : {commands.status, commands.outbox, commands.receipts, commands.find, commands.add,
                                  commands.withdraw, commands.list, commands.import}) {
    is_parsed |= command->parsed();
  }
  if (!is_parsed) return std::nullopt;
  const absl::StatusOr<absl::TimeZone> copenhagen = contract::CopenhagenTimeZone();
  if (!copenhagen.ok()) {
    outside.streams.err << "the time zone Europe/Copenhagen is missing: install tzdata\n";
    return ExitCode::kUnusable;
  }
  if (!ReadSaid(arguments, outside.streams.in)) {
    outside.streams.err << "standard input has too few lines, or too long ones: one for each -, the patient's number "
                           "first, then name, phones, e-mail\n";
    return ExitCode::kUnusable;
  }
  Translate(arguments);
  return Ask(commands, arguments,
             {.options = arguments.client,
              .copenhagen = *copenhagen,
              .streams = outside.streams,
              .surroundings = outside.surroundings});
}

}  // namespace envej::region
