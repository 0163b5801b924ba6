#ifndef ENVEJ_TESTS_SIMULATION_OPERATORS_H_
#define ENVEJ_TESTS_SIMULATION_OPERATORS_H_

#include <string>

#include "tests/simulation/line.h"

namespace envej::simulation {

// Operations: each function does one of the things that they do, with a notice by chance.
class OperatorClients {
 public:
  explicit OperatorClients(Line& line) : line_(line) {}

  void Redrive();
  // Proposes to return a notice, or carries that out.
  void Return();

  void RedriveAll();
  void RedriveOne(KnownNotice& notice);
  void ReturnOne(KnownNotice& notice, const std::string& operator_uri);
  // In the name of somebody who did not propose it, or of anybody.
  void ReturnAsAnother(KnownNotice& notice, const std::string& proposer);

 private:
  Line& line_;
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_OPERATORS_H_
