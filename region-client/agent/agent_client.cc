#include "region-client/agent/agent_client.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <sys/stat.h>

#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "envej/ward/v1/agent_service.grpc.pb.h"
#include "proto/contract/json_line.h"
#include "proto/contract/printable.h"
#include "proto/contract/wiping.h"
#include "region-client/agent/agent_config.h"
#include "region-client/json_fields.h"

namespace envej::region {
namespace {

namespace wire = ward::v1;

constexpr size_t kImportLineBytes = size_t{64} << 10;

bool IsJson(const AgentClientContext& context) { return context.options.output == OutputForm::kJson; }

// Of an import, that a line was refused and why.
void SayRefusedLine(size_t line, const std::string& why, const AgentClientContext& context) {
  if (IsJson(context)) {
    const nlohmann::ordered_json refused = {{"line", line}, {"outcome", "refused"}, {"text", why}};
    context.streams.out << refused.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
  } else {
    context.streams.err << "line " << line << ": " << why << '\n';
  }
}

// The stub of a running agent, and what its calls have in common.
class AskedAgent {
 public:
  explicit AskedAgent(const AgentClientContext& context) : context_(context) {}

  // False, and said, where the agent is not named by a socket or a good configuration.
  bool Connect() {
    struct stat status = {};
    std::string socket = context_.options.agent;
    if (stat(socket.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) {
      const absl::StatusOr<AgentConfig> config = ReadAgentConfig(socket);
      if (!config.ok()) {
        context_.streams.err << config.status().message() << '\n';
        return false;
      }
      socket = config->socket();
    }
    stub_ = wire::AgentService::NewStub(
        grpc::CreateChannel(absl::StrCat("unix:", socket), grpc::InsecureChannelCredentials()));
    return true;
  }

  // How a call ended; nothing if it was answered. Of a line of an import, number `line`, it says the line too.
  std::optional<ExitCode> Call(const std::function<grpc::Status(wire::AgentService::Stub&, grpc::ClientContext&)>& call,
                               size_t line = 0) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(context_.surroundings.now() + kCallDeadline));
    const grpc::Status status = call(*stub_, context);
    if (status.ok()) return std::nullopt;
    const bool is_away = status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                         status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
    if (!is_away && line > 0) {
      SayRefusedLine(line, contract::Printable(status.error_message()), context_);
      return ExitCode::kRefused;
    }
    if (line > 0) context_.streams.err << "line " << line << ": ";
    context_.streams.err << (is_away ? "the agent does not answer: check that it runs, and that this user may open its "
                                       "socket"
                                     : contract::Printable(status.error_message()))
                         << '\n';
    return is_away ? ExitCode::kUnreachable : ExitCode::kRefused;
  }

 private:
  const AgentClientContext& context_;
  std::unique_ptr<wire::AgentService::Stub> stub_;
};

std::string At(const AgentClientContext& context, bool has, const google::protobuf::Timestamp& at) {
  return FormatTimestamp(has, at, context.copenhagen);
}

std::string Standing(wire::NoticeStanding standing) {
  return contract::Word(wire::NoticeStanding_Name(standing), "NOTICE_STANDING_", standing);
}

std::string OrNotice(const std::string& why_not) {
  return why_not.empty() ? "a notice" : absl::StrCat("no notice: ", why_not);
}

std::string LeafletWords(const wire::RegisterConsentResponse& declined) {
  const std::string scheme = contract::Printable(declined.scheme_name());
  return absl::StrCat(
      declined.withdrawn() ? "the consent is withdrawn" : "nothing is registered", ": hand out the leaflet",
      scheme.empty() ? ""
                     : absl::StrCat(" (\"", scheme, "\", phone ", contract::Printable(declined.phone_number()), ")"));
}

std::string NumbersOf(const wire::FindPatientResponse& found) {
  return absl::StrJoin(found.patient_ids(), ", ", [](std::string* text, const wire::PatientId& patient) {
    const absl::string_view between = patient.authority().empty() ? "" : " ";
    absl::StrAppend(text, contract::Printable(patient.authority()), between, contract::Printable(patient.value()));
  });
}

void ShowFound(const wire::FindPatientResponse& found, const AgentClientContext& context) {
  context.streams.out << "patient " << found.patient_reference() << "  " << NumbersOf(found) << "  "
                      << contract::Word(wire::StayState_Name(found.stay_state()), "STAY_STATE_", found.stay_state())
                      << "  " << OrNotice(found.why_not()) << '\n';
  std::vector<std::vector<std::string>> rows = {{"NOTICE", "MUNICIPALITY", "REVISION", "STANDING", "SINCE"}};
  for (const wire::NoticeSummary& notice : found.notices()) {
    rows.push_back({notice.notice_id(), notice.municipality_code(), absl::StrCat(notice.revision()),
                    Standing(notice.standing()), At(context, notice.has_changed_at(), notice.changed_at())});
  }
  if (rows.size() > 1) contract::WriteTable(rows, context.streams.out);
}

ExitCode Register(AskedAgent& agent, const wire::RegisterConsentRequest& request, size_t line,
                  const AgentClientContext& context) {
  wire::RegisterConsentResponse answer;
  const auto ended = agent.Call(
      [&](auto& stub, grpc::ClientContext& call) { return stub.RegisterConsent(&call, request, &answer); }, line);
  if (ended.has_value()) return *ended;
  if (IsJson(context)) {
    context.streams.out << contract::ToJsonLine(answer) << '\n';
  } else {
    context.streams.out << (answer.declined() ? LeafletWords(answer)
                                              : absl::StrCat("patient ", answer.patient_reference(), "  registered, ",
                                                             OrNotice(answer.why_not())))
                        << '\n';
  }
  return ExitCode::kDone;
}

// Why a line of an import is none; nothing where it is one.
std::optional<std::string> ReadImported(const std::string& line, wire::RegisterConsentRequest& request) {
  if (line.size() > kImportLineBytes) return "the line is longer than 64 KiB";
  const std::vector<FieldProblem> problems = ReadJson(line, request);
  request.set_imported(true);
  if (problems.empty()) return std::nullopt;
  return absl::StrCat(problems[0].path.empty() ? "the line" : problems[0].path, " ", problems[0].text);
}

}  // namespace

