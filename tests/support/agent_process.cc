#include "tests/support/agent_process.h"

#include <gtest/gtest.h>
#include <httplib.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <filesystem>
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "proto/contract/day.h"
#include "tests/support/free_address.h"
#include "tests/support/loopback.h"

namespace envej::support {
namespace {

constexpr char kSecretDigit = 'b';
constexpr size_t kSecretDigits = 64;
constexpr int kAnswerSeconds = 20;

int FreePort() {
  const std::string address = FreeAddress(std::random_device{}());
  int port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port));
  return port;
}

std::string Configuration(const std::vector<std::string>& connection, const std::string& commitment_secret,
                          const AgentSettings& settings, int hl7_port, int page_port) {
  return absl::StrCat(
      "broker:\n  address: ", connection[1], "\n  certificate: ", connection[3], "\n  key: ", connection[5],
      "\n  authorities: ", connection[7], "\n  commitment_secret: ", commitment_secret,
      "\ndata:\n  folder: data\n  secret: agent.secret\nsite:\n  patient_authority: \"", settings.authority,
      "\"\n  wards: [\"", settings.ward, "\"]\nhl7:\n  - name: pas\n    listen: 127.0.0.1:", hl7_port,
      "\nfolders:\n  - name: files\n    folder: handed-over\npage:\n  listen: 127.0.0.1:", page_port,
      "\n  certificate: page.pem\n  key: page.key\n  authorities: page.authorities.pem\n  staff: [", kWardStaff,
      "]\n  systems: [", kWardSystem, "]\n", settings.more);
}

}  // namespace

std::string DayFromToday(int days) {
  return contract::FormatDay(absl::ToCivilDay(absl::Now(), *contract::CopenhagenTimeZone()) + days);
}

AgentProcess::AgentProcess(const BrokerProcess& broker, const AgentSettings& settings)
    : hl7_port_(FreePort()),
      page_port_(FreePort()),
      staff_(SharedAuthority().IssueFiles(folder_, "staff", certs::ClientRequest(kWardStaff))),
      system_(SharedAuthority().IssueFiles(folder_, "system", certs::ClientRequest(kWardSystem))) {
  SharedAuthority().IssueFiles(folder_, "page", certs::ServerRequest());
  folder_.Write("agent.secret", absl::StrCat(std::string(kSecretDigits, kSecretDigit), "\n"));
  AgentSettings own = settings;
  own.more = absl::StrReplaceAll(own.more, {{"{FOLDER}", folder_.Path("")}});
  folder_.Write("agent.yaml", Configuration(broker.ConnectionArguments(kRegion, "agent"),
                                            broker.folder().Path("commitment.secret"), own, hl7_port_, page_port_));
}

bool AgentProcess::Start() {
  process_ =
      std::make_unique<Process>(std::vector<std::string>{ProgramPath("envej-region"), "agent", "--config", config()});
  const bool is_ready = WaitForLog("envej-region agent: ready");
  EXPECT_TRUE(is_ready) << "the agent is not ready: " << Log();
  return is_ready;
}

Ended AgentProcess::StartRefused() { return RunProgram({ProgramPath("envej-region"), "agent", "--config", config()}); }

Ended AgentProcess::Stop() {
  process_->Signal(SIGTERM);
  return process_->Wait();
}

void AgentProcess::Kill() {
  process_->Signal(SIGKILL);
  EXPECT_EQ(process_->Wait().code, 128 + SIGKILL);
}

bool AgentProcess::WaitForLog(absl::string_view text) {
  return process_->WaitForError([text](const std::string& log) { return absl::StrContains(log, text); });
}

Ended AgentProcess::Run(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), ProgramPath("envej-region"));
  arguments.insert(arguments.end(), {"--agent", config()});
  return RunProgram(arguments);
}

Ended AgentProcess::AddConsent(const std::string& patient, const std::vector<std::string>& more,
                               const std::string& municipality_code) const {
  std::vector<std::string> arguments = {"consent",
                                        "add",
                                        "--patient",
                                        patient,
                                        "--municipality",
                                        municipality_code,
                                        "--contact-on",
                                        DayFromToday(0),
                                        "--contact-form",
                                        "written",
                                        "--disclosure-on",
                                        DayFromToday(0),
                                        "--disclosure-form",
                                        "written",
                                        "--aged-18-or-over",
                                        "yes",
                                        "--mental-illness",
                                        "yes",
                                        "--regional-psychiatry",
                                        "yes",
                                        "--no-support",
                                        "yes"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return Run(std::move(arguments));
}

bool AgentProcess::WaitUntilSent() const {
  const absl::Time until = absl::Now() + absl::Minutes(2);
  while (absl::Now() < until) {
    const Ended outbox = Run({"outbox", "--output", "json"});
    if (outbox.code == 0 && outbox.out.empty()) return true;
    absl::SleepFor(absl::Milliseconds(100));
  }
  return false;
}

std::string AgentProcess::SendHl7(absl::string_view message) const {
  const int connection = ConnectTo(hl7_port_);
  if (connection < 0) return "";
  const timeval longest{.tv_sec = kAnswerSeconds, .tv_usec = 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
  const std::string frame = absl::StrCat("\x0b", message, "\x1c\r");
  send(connection, frame.data(), frame.size(), MSG_NOSIGNAL);
  std::string answer;
  char bytes[4096];
  while (!absl::EndsWith(answer, "\x1c\r")) {
    const ssize_t count = recv(connection, bytes, sizeof bytes, 0);
    if (count <= 0) break;
    answer.append(bytes, static_cast<size_t>(count));
  }
  close(connection);
  return absl::EndsWith(answer, "\x1c\r") ? answer.substr(1, answer.size() - 3) : "";
}

std::string AgentProcess::page_origin() const { return absl::StrCat("https://127.0.0.1:", page_port_); }

PageAnswer AgentProcess::Ask(const PageRequest& request) const {
  const certs::TlsFiles& files = request.as == kWardSystem ? system_ : staff_;
  httplib::SSLClient client("127.0.0.1", page_port_, files.certificate_chain, files.private_key);
  client.set_ca_cert_path(files.authorities.c_str());
  client.enable_server_certificate_verification(true);
  client.set_read_timeout(kAnswerSeconds);
  httplib::Headers headers;
  for (const auto& [name, value] : request.headers) headers.emplace(name, value);
  if (request.as == kWardStaff && !request.body.empty()) headers.emplace("Origin", page_origin());
  const httplib::Result result =
      request.body.empty() ? client.Get(request.path.c_str(), headers)
                           : client.Post(request.path.c_str(), headers, request.body, request.content_type.c_str());
  if (!result) return {};
  PageAnswer answer{.status = result->status, .headers = {}, .body = result->body};
  for (const auto& [name, value] : result->headers) absl::StrAppend(&answer.headers, name, ": ", value, "\n");
  return answer;
}

void AgentProcess::HandOver(const std::string& name, absl::string_view bytes) const {
  const std::string half = folder_.Write(absl::StrCat("handed-over/", name, ".part"), bytes);
  std::filesystem::rename(half, absl::StrCat(handed_over(), "/", name));
}

}  // namespace envej::support
