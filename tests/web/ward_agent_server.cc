#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/agent_process.h"
#include "tests/support/broker_process.h"
#include "tests/support/exit_codes.h"
#include "tests/support/free_address.h"
#include "tests/support/municipality_folder.h"

// ward_agent_server: a real broker and a real agent whose page is for a browser. Begins by telling the page's port and
// the files of a member of staff's certificate. Ends with its input, on which it is told a line each, answered by `ok`
// or `wrong` once it is so:
//   discharge {"number", "name"}  the ward's system says by HL7 that the patient was discharged today
//   held ["DAY / NAME / PHONES"]  the municipality has pulled, and has this and nothing else
//   notices N                     the broker has as many, withdrawn ones too
//   broker "away" | "back"
//   agent "again"                 the agent is stopped and started
namespace envej::support {
namespace {

using Json = nlohmann::json;

class Ward {
 public:
  bool Start() { return broker_.Start() && agent_.Start() && WaitForMunicipalities(); }

  std::string Introduction() const {
    const std::string origin = agent_.page_origin();
    const Json said = {{"port", std::stoi(origin.substr(origin.rfind(':') + 1))},
                       {"certificate", agent_.staff().certificate_chain},
                       {"key", agent_.staff().private_key}};
    return said.dump();
  }
  bool Tell(const std::string& what, const Json& said) {
    if (what == "discharge") return Discharge(said["number"], said["name"]);
    if (what == "notices") return NoticesAtBroker() == said.get<int>();
    if (what == "broker") return said == "away" ? broker_.Stop().code == kDone : broker_.Start();
    if (what == "agent") return agent_.Stop().code == kDone && agent_.Start();
    if (what != "held") return false;
    const std::vector<std::string> held = said;
    const std::vector<std::string> has = municipality_.PullUntil(held);
    for (const std::string& each : has) {
      if (has != held) std::cerr << "held: " << each << "\n";
    }
    return has == held;
  }

 private:
  bool Discharge(const std::string& number, const std::string& name) {
    const std::string at = absl::FormatTime("%Y%m%d%H%M%S+0000", absl::Now(), absl::UTCTimeZone());
    const std::string answer = agent_.SendHl7(
        absl::StrCat("MSH|^~\\&|PAS|NORD|ENVEJ|REGION|", at, "||ADT^A03^ADT_A03|M", ++messages_,
                     "|P|2.5|||||DNK|UTF-8\rEVN|A03|", at, "\rPID|1||", number, "^^^hospital||", name,
                     "^Nanna||19800517|F\rPV1|1|I|P1||||||||||||||||S1", std::string(26, '|'), at, "\r"));
    return absl::StrContains(answer, "MSA|AA|");
  }
  int NoticesAtBroker() const {
    v1::ListNoticesRequest request;
    request.set_municipality_code(kCode);
    v1::ListNoticesResponse answer;
    return broker_.Intake(kRegion)->ListNotices(CallContext().get(), request, &answer).ok() ? answer.notices_size()
                                                                                            : -1;
  }
  // The page cannot serve before the agent has asked the broker for them.
  bool WaitForMunicipalities() const {
    const absl::Time until = absl::Now() + absl::Seconds(30);
    while (agent_.Ask({.path = "/api/municipalities"}).status != 200) {
      if (absl::Now() > until) return false;
      absl::SleepFor(absl::Milliseconds(100));
    }
    return true;
  }

  int messages_ = 0;
  BrokerProcess broker_{{.listen = FreeAddress(std::random_device{}())}};
  AgentProcess agent_{broker_};
  const MunicipalityFolder municipality_{broker_};
};

int Run() {
  Ward ward;
  if (!ward.Start()) return 1;
  std::cout << ward.Introduction() << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
    const size_t space = std::min(line.find(' '), line.size());
    const Json said = Json::parse(line.substr(space), nullptr, /*allow_exceptions=*/false);
    std::cout << (!said.is_discarded() && ward.Tell(line.substr(0, space), said) ? "ok" : "wrong") << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace envej::support

int main() { return envej::support::Run(); }