ExitCode ShowAgentStatus(const AgentClientContext& context) {
  AskedAgent agent(context);
  if (!agent.Connect()) return ExitCode::kUnusable;
  wire::GetStatusResponse answer;
  const auto ended = agent.Call(
      [&](auto& stub, grpc::ClientContext& call) { return stub.GetStatus(&call, wire::GetStatusRequest(), &answer); });
  if (ended.has_value()) return *ended;
  std::ostream& out = context.streams.out;
  if (IsJson(context)) {
    out << contract::ToJsonLine(answer, contract::Defaults::kWritten) << '\n';
    return ExitCode::kDone;
  }
  out << "patients       " << answer.cases() << "\nto be sent     " << answer.outgoing() << "\noldest of it   "
      << At(context, answer.has_oldest_outgoing_at(), answer.oldest_outgoing_at()) << "\nbroker         "
      << (answer.reaches_broker() ? "reached" : "not reached") << "\nlast receipt   "
      << At(context, answer.has_last_receipt_at(), answer.last_receipt_at()) << '\n';
  if (answer.has_lacks_until()) {
    out << "restored       it lacks some of what was registered until " << At(context, true, answer.lacks_until())
        << ": register the consents of that time again\n";
  }
  std::vector<std::vector<std::string>> rows = {{"DAY", "REASON", "TIMES"}};
  for (const wire::ReasonCount& count : answer.counts()) {
    rows.push_back({count.day(), count.reason(), absl::StrCat(count.count())});
  }
  if (rows.size() > 1) contract::WriteTable(rows, out);
  rows = {{"DAY", "REFUSED OF", "WHY", "TIMES"}};
  for (const wire::RefusedCount& count : answer.refused()) {
    rows.push_back({count.day(), contract::Printable(count.source()), contract::Printable(count.reason()),
                    absl::StrCat(count.count())});
  }
  if (rows.size() > 1) contract::WriteTable(rows, out);
  return ExitCode::kDone;
}

ExitCode ShowOutbox(const AgentClientContext& context) {
  AskedAgent agent(context);
  if (!agent.Connect()) return ExitCode::kUnusable;
  std::vector<std::vector<std::string>> rows = {{"PATIENT", "NOTICE", "MUNICIPALITY", "REVISION", "WHAT", "SINCE"}};
  wire::ListOutboxRequest request;
  do {
    wire::ListOutboxResponse answer;
    const auto ended =
        agent.Call([&](auto& stub, grpc::ClientContext& call) { return stub.ListOutbox(&call, request, &answer); });
    if (ended.has_value()) return *ended;
    for (const wire::OutgoingItem& item : answer.items()) {
      if (IsJson(context)) context.streams.out << contract::ToJsonLine(item) << '\n';
      rows.push_back({item.patient_reference(), item.notice_id(), item.municipality_code(),
                      absl::StrCat(item.revision()), item.kind(), At(context, item.has_made_at(), item.made_at())});
    }
    request.set_after(answer.next_after());
  } while (request.after() != 0);
  if (!IsJson(context) && rows.size() > 1) contract::WriteTable(rows, context.streams.out);
  return ExitCode::kDone;
}

