#ifndef ENVEJ_TESTS_WARDS_DAY_FILES_H_
#define ENVEJ_TESTS_WARDS_DAY_FILES_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "proto/contract/day.h"
#include "tests/certs/test_files.h"
#include "tests/support/process.h"

// The day as its files have it (README.md): what arrives, and what ought to come of it.
namespace envej::wards {

// What one patient's municipality ends up with, and what was withdrawn from any.
struct Expected {
  std::string holds;                     // "0101 / 2027-01-20 / name / phone"; empty: nothing
  std::multiset<std::string> withdrawn;  // "0101 READMITTED"

  bool operator==(const Expected&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Expected& expected) {
  return out << "holds [" << expected.holds << "], withdrawn " << testing::PrintToString(expected.withdrawn);
}

// `text` with D, D+3, D-1 as the day that it is.
inline std::string WithDays(const std::string& text, absl::CivilDay day) {
  std::vector<std::string> parts = absl::StrSplit(text, " / ");
  if (parts.size() != 4) return text;
  int days = 0;
  const std::string& relative = parts[1];
  if (relative.size() > 1) {
    EXPECT_TRUE(absl::SimpleAtoi(relative.substr(1), &days)) << text;
  }
  parts[1] = contract::FormatDay(day + days);
  return absl::StrJoin(parts, " / ");
}

inline std::string WardsFile(const std::string& name) {
  return absl::StrCat(std::getenv("ENVEJ_SOURCE_DIRECTORY"), "/tests/wards/", name);
}

// The ledger, by patient.
inline std::map<std::string, Expected> ReadLedger(absl::CivilDay day) {
  std::map<std::string, Expected> ledger;
  const std::string text = certs::ReadFile(WardsFile("ledger.txt"));
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (line.front() == '#' || line.front() == ' ') continue;
    const std::vector<std::string> clauses = absl::StrSplit(line, " ; ");
    const std::vector<std::string> first = absl::StrSplit(clauses[0], absl::MaxSplits(' ', 2));
    Expected& expected = ledger[first[0]];
    if (first[1] == "holds") expected.holds = WithDays(first[2], day);
    for (size_t clause = 1; clause < clauses.size(); ++clause) {
      expected.withdrawn.emplace(absl::StripPrefix(clauses[clause], "withdrawn "));
    }
  }
  return ledger;
}

// The patient to whom a number belongs: the last two digits of every one are its own.
inline std::string PatientOf(const std::string& phone) {
  return phone.size() < 2 ? "" : absl::StrCat("P", phone.substr(phone.size() - 2));
}

// The number by which the hospitals know a patient.
inline std::string NumberOf(const std::string& patient) { return absl::StrCat("H00", patient.substr(1)); }

// A message, or a line of a consent.
struct Arrival {
  bool is_message = false;
  std::string bytes;
};

// The day of the courses is over when its consents are registered: who withdrew did so today, and was asked again
// today.
inline std::string AskedAgain(const std::string& consent, std::set<std::string>& withdrew) {
  nlohmann::json said = nlohmann::json::parse(consent);
  const std::string patient = said["patient"]["value"].get<std::string>();
  if (said.contains("withdrawn")) withdrew.insert(patient);
  if (!withdrew.contains(patient) || !said.contains("consent")) return consent;
  const absl::CivilDay today = absl::ToCivilDay(absl::Now(), *contract::CopenhagenTimeZone());
  for (auto& [name, part] : said["consent"].items()) part["given_on"] = contract::FormatDay(today);
  return said.dump();
}

// The day anew, for another one, in their order.
inline std::vector<Arrival> MakeDay(const std::string& folder, absl::CivilDay day) {
  const support::Ended made = support::RunProgram(
      {"/usr/bin/python3", "-B", WardsFile("make_day.py"), "--day", contract::FormatDay(day), folder});
  EXPECT_EQ(made.code, 0) << made.err;
  const std::vector<std::string> messages =
      absl::StrSplit(certs::ReadFile(folder + "/messages.hl7"), "MSH|", absl::SkipEmpty());
  const std::vector<std::string> consents =
      absl::StrSplit(certs::ReadFile(folder + "/consents.jsonl"), '\n', absl::SkipEmpty());
  const std::string order = certs::ReadFile(folder + "/arrivals.txt");
  std::vector<Arrival> arrivals;
  std::set<std::string> withdrew;
  size_t message = 0;
  size_t consent = 0;
  for (const absl::string_view line : absl::StrSplit(order, '\n', absl::SkipEmpty())) {
    if (absl::StrContains(line, " hl7 ")) {
      arrivals.push_back({.is_message = true, .bytes = absl::StrCat("MSH|", messages.at(message++))});
    } else {
      arrivals.push_back({.is_message = false, .bytes = AskedAgain(consents.at(consent++), withdrew)});
    }
  }
  EXPECT_EQ(message, messages.size());
  EXPECT_EQ(consent, consents.size());
  return arrivals;
}

}  // namespace envej::wards

#endif  // ENVEJ_TESTS_WARDS_DAY_FILES_H_
