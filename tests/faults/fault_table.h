#ifndef ENVEJ_TESTS_FAULTS_FAULT_TABLE_H_
#define ENVEJ_TESTS_FAULTS_FAULT_TABLE_H_

#include <string>

namespace envej::faults {

// What an operator saw of one fault at one stage. All rows are printed as a table when the program's tests are over.
// Paths of the test's own are left out of what was seen.
void AddRow(const std::string& fault, const std::string& stage, const std::string& seen);

}  // namespace envej::faults

#endif  // ENVEJ_TESTS_FAULTS_FAULT_TABLE_H_
