#ifndef ENVEJ_REGION_CLIENT_AGENT_AGENT_CLIENT_H_
#define ENVEJ_REGION_CLIENT_AGENT_AGENT_CLIENT_H_

#include <string>

#include "absl/time/time.h"
#include "envej/ward/v1/agent_service.pb.h"
#include "region-client/output.h"
#include "region-client/submission_client.h"

namespace envej::region {

// Which agent a command asks, and how it answers.
struct AgentClientOptions {
  std::string agent;  // its configuration, or its socket
  OutputForm output = OutputForm::kText;
};

struct AgentClientContext {
  AgentClientOptions options;
  absl::TimeZone copenhagen;
  const Streams& streams;
  const Surroundings& surroundings;
};

// The commands that ask a running agent, each a call or as many as it has pages. Text is a table or a line; JSON is the
// answer, or an item a line. kUnreachable where no agent answers, kRefused where it refuses.
ExitCode ShowAgentStatus(const AgentClientContext& context);
ExitCode ShowOutbox(const AgentClientContext& context);
ExitCode ShowReceipts(const AgentClientContext& context);
ExitCode FindPatient(const ward::v1::FindPatientRequest& request, const AgentClientContext& context);
ExitCode AddConsent(const ward::v1::RegisterConsentRequest& request, const AgentClientContext& context);
ExitCode WithdrawConsent(const ward::v1::PatientId& patient, const AgentClientContext& context);
ExitCode ListConsents(const AgentClientContext& context);
// One envej.ward.v1.RegisterConsentRequest as JSON a line, in order, from the file or from standard input ("-"). A line
// that is refused is told by its number, as {"line","outcome","text"} where the answers are JSON, and stops no other;
// importing it again is safe: what was withdrawn stays so, unless it was given on a later day.
ExitCode ImportConsents(const std::string& file, const AgentClientContext& context);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_AGENT_CLIENT_H_
