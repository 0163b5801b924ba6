#include "tests/simulation/report.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/simulation/simulation.h"

namespace envej::simulation {
namespace {

// What a client must have been told at least once.
constexpr absl::string_view kAnswers[] = {
    "hand in: OK",
    "hand in: NOTICE_NOT_FOUND",
    "hand in: NOTICE_TOO_OLD",
    "hand in: NOTICE_UNDELIVERED",
    "hand in: NOTICE_WITHDRAWN",
    "hand in: REVISION_STALE",
    "hand in something else: NOTICE_ID_REUSED",
    "hand in something else: NOTICE_WITHDRAWN",
    "hand in something else: REVISION_STALE",
    "acknowledge the outcome: NOTICE_NOT_FOUND",
    "acknowledge the outcome: OK",
    "acknowledge the outcome: OUTCOME_NOT_REACHED",
    "redrive: NOTICE_NOT_FOUND",
    "redrive: OK",
    "return by operations: NOTICE_ALREADY_ACKNOWLEDGED",
    "return by operations: NOTICE_ALREADY_RETURNED",
    "return by operations: NOTICE_NOT_FOUND",
    "return by operations: NOTICE_UNDELIVERED",
    "return by operations: NOTICE_WITHDRAWN",
    "return by operations: OK",
    "pull: BROKER_BUSY",
    "pull: OK",
    "extend: LEASE_EXPIRED",
    "extend: LEASE_NOT_HELD",
    "extend: LEASE_SUPERSEDED",
    "extend: NOTICE_ALREADY_ACKNOWLEDGED",
    "extend: NOTICE_ALREADY_RETURNED",
    "extend: NOTICE_REVISED",
    "extend: NOTICE_UNDELIVERED",
    "extend: NOTICE_WITHDRAWN",
    "extend: OK",
    "acknowledge: BROKER_BUSY",
    "acknowledge: LEASE_EXPIRED",
    "acknowledge: LEASE_NOT_HELD",
    "acknowledge: LEASE_SUPERSEDED",
    "acknowledge: NOTICE_ALREADY_ACKNOWLEDGED",
    "acknowledge: NOTICE_ALREADY_RETURNED",
    "acknowledge: NOTICE_REVISED",
    "acknowledge: NOTICE_UNDELIVERED",
    "acknowledge: NOTICE_WITHDRAWN",
    "acknowledge: OK",
    "return: NOTICE_ALREADY_ACKNOWLEDGED",
    "return: OK",
    "claim falsely: LEASE_NOT_HELD",
    "claim falsely: LEASE_SUPERSEDED",
    "claim falsely: NOTICE_ALREADY_RETURNED",
    "claim falsely: NOTICE_NOT_FOUND",
    "claim falsely: RETURN_REASON_MISSING",
};

}  // namespace

Report RunSeeds(const Runs& runs, std::ostream& out) {
  Report report;
  uint64_t failures = 0;
  for (uint64_t seed = runs.from; seed < runs.from + runs.seeds && failures < runs.failures_most; ++seed) {
    Simulation simulation(seed, runs.medium(seed));
    simulation.Run(runs.steps);
    ++report.seeds;
    report.steps += simulation.steps();
    report.coverage.Add(simulation.coverage());
    report.violations += simulation.violations().size();
    if (!simulation.violations().empty()) ++failures;
    for (const std::string& violation : simulation.violations()) {
      out << "seed " << seed << ": " << violation << "; replay: " << runs.replay << seed << "\n";
    }
  }
  return report;
}

std::vector<std::string> Gaps(const Report& report) {
  std::vector<std::string> gaps = report.coverage.Impossible();
  if (report.seeds < kSeedsForTheTable) return gaps;
  for (std::string& missing : report.coverage.Missing()) gaps.push_back(std::move(missing));
  for (const absl::string_view answer : kAnswers) {
    if (report.coverage.Of(answer) == 0) gaps.push_back(absl::StrCat("nobody was answered \"", answer, "\""));
  }
  return gaps;
}

void Print(const Report& report, std::ostream& out) {
  out << "seeds " << report.seeds << ", steps " << report.steps << ", faults " << report.coverage.FaultsMet() << "\n"
      << report.coverage.ToString() << report.violations << " violations\n";
}

}  // namespace envej::simulation
