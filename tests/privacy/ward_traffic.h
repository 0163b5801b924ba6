#ifndef ENVEJ_TESTS_PRIVACY_WARD_TRAFFIC_H_
#define ENVEJ_TESTS_PRIVACY_WARD_TRAFFIC_H_

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/privacy/patients.h"
#include "tests/support/agent_process.h"
#include "tests/support/broker_process.h"

namespace envej::privacy {

// Brings patients into a ward's agent by every way that there is, each path another patient, with clinical texts
// wherever systems put them, and gathers what everybody is told. Both run meanwhile; what must succeed is expected to.
class WardTraffic {
 public:
  WardTraffic(const support::AgentProcess& agent, const support::BrokerProcess& broker)
      : agent_(agent), broker_(broker) {}

  // Discharges, corrections, merges; then what is refused, and what is no message.
  void SendHl7();
  // The same by FHIR, posted.
  void PostFhir();
  // Files of each kind, good and bad. Ends when each was taken or rejected.
  void HandOverFiles();
  // By staff in the page: registered, refused, looked up, withdrawn; and patients where none belong.
  void UsePage();
  // By `envej-region consent` and the like.
  void RunCommands();
  // The municipality returns what there is, so that the ward is told.
  void ReturnEverything();
  // What the agent's commands print; the lists of consents apart, which say numbers where JSON is asked for.
  void AskCommands();

  const Patients& patients() const { return patients_; }
  // Paths of those of whom the agent keeps all but what is clinical, sealed.
  const std::set<std::string>& kept() const { return kept_; }
  // On what occasion, and the text.
  const std::vector<std::pair<std::string, std::string>>& told() const { return told_; }
  // `consent list --output json`.
  const std::string& listed_numbers() const { return listed_numbers_; }

 private:
  const Patient& Kept(const std::string& path);
  void Told(const std::string& occasion, const std::string& text) { told_.emplace_back(occasion, text); }
  void Send(const std::string& path, const std::string& message, const std::string& expected);
  void Post(const std::string& path, const std::string& body, int expected,
            const std::string& type = "application/fhir+json");
  support::PageAnswer AskPage(const std::string& path, const support::PageRequest& request, int expected);
  support::Ended Run(const std::string& occasion, const std::vector<std::string>& arguments);
  nlohmann::ordered_json FhirMessage(const Patient& patient);

  const support::AgentProcess& agent_;
  const support::BrokerProcess& broker_;
  Patients patients_;
  std::set<std::string> kept_;
  std::vector<std::pair<std::string, std::string>> told_;
  std::string listed_numbers_;
  int messages_ = 0;
};

}  // namespace envej::privacy

#endif  // ENVEJ_TESTS_PRIVACY_WARD_TRAFFIC_H_
