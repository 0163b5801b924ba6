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
  std::vector<Happening> happenings;   // as they happened
  const char* discharge_dates;         // of the notices that the municipality has in the end
  std::vector<Happening> before = {};  // what was known, and settled, on the day of the first discharge
  int now = 24;                        // in hours: when the rest comes
};

const auto kDayAfter = absl::CivilDay(2027, 3, 11);

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

Event RecordedAt(int hours, Event event) {
  event.recorded_at = At(hours);
  return event;
}

Event Unnumbered(Event event) {
  event.stay.clear();
  return event;
}

Event VisitSays(EventKind kind, int hours) {
  Event event = Visit(hours);
  event.kind = kind;
  return event;
}

Event CorrectedDay(int hours, absl::CivilDay day, const std::string& stay = "S1") {
  Event event = EventAt(EventKind::kUpdated, hours, stay);
  event.discharge_day = day;
  return event;
}

constexpr int kHoursADay = 24;  // in hours

std::vector<Course> Courses() {
  Event dead = EventAt(EventKind::kUpdated, 5);
  dead.deceased = true;
  Event renamed = EventAt(EventKind::kUpdated, 5);
  renamed.contact.name = "Ane Opdigtet Nu";
  return {
      {"discharged", {EventAt(EventKind::kAdmitted, -20), ConsentAt(-2), DischargeAt(3)}, kToday},
      {"planned, then discharged",
       {EventAt(EventKind::kAdmitted, -20), ConsentAt(1), PlanAt(2, kDayAfter), DischargeAt(4), renamed},
       kToday},
      {"the plan moves", {ConsentAt(1), PlanAt(2, kDayAfter), PlanAt(3, kDayAfter + 1)}, "2027-03-12"},
      {"the plan is given up",
       {ConsentAt(1), PlanAt(2, kDayAfter), EventAt(EventKind::kDischargePlanCancelled, 3)},
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
      {"back again before the discharge is recorded",
       {EventAt(EventKind::kAdmitted, -20), ConsentAt(1), RecordedAt(8, DischargeAt(2)),
        EventAt(EventKind::kAdmitted, 6, "S2")},
       ""},
      {"back again by a move before the discharge is recorded",
       {EventAt(EventKind::kAdmitted, -20), ConsentAt(1), RecordedAt(8, DischargeAt(2)),
        EventAt(EventKind::kMoved, 6, "S2")},
       ""},
      {"home again after the discharge before was recorded late",
       {RecordedAt(29, DischargeAt(2)), EventAt(EventKind::kAdmitted, 26, "S2"), ConsentAt(27, "2027-03-11"),
        DischargeAt(28, "S2")},
       "2027-03-11"},
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
       {ConsentAt(1), PlanAt(2, kDayAfter), EventAt(EventKind::kMoved, 6, "S2")},
       ""},
      {"moved under another number before the discharge",
       {ConsentAt(1), EventAt(EventKind::kMoved, 2, "S0"), DischargeAt(4)},
       kToday},
      {"a readmission that never was",
       {EventAt(EventKind::kAdmitted, -20), ConsentAt(1), DischargeAt(2), EventAt(EventKind::kAdmitted, 6, "S2"),
        EventAt(EventKind::kEnteredInError, 7, "S2")},
       kToday},
      {"in the next stay already, when the discharge from the one before is told",
       {EventAt(EventKind::kAdmitted, -20), ConsentAt(1), RecordedAt(30, DischargeAt(2)),
        EventAt(EventKind::kAdmitted, 6, "S2")},
       ""},
      {"a day of discharge that is corrected",
       {ConsentAt(1), DischargeAt(2), CorrectedDay(4, absl::CivilDay(2027, 3, 9)), EventAt(EventKind::kUpdated, 5)},
       "2027-03-09"},
      {"a planned day that is corrected",
       {ConsentAt(1), PlanAt(2, kDayAfter), CorrectedDay(4, kDayAfter + 2)},
       "2027-03-13"},
      {"a course that began long ago, and a stay without consent",
       {EventAt(EventKind::kAdmitted, 60 * kHoursADay, "S2"), EventAt(EventKind::kMoved, 61 * kHoursADay, "S2"),
        DischargeAt(62 * kHoursADay, "S2")},
       kToday,
       {EventAt(EventKind::kAdmitted, -20), ConsentAt(1), DischargeAt(2)},
       63 * kHoursADay},
      {"a course that began long ago, and a stay with consent",
       {EventAt(EventKind::kAdmitted, 60 * kHoursADay, "S2"), ConsentAt(61 * kHoursADay, "2027-05-10"),
        DischargeAt(62 * kHoursADay, "S2")},
       "2027-03-10 2027-05-11",
       {EventAt(EventKind::kAdmitted, -20), ConsentAt(1), DischargeAt(2)},
       63 * kHoursADay},
      {"without numbers: discharged, not after all, and discharged again",
       {EventAt(EventKind::kAdmitted, -20, ""), ConsentAt(1), DischargeAt(2, ""),
        EventAt(EventKind::kDischargeCancelled, 3, ""), DischargeAt(4, "")},
       kToday},
      {"without numbers: back again",
       {EventAt(EventKind::kAdmitted, -20, ""), ConsentAt(1), DischargeAt(2, ""), EventAt(EventKind::kAdmitted, 6, "")},
       ""},
      {"without numbers: a readmission that never was",
       {EventAt(EventKind::kAdmitted, -20, ""), ConsentAt(1), DischargeAt(2, ""), EventAt(EventKind::kAdmitted, 6, ""),
        EventAt(EventKind::kEnteredInError, 7, "")},
       kToday},
      {"without numbers: back again, asked again, and home",
       {EventAt(EventKind::kAdmitted, -20, ""), DischargeAt(2, ""), EventAt(EventKind::kAdmitted, 26, ""),
        ConsentAt(27, "2027-03-11"), DischargeAt(52, "")},
       "2027-03-12"},
      {"without numbers: a visit afterwards, and what is said of it",
       {ConsentAt(1), DischargeAt(2, ""), Unnumbered(Visit(6)), Unnumbered(VisitSays(EventKind::kEnteredInError, 7)),
        Unnumbered(VisitSays(EventKind::kDischargeCancelled, 8))},
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

WardDay Before(const Course& course) {
  WardDay day;
  for (const Happening& happening : course.before) Take(happening, day);
  day.now_ = At(course.now);
  return day;
}

// What staff say is known when they say it.
bool IsAsStaffSaidIt(const std::vector<size_t>& order, const Course& course) {
  std::vector<size_t> said;
  for (const size_t next : order) {
    if (!std::holds_alternative<Event>(course.happenings[next])) said.push_back(next);
  }
  return std::is_sorted(said.begin(), said.end());
}

TEST(ArrivalOrderTest, TheEndIsTheSameInEveryOrder) {
  for (const Course& course : Courses()) {
    std::vector<size_t> order(course.happenings.size());
    std::iota(order.begin(), order.end(), 0);
    do {
      if (!IsAsStaffSaidIt(order, course)) continue;
      WardDay day = Before(course);
      for (const size_t next : order) Take(course.happenings[next], day);
      EXPECT_EQ(day.DischargeDates(), course.discharge_dates) << course.name << ": " << testing::PrintToString(order);
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

TEST(ArrivalOrderTest, WhatIsRepeatedSendsNothing) {
  for (const Course& course : Courses()) {
    WardDay day = Before(course);
    for (const Happening& happening : course.happenings) Take(happening, day);
    const int messages = day.municipality_.messages();
    Take(course.happenings.back(), day);
    day.Settle();
    EXPECT_EQ(day.municipality_.messages(), messages) << course.name;
  }
}

}  // namespace
}  // namespace envej::ward