ExitCode ShowReceipts(const AgentClientContext& context) {
  AskedAgent agent(context);
  if (!agent.Connect()) return ExitCode::kUnusable;
  std::vector<std::vector<std::string>> rows = {
      {"PATIENT", "NOTICE", "MUNICIPALITY", "REVISION", "STANDING", "ACCEPTED"}};
  wire::ListReceiptsRequest request;
  do {
    wire::ListReceiptsResponse answer;
    const auto ended =
        agent.Call([&](auto& stub, grpc::ClientContext& call) { return stub.ListReceipts(&call, request, &answer); });
    if (ended.has_value()) return *ended;
    for (const wire::NoticeSummary& notice : answer.notices()) {
      if (IsJson(context)) context.streams.out << contract::ToJsonLine(notice) << '\n';
      const v1::Receipt& receipt = notice.receipt();
      rows.push_back({notice.patient_reference(), notice.notice_id(), notice.municipality_code(),
                      absl::StrCat(receipt.revision()), Standing(notice.standing()),
                      At(context, receipt.has_accepted_at(), receipt.accepted_at())});
    }
    request.set_page_token(answer.next_page_token());
  } while (!request.page_token().empty());
  if (!IsJson(context) && rows.size() > 1) contract::WriteTable(rows, context.streams.out);
  return ExitCode::kDone;
}

ExitCode FindPatient(const wire::FindPatientRequest& request, const AgentClientContext& context) {
  AskedAgent agent(context);
  if (!agent.Connect()) return ExitCode::kUnusable;
  wire::FindPatientResponse answer;
  const auto ended =
      agent.Call([&](auto& stub, grpc::ClientContext& call) { return stub.FindPatient(&call, request, &answer); });
  if (ended.has_value()) return *ended;
  if (IsJson(context)) {
    context.streams.out << contract::ToJsonLine(answer) << '\n';
  } else {
    ShowFound(answer, context);
  }
  return ExitCode::kDone;
}

ExitCode AddConsent(const wire::RegisterConsentRequest& request, const AgentClientContext& context) {
  AskedAgent agent(context);
  if (!agent.Connect()) return ExitCode::kUnusable;
  return Register(agent, request, /*line=*/0, context);
}

ExitCode WithdrawConsent(const wire::PatientId& patient, const AgentClientContext& context) {
  AskedAgent agent(context);
  if (!agent.Connect()) return ExitCode::kUnusable;
  wire::WithdrawConsentRequest request;
  *request.mutable_patient() = patient;
  wire::WithdrawConsentResponse answer;
  const auto ended =
      agent.Call([&](auto& stub, grpc::ClientContext& call) { return stub.WithdrawConsent(&call, request, &answer); });
  if (ended.has_value()) return *ended;
  context.streams.out << (IsJson(context) ? contract::ToJsonLine(answer)
                                          : absl::StrCat("patient ", answer.patient_reference(), "  withdrawn"))
                      << '\n';
  return ExitCode::kDone;
}

ExitCode ListConsents(const AgentClientContext& context) {
  AskedAgent agent(context);
  if (!agent.Connect()) return ExitCode::kUnusable;
  std::vector<std::vector<std::string>> rows = {{"PATIENT", "MUNICIPALITY", "REGISTERED", "WITHDRAWN", "NOTICE"}};
  wire::ListConsentsRequest request;
  do {
    wire::ListConsentsResponse answer;
    const auto ended =
        agent.Call([&](auto& stub, grpc::ClientContext& call) { return stub.ListConsents(&call, request, &answer); });
    if (ended.has_value()) return *ended;
    for (const wire::ConsentSummary& consent : answer.consents()) {
      if (IsJson(context)) context.streams.out << contract::ToJsonLine(consent) << '\n';
      rows.push_back({consent.patient_reference(), consent.municipality_code(),
                      At(context, consent.has_registered_at(), consent.registered_at()),
                      At(context, consent.has_withdrawn_at(), consent.withdrawn_at()),
                      consent.why_not().empty() ? "yes" : consent.why_not()});
    }
    request.set_page_token(answer.next_page_token());
  } while (!request.page_token().empty());
  if (!IsJson(context) && rows.size() > 1) contract::WriteTable(rows, context.streams.out);
  return ExitCode::kDone;
}

ExitCode ImportConsents(const std::string& file, const AgentClientContext& context) {
  std::ifstream opened;
  if (file != "-") opened.open(file, std::ios::binary);
  if (file != "-" && !opened) {
    context.streams.err << file << ": cannot be read\n";
    return ExitCode::kUnusable;
  }
  std::istream& in = file == "-" ? context.streams.in : opened;
  AskedAgent agent(context);
  if (!agent.Connect()) return ExitCode::kUnusable;
  ExitCode worst = ExitCode::kDone;
  std::string line;
  for (size_t number = 1; std::getline(in, line); ++number) {
    const contract::WipeAtEnd<std::string> wiped(line);
    if (line.empty()) continue;
    wire::RegisterConsentRequest request;
    if (const std::optional<std::string> why_not = ReadImported(line, request); why_not.has_value()) {
      SayRefusedLine(number, *why_not, context);
      worst = ExitCode::kRefused;
      continue;
    }
    const ExitCode ended = Register(agent, request, number, context);
    if (ended == ExitCode::kUnreachable) return ended;
    if (ended != ExitCode::kDone) worst = ended;
  }
  return worst;
}

}  // namespace envej::region
