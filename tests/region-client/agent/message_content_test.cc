#include "region-client/agent/message_content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/region-client/agent/agent_world.h"

namespace envej::region {
namespace {

using ward::Event;

const absl::Time kSaidAt = absl::FromUnixSeconds(1'800'000'000);

// An event that says something in every field, and the same with each field otherwise.
std::vector<Event> EachFieldOtherwise() {
  Event event = Discharge("1", kSaidAt);
  event.merged = {{"hospital", "2"}};
  event.service = "PSY";
  event.birth_day = absl::CivilDay(1980, 5, 17);
  event.deceased = false;
  event.contact.postal_address = ward::PostalAddress{"Prøvevej 1", "2000", "Prøveby"};
  event.contact.name_and_address_protection = false;
  void (*const changes[])(Event&) = {
      [](Event& said) { said.kind = ward::EventKind::kMoved; },
      [](Event& said) { said.patient[0].authority = ""; },
      [](Event& said) { said.patient[0].value = "12"; },
      [](Event& said) {
        said.patient.push_back({"CPR", "0"});
      },
      [](Event& said) { said.patient.swap(said.merged); },
      [](Event& said) { said.merged.clear(); },
      [](Event& said) { said.stay = ""; },
      [](Event& said) { said.ward = "P2"; },
      [](Event& said) { said.service = said.ward + said.service; },
      [](Event& said) { said.patient_class = ward::PatientClass::kOther; },
      [](Event& said) { said.discharged_home = false; },
      [](Event& said) { said.happened_at = kSaidAt + absl::Milliseconds(1); },
      [](Event& said) { said.happened_at.reset(); },
      [](Event& said) { said.recorded_at.reset(); },
      [](Event& said) { said.discharge_day = *said.discharge_day + 1; },
      [](Event& said) { said.birth_day.reset(); },
      [](Event& said) { said.deceased = true; },
      [](Event& said) { said.deceased.reset(); },
      [](Event& said) { said.contact.name = "Nanna"; },
      [](Event& said) { said.contact.phone_numbers.clear(); },
      [](Event& said) { said.contact.phone_numbers.emplace_back("1"); },
      [](Event& said) { said.contact.email = "nanna@example.dk"; },
      [](Event& said) { said.contact.postal_address.reset(); },
      [](Event& said) { said.contact.postal_address->street = ""; },
      [](Event& said) { said.contact.postal_address->postal_code = ""; },
      [](Event& said) { said.contact.postal_address->city = ""; },
      [](Event& said) { said.contact.name_and_address_protection = true; },
      [](Event& said) { said.contact.name_and_address_protection.reset(); },
  };
  std::vector<Event> events = {event};
  for (const auto change : changes) change(events.emplace_back(event));
  return events;
}

TEST(MessageContentTest, WhatIsSaidOtherwiseInAnyFieldIsOtherContent) {
  const std::vector<Event> events = EachFieldOtherwise();
  std::set<std::vector<std::string>> contents;
  for (const Event& event : events) contents.insert(ContentOf({event}));
  EXPECT_EQ(contents.size(), events.size());
  EXPECT_EQ(ContentOf({events[0]}), ContentOf({EachFieldOtherwise()[0]}));
  EXPECT_NE(ContentOf({events[0], events[1]}), ContentOf({events[1], events[0]}));
}

TEST(MessageContentTest, AnAnswerIsOfItsPatientAndOtherThanItsWithdrawal) {
  const ward::v1::RegisteredConsent consent = Consent("2027-01-15");
  const ward::v1::RegisteredConsent other = Consent("2027-01-14");
  EXPECT_EQ(ContentOf(Patient("1"), &consent), ContentOf(Patient("1"), &consent));
  const std::set<std::vector<std::string>> contents = {
      ContentOf(Patient("1"), &consent), ContentOf(Patient("2"), &consent), ContentOf(Patient("1"), &other),
      ContentOf(Patient("1"), nullptr), ContentOf({Discharge("1", kSaidAt)})};
  EXPECT_EQ(contents.size(), 5u);
}

}  // namespace
}  // namespace envej::region
