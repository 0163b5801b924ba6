#include "region-client/pages/consent_faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/region-client/agent/agent_world.h"

namespace envej::region {
namespace {

using contract::Reason;
using contract::Violation;
using testing::ElementsAre;
using testing::IsEmpty;

const contract::Moment kNow =
    contract::Moment::At(absl::FromCivil(absl::CivilSecond(2027, 1, 15, 12), absl::UTCTimeZone()), absl::UTCTimeZone());

TEST(ConsentFaultsTest, WhatSystemsCanStillSayMayBeEmpty) {
  ward::v1::RegisteredConsent consent = Consent("2027-01-15");
  EXPECT_THAT(FindFaults(consent, kNow), IsEmpty());
}

TEST(ConsentFaultsTest, ACriterionThatIsNotMetIsAnAnswer) {
  ward::v1::RegisteredConsent consent = Consent("2027-01-15");
  consent.mutable_criteria()->set_no_support_under_serviceloven(false);
  EXPECT_THAT(FindFaults(consent, kNow), IsEmpty());
  consent.mutable_criteria()->clear_no_support_under_serviceloven();
  EXPECT_THAT(FindFaults(consent, kNow),
              ElementsAre(Violation{"criteria.no_support_under_serviceloven", Reason::kCriterionNoSupportMissing}));
}

TEST(ConsentFaultsTest, PutsTextIntoItsForm) {
  ward::v1::RegisteredConsent consent = Consent("2027-01-15");
  v1::Citizen& contact = *consent.mutable_contact();
  contact.set_name(
      " A\xCC\x8A"
      "se  ");
  contact.add_phone_numbers(" ");
  contact.add_phone_numbers("0045 20 12 34 56");
  contact.mutable_postal_address()->set_city(" ");
  EXPECT_THAT(FindFaults(consent, kNow), IsEmpty());
  EXPECT_EQ(contact.name(), "Åse");
  EXPECT_THAT(contact.phone_numbers(), ElementsAre("+4520123456"));
  EXPECT_FALSE(contact.has_postal_address());
}

TEST(ConsentFaultsTest, UnderProtectionNoAddressIsTaken) {
  ward::v1::RegisteredConsent consent = Consent("2027-01-15");
  v1::Citizen& contact = *consent.mutable_contact();
  contact.set_name_and_address_protection(true);
  contact.mutable_postal_address()->set_street("Prøvevej 1");
  contact.mutable_postal_address()->set_postal_code("2000");
  contact.mutable_postal_address()->set_city("Prøveby");
  EXPECT_THAT(FindFaults(consent, kNow),
              ElementsAre(Violation{"contact.postal_address", Reason::kPostalAddressProtected}));
}

TEST(ConsentFaultsTest, TooManyPhoneNumbersAreOneFault) {
  ward::v1::RegisteredConsent consent = Consent("2027-01-15");
  for (int number = 0; number < 5; ++number) consent.mutable_contact()->add_phone_numbers("20123456");
  const std::vector<Violation> faults = FindFaults(consent, kNow);
  ASSERT_FALSE(faults.empty());
  EXPECT_EQ(faults.front().field, "contact.phone_numbers");
}

}  // namespace
}  // namespace envej::region
