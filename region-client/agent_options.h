#ifndef ENVEJ_REGION_CLIENT_AGENT_OPTIONS_H_
#define ENVEJ_REGION_CLIENT_AGENT_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "envej/ward/v1/agent_service.pb.h"
#include "region-client/agent/agent_client.h"
#include "region-client/agent/agent_command.h"
#include "region-client/program.h"

namespace envej::region {

// The commands of an agent, and those that ask one.
struct AgentCommands {
  CLI::App* agent = nullptr;
  CLI::App* status = nullptr;
  CLI::App* outbox = nullptr;
  CLI::App* receipts = nullptr;
  CLI::App* find = nullptr;
  CLI::App* add = nullptr;
  CLI::App* withdraw = nullptr;
  CLI::App* list = nullptr;
  CLI::App* import = nullptr;
};

// What their arguments say.
struct AgentArguments {
  AgentOptions agent;
  AgentClientOptions client;
  ward::v1::PatientId patient;
  ward::v1::RegisterConsentRequest consent;
  std::string import_file;
  std::string output = "text";
  // Checked names, until they are translated; of what names a citizen - is a line of standard input.
  std::string authority, number, municipality_code, contact_on, contact_form, disclosure_on, disclosure_form;
  std::string aged, illness, psychiatry, no_support, name, email;
  std::vector<std::string> phones;
  bool protection = false;
};

// Parsing then writes to `arguments`, which must outlive `app`.
AgentCommands AddAgentCommands(CLI::App& app, AgentArguments& arguments);

// What the parsed one of them ends with; nothing if none of them was parsed.
std::optional<ExitCode> RunAgentCommands(const AgentCommands& commands, AgentArguments& arguments,
                                         const Outside& outside);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_OPTIONS_H_
