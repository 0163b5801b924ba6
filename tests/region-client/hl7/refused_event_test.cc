// What of a message is no event, and at which place.

#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "proto/contract/day.h"
#include "region-client/hl7/patient_event.h"
#include "tests/region-client/hl7/example_messages.h"

namespace envej::hl7 {
namespace {

// The place and the code of what is wrong; empty where nothing is.
std::string WrongIn(const std::vector<std::string>& segments) {
  const Site site{.zone = contract::CopenhagenTimeZone().value()};
  const absl::Time now = absl::FromCivil(absl::CivilSecond(2028, 1, 1), absl::UTCTimeZone());
  const auto outcome = ReadPatientEvent(Read(Joined(segments)), site, now);
  const auto* const problem = std::get_if<Problem>(&outcome);
  return problem == nullptr ? "" : absl::StrCat(ToText(problem->place), " ", static_cast<int>(problem->code));
}

TEST(RefusedEventTest, AnAuthorityOrANameIsTooLong) {
  const std::string most(200, 'x');
  const auto patient = [](const std::string& authority, const std::string& name) {
    return absl::StrCat("PID|1||1001^^^", authority, "||", name);
  };
  EXPECT_EQ(WrongIn({HeaderOf("A13"), "EVN", patient(most, most)}), "");
  EXPECT_EQ(WrongIn({HeaderOf("A13"), "EVN", patient(most + "x", most)}), "PID-3.4 104");
  EXPECT_EQ(WrongIn({HeaderOf("A13"), "EVN", patient(most, most + "^x")}), "PID-5 104");
}

TEST(RefusedEventTest, NothingSaysATimeOfDay) {
  for (const char* const said : {"", "20270115", "202701"}) {
    const std::string header = absl::StrReplaceAll(HeaderOf("A13"), {{"20270115140500", said}});
    EXPECT_EQ(WrongIn({header, "EVN||20270115", "PID|1||1001^^^NORD"}), "MSH-7 101") << said;
    EXPECT_EQ(WrongIn({header, "EVN||2027011514", "PID|1||1001^^^NORD"}), "");
    EXPECT_EQ(WrongIn({header, "EVN||||||2027011514", "PID|1||1001^^^NORD"}), "");
  }
}

}  // namespace
}  // namespace envej::hl7
