// Whatever order the same things come in, and however often, the municipality ends up with the same.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <variant>

#include "tests/region-client/ward/ward_day.h"

namespace envej::ward {
namespace {

using Happening = std::variant<Event, v1::RegisteredConsent, int>;  // a number: the consent is withdrawn at that hour

struct Course {
  const char* name;
  std::vector<Happening> happenings;  // as they happened
  const char* discharge_date;         // what the municipality has in the end; empty: nothing
};

const auto kTomorrow = absl::CivilDay(2027, 3, 11);

// Registered as an admission, as some systems do.
Event Visit(int hours) {
  Event event = EventAt(EventKind::kAdmitted, hours, "V9");
  event.patient_class = PatientClass::kOther;
  event.ward = "CLINIC";
  return event;
}

Event Elsewhere(EventKind kind, int hours) {
  Event event = kind == EventKind::kDischarged ? DischargeAt(hours, "S8") : EventAt(kind, hours, "S8");
  event.ward = "K1";
  return event;
}

Event WordOfThePatient(int hours) {
  Event event = EventAt(EventKind::kUpdated, hours, "");
  event.ward = "";
  event.patient_class = PatientClass::kOther;
  return event;
}

Event VisitAt(int hours) {
  Event event = EventAt(EventKind::kAdmitted, hours, "S2");
  event.ward = "EMERGENCY";
  event.patient_class = PatientClass::kOther;
  return event;
}

Event MovedElsewhere(int hours) {
  Event event = EventAt(EventKind::kMoved, hours);
  event.ward = "K1";
  return event;
}

Event DischargeFromElsewhere(int hours) {
  Event event = DischargeAt(hours);
  event.ward = "K1";
  return event;
}

std::vector<Course> Courses() {
  Event dead = EventAt(EventKind::kUpdated, 5);
  dead.deceased = true;
  Event renamed = EventAt(EventKind::kUpdated, 5);
  renamed.contact.name = "Ane Opdigtet Nu";
  return {
      {"discharged", {EventAt(EventKind::kAdmitted, -20), ConsentAt(-2), DischargeAt(3)}, kToday},
      {"planned, then discharged",
       {EventAt(EventKind::kAdmitted, -20), ConsentAt(1), PlanAt(2, kTomorrow), DischargeAt(4), renamed},
       kToday},
      {"the plan moves", {ConsentAt(1), PlanAt(2, kTomorrow), PlanAt(3, kTomorrow + 1)}, "2027-03-12"},
      {"the plan is given up",
       {ConsentAt(1), PlanAt(2, kTomorrow), EventAt(EventKind::kDischargePlanCancelled, 3)},
       ""},
      {"not discharged after all", {ConsentAt(1), DischargeAt(2), EventAt(EventKind::kDischargeCancelled, 3)}, ""},
      {"discharged a second time",
       {ConsentAt(1), DischargeAt(2), EventAt(EventKind::kDischargeCancelled, 3), DischargeAt(4)},
       kToday},
      {"back again",
       {EventAt(EventKind::kAdmitted, -20), ConsentAt(1), DischargeAt(2), EventAt(EventKind::kAdmitted, 6, "S2")},
       ""},
      {"back again, by a visit that became a stay",
       {ConsentAt(1), DischargeAt(2), VisitAt(5), EventAt(EventKind::kMoved, 6, "S2")},
       ""},
      {"back again, by a move under another number",
       {EventAt(EventKind::kAdmitted, -20), ConsentAt(1), DischargeAt(2), EventAt(EventKind::kMoved, 6, "S2")},
       ""},
      {"back again the day after, and home without being asked again",
       {ConsentAt(1), DischargeAt(2), EventAt(EventKind::kMoved, 26, "S2"), DischargeAt(28, "S2")},
       ""},
      {"back again the day after, asked again, moved, and home",
       {DischargeAt(2), EventAt(EventKind::kAdmitted, 26, "S2"), ConsentAt(27, "2027-03-11"),
        EventAt(EventKind::kMoved, 50, "S2"), DischargeAt(52, "S2")},
       "2027-03-12"},
      {"in another ward under another number, and home from there",
       {EventAt(EventKind::kAdmitted, -20), ConsentAt(1), EventAt(EventKind::kMoved, 26, "S2"), DischargeAt(28, "S2")},
       "2027-03-11"},
      {"in another ward under another number, without a plan",
       {ConsentAt(1), PlanAt(2, kTomorrow), EventAt(EventKind::kMoved, 6, "S2")},
       ""},
      {"moved under another number before the discharge",
       {ConsentAt(1), EventAt(EventKind::kMoved, 2, "S0"), DischargeAt(4)},
       kToday},
      {"dead", {ConsentAt(1), DischargeAt(2), dead}, ""},
      {"no longer wanted", {ConsentAt(1), DischargeAt(2), 3}, ""},
      {"wanted again", {ConsentAt(1), 2, ConsentAt(3), DischargeAt(4)}, kToday},
      {"a visit to a clinic while on the ward and after", {ConsentAt(1), Visit(-1), DischargeAt(2), Visit(6)}, kToday},
      {"in another hospital afterwards",
       {ConsentAt(1), DischargeAt(2), Elsewhere(EventKind::kAdmitted, 6), Elsewhere(EventKind::kDischarged, 8)},
       kToday},
      {"word of a new address", {ConsentAt(1), DischargeAt(2), WordOfThePatient(4)}, kToday},
      {"moved to another hospital's ward and home from there",
       {ConsentAt(1), DischargeFromElsewhere(6), MovedElsewhere(4), EventAt(EventKind::kAdmitted, -20)},
       ""},
      {"never was", {ConsentAt(1), DischargeAt(2), EventAt(EventKind::kEnteredInError, 3)}, ""},
  };
}

void Take(const Happening& happening, WardDay& day) {
  if (const int* const hours = std::get_if<int>(&happening)) return day.WithdrawConsentAt(*hours);
  if (const Event* const event = std::get_if<Event>(&happening)) return day.Take(*event);
  day.Take(std::get<v1::RegisteredConsent>(happening));
}

TEST(ArrivalOrderTest, TheEndIsTheSameInEveryOrder) {
  for (const Course& course : Courses()) {
    std::vector<size_t> order(course.happenings.size());
    std::iota(order.begin(), order.end(), 0);
    do {
      WardDay day;
      for (const size_t next : order) Take(course.happenings[next], day);
      EXPECT_EQ(day.Had().envelope().discharge_date(), course.discharge_date)
          << course.name << ": " << testing::PrintToString(order);
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

TEST(ArrivalOrderTest, WhatIsRepeatedSendsNothing) {
  for (const Course& course : Courses()) {
    WardDay day;
    for (const Happening& happening : course.happenings) Take(happening, day);
    const int messages = day.municipality_.messages();
    Take(course.happenings.back(), day);
    day.Settle();
    EXPECT_EQ(day.municipality_.messages(), messages) << course.name;
  }
}

}  // namespace
}  // namespace envej::ward
