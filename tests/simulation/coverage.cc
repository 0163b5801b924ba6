#include "tests/simulation/coverage.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace envej::simulation {
namespace {

constexpr std::array<absl::string_view, kRows> kRowNames = {
    "submit",
    "revise, under way",
    "revise, acknowledged",
    "revise, returned",
    "withdraw, never seen",
    "withdraw, under way",
    "withdraw, given out",
    "withdraw, delivered",
    "withdraw, ended",
    "take lease",
    "extend",
    "acknowledge",
    "acknowledge withdrawal",
    "return",
    "outcome noted",
    "outcome ends it",
    "redrive",
    "return proposed",
    "return by operations",
    "missing, submitted",
    "missing, revised",
    "missing, withdrawn",
    "lease over, waits",
    "lease over, held back",
    "held long enough",
    "parked",
    "overdue",
    "undelivered",
    "destroyed",
    "forgotten",
    "journal pruned",
};
constexpr std::array<absl::string_view, kFaults> kFaultNames = {
    "no fault",
    "crash before the commit",
    "crash after the write, before the sync",
    "crash that tears what was not synced",
    "crash after the sync, before the answer",
    "crash that forgets what was answered unsynced",
    "answer lost, call repeated",
    "condition failed: something was quicker",
    "the store refuses",
    "a read fails in the store",
    "the write fails",
    "the sync fails",
    "the clock is behind",
    "the clock is ahead",
    "the clock stands still",
};

// Done by time alone, in nobody's name.
bool IsByTime(Row row) { return row >= Row::kLeaseOver; }

bool IsUnsynced(Row row) {
  return row == Row::kTakeLease || row == Row::kExtend || row == Row::kLeaseOver || row == Row::kLeaseOverHeld ||
         row == Row::kHeldOver || row == Row::kForgotten;
}

}  // namespace

absl::string_view NameOf(Row row) { return kRowNames[static_cast<size_t>(row)]; }
absl::string_view NameOf(Fault fault) { return kFaultNames[static_cast<size_t>(fault)]; }

absl::string_view WhyNever(Row row, Fault fault) {
  if (fault == Fault::kAnswerLost && IsByTime(row)) return "nobody waits for its answer";
  if (fault == Fault::kForgotten && !IsUnsynced(row)) return "it is answered after the sync";
  return "";
}

void Coverage::Add(const Coverage& other) {
  for (size_t row = 0; row < kRows; ++row) {
    for (size_t fault = 0; fault < kFaults; ++fault) cells_[row][fault] += other.cells_[row][fault];
  }
  for (const auto& [happening, times] : other.happenings_) happenings_[happening] += times;
}

uint64_t Coverage::Of(absl::string_view happening) const {
  const auto entry = happenings_.find(std::string(happening));
  return entry == happenings_.end() ? 0 : entry->second;
}

uint64_t Coverage::FaultsMet() const {
  uint64_t met = 0;
  for (const auto& row : cells_) {
    for (size_t fault = 1; fault < kFaults; ++fault) met += row[fault];
  }
  return met;
}

std::vector<std::string> Coverage::Missing() const {
  std::vector<std::string> missing;
  for (size_t row = 0; row < kRows; ++row) {
    for (size_t fault = 0; fault < kFaults; ++fault) {
      if (cells_[row][fault] != 0 || !WhyNever(Row(row), Fault(fault)).empty()) continue;
      missing.push_back(absl::StrCat("\"", kRowNames[row], "\" never met \"", kFaultNames[fault], "\""));
    }
  }
  return missing;
}

std::vector<std::string> Coverage::Impossible() const {
  std::vector<std::string> impossible;
  for (size_t row = 0; row < kRows; ++row) {
    for (size_t fault = 0; fault < kFaults; ++fault) {
      const absl::string_view why = WhyNever(Row(row), Fault(fault));
      if (cells_[row][fault] == 0 || why.empty()) continue;
      impossible.push_back(absl::StrCat("\"", kRowNames[row], "\" met \"", kFaultNames[fault], "\", although ", why));
    }
  }
  return impossible;
}

std::string Coverage::ToString() const {
  std::string text = "transition x fault (-: cannot be)\n";
  for (size_t fault = 0; fault < kFaults; ++fault) {
    absl::StrAppendFormat(&text, "  %c  %s\n", 'a' + static_cast<char>(fault), kFaultNames[fault]);
  }
  absl::StrAppendFormat(&text, "%-24s", "");
  for (size_t fault = 0; fault < kFaults; ++fault) {
    absl::StrAppendFormat(&text, "%8c", 'a' + static_cast<char>(fault));
  }
  text += "\n";
  for (size_t row = 0; row < kRows; ++row) {
    absl::StrAppendFormat(&text, "%-24s", kRowNames[row]);
    for (size_t fault = 0; fault < kFaults; ++fault) {
      const bool never = !WhyNever(Row(row), Fault(fault)).empty() && cells_[row][fault] == 0;
      absl::StrAppendFormat(&text, "%8s", never ? "-" : absl::StrCat(cells_[row][fault]));
    }
    text += "\n";
  }
  for (const auto& [happening, times] : happenings_) absl::StrAppendFormat(&text, "  %-44s %d\n", happening, times);
  return text;
}

}  // namespace envej::simulation
