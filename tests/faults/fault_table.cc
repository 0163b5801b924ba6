#include "tests/faults/fault_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <regex>
#include <vector>

#include "absl/strings/str_format.h"

namespace envej::faults {
namespace {

constexpr size_t kSeenMost = 400;

struct Row {
  std::string fault;
  std::string stage;
  std::string seen;
};

std::vector<Row>& Rows() {
  static auto* const rows = new std::vector<Row>;
  return *rows;
}

class PrintedTable : public testing::Environment {
 public:
  void TearDown() override {
    size_t fault = 5;
    size_t stage = 5;
    for (const Row& row : Rows()) {
      fault = std::max(fault, row.fault.size());
      stage = std::max(stage, row.stage.size());
    }
    std::cout << absl::StreamFormat("| %-*s | %-*s | %s |\n", fault, "fault", stage, "stage", "the operator sees");
    std::cout << absl::StreamFormat("|-%s-|-%s-|---|\n", std::string(fault, '-'), std::string(stage, '-'));
    for (const Row& row : Rows()) {
      std::cout << absl::StreamFormat("| %-*s | %-*s | %s |\n", fault, row.fault, stage, row.stage, row.seen);
    }
    std::cout << absl::StreamFormat("%d rows\n", Rows().size()) << std::flush;
  }
};

testing::Environment* const table = testing::AddGlobalTestEnvironment(new PrintedTable);

}  // namespace

void AddRow(const std::string& fault, const std::string& stage, const std::string& seen) {
  static const std::regex kFolder("/[^ ,:\"]*/(data|mirror)(?=[/ ,:;\"]|$)");
  std::string text = std::regex_replace(seen, kFolder, "$1");
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (text.size() > kSeenMost) text = text.substr(0, kSeenMost) + "...";
  Rows().push_back({fault, stage, text});
}

}  // namespace envej::faults
