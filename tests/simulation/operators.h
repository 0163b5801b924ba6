#ifndef ENVEJ_TESTS_SIMULATION_OPERATORS_H_
#define ENVEJ_TESTS_SIMULATION_OPERATORS_H_

#include <string>

#include "absl/time/time.h"
#include "broker/inbox/happening.h"
#include "tests/simulation/line.h"

namespace envej::simulation {

// Operations: each function does one of the things that they do, with a notice by chance.
class OperatorClients {
 public:
  explicit OperatorClients(Line& line) : line_(line) {}

  void Redrive();
  // Proposes to return a notice, or confirms what anybody has ever proposed of it.
  void Return();

  void RedriveAll();
  void RedriveOne(KnownNotice& notice);
  void ProposeReturn(KnownNotice& notice);
  // In the name of somebody whose certificate is not the proposer's.
  void ConfirmReturn(KnownNotice& notice, const std::string& proposer, absl::Time proposed_at);

 private:
  void ReturnOne(KnownNotice& notice, const inbox::ReturnByOperations& asked);
  void Confirm(KnownNotice& notice, const std::string& operator_uri, absl::Time proposed_at);

  Line& line_;
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_OPERATORS_H_
