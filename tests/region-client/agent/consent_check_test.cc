#include "region-client/agent/consent_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "region-client/agent/phone_number.h"
#include "tests/region-client/agent/agent_world.h"

namespace envej::region {
namespace {

using contract::Reason;
using contract::Rejection;
using contract::Violation;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

const contract::Moment kNow =
    contract::Moment::At(absl::FromCivil(absl::CivilSecond(2027, 1, 15, 12), absl::UTCTimeZone()), absl::UTCTimeZone());

std::vector<Violation> FaultsOf(ward::v1::RegisteredConsent& consent) {
  return CheckConsent(consent, kNow).value_or(Rejection()).violations;
}

TEST(ConsentCheckTest, PhoneNumbersAreTakenAsTheyAreWrittenInDenmark) {
  for (const char* const written : {"20123456", "20 12 34 56", "+45 20 12 34 56", "004520123456", "(45) 20-12-34-56"}) {
    EXPECT_THAT(ToE164(written), Optional(std::string("+4520123456"))) << written;
  }
  EXPECT_THAT(ToE164("+49 30 123456"), Optional(std::string("+4930123456")));
}

TEST(ConsentCheckTest, WhatCannotBeCalledIsNoNumber) {
  for (const char* const written : {"", "1234", "call me", "+45 00 00 00 00", "2012345678901234567890"}) {
    EXPECT_FALSE(ToE164(written).has_value()) << written;
  }
}

TEST(ConsentCheckTest, APatientsNumberIsAsSystemsSendIt) {
  const auto checked = [](const std::string& value, const std::string& authority = "") {
    ward::v1::PatientId said;
    said.set_authority(authority);
    said.set_value(value);
    return CheckPatient(said).value_or(ward::PatientId()).value;
  };
  EXPECT_EQ(checked(" 000101-1234 "), "0001011234");
  EXPECT_EQ(checked("00 01 01 - 12\xC2\xA0"
                    "34"),
            "0001011234");
  EXPECT_EQ(checked("4711-12"), "4711-12");
  for (const std::string& none : {std::string(" "), std::string(65, '1'), std::string("1\n2"), std::string("\xFF")}) {
    EXPECT_EQ(checked(none), "") << none;
  }
  EXPECT_EQ(checked("1", std::string(65, 'a')), "");
}

TEST(ConsentCheckTest, WhatSystemsCanStillSayMayBeEmpty) {
  ward::v1::RegisteredConsent consent = Consent("2027-01-15");
  EXPECT_THAT(FaultsOf(consent), IsEmpty());
  EXPECT_THAT(consent.contact().name(), IsEmpty());
  EXPECT_THAT(consent.contact().phone_numbers(), IsEmpty());
  consent.mutable_contact()->set_name("1234");
  EXPECT_THAT(FaultsOf(consent), ElementsAre(Violation{"contact.name", Reason::kNameMissing}));
}

TEST(ConsentCheckTest, ANoIsAnAnswerAndAHalfIsNone) {
  ward::v1::RegisteredConsent consent = Consent("2027-01-15");
  consent.mutable_consent()->clear_disclosure();
  consent.mutable_consent()->mutable_contact()->clear_form();
  consent.clear_criteria();
  EXPECT_THAT(FaultsOf(consent), IsEmpty()) << "of a no nothing is asked";
  consent = Consent("2027-01-15");
  consent.mutable_consent()->mutable_contact()->clear_form();
  EXPECT_THAT(FaultsOf(consent), ElementsAre(Violation{"consent.contact", Reason::kConsentToContactIncomplete}));
  consent = Consent("2027-01-16");
  EXPECT_EQ(CheckConsent(consent, kNow)->reason, Reason::kConsentToContactInFuture);
  consent = Consent("2026-01-14");
  EXPECT_EQ(CheckConsent(consent, kNow)->reason, Reason::kConsentToContactTooOld);
}

TEST(ConsentCheckTest, ACriterionThatIsNotMetIsAnAnswer) {
  ward::v1::RegisteredConsent consent = Consent("2027-01-15");
  consent.mutable_criteria()->set_no_support_under_serviceloven(false);
  EXPECT_THAT(FaultsOf(consent), IsEmpty());
  consent.mutable_criteria()->clear_no_support_under_serviceloven();
  EXPECT_THAT(FaultsOf(consent),
              ElementsAre(Violation{"criteria.no_support_under_serviceloven", Reason::kCriterionNoSupportMissing}));
}

TEST(ConsentCheckTest, PutsTextIntoItsForm) {
  ward::v1::RegisteredConsent consent = Consent("2027-01-15");
  v1::Citizen& contact = *consent.mutable_contact();
  contact.set_name(
      " A\xCC\x8A"
      "se  ");
  contact.add_phone_numbers(" ");
  contact.add_phone_numbers("0045 20 12 34 56");
  contact.mutable_postal_address()->set_city(" ");
  EXPECT_THAT(FaultsOf(consent), IsEmpty());
  EXPECT_EQ(contact.name(), "Åse");
  EXPECT_THAT(contact.phone_numbers(), ElementsAre("+4520123456"));
  EXPECT_FALSE(contact.has_postal_address());
}

TEST(ConsentCheckTest, TextThatCouldNeverBeSentIsNoContact) {
  ward::v1::RegisteredConsent consent = Consent("2027-01-15");
  v1::Citizen& contact = *consent.mutable_contact();
  contact.set_name("Ane 0101909999");
  contact.set_email("ane");
  EXPECT_THAT(FaultsOf(consent), ElementsAre(Violation{"contact.name", Reason::kTextLikeCprNumber},
                                             Violation{"contact.email", Reason::kEmailInvalid}));
  contact.set_name(std::string(500, 'a'));
  contact.set_email("");
  EXPECT_THAT(FaultsOf(consent), ElementsAre(Violation{"contact.name", Reason::kNameTooLong}));
}

TEST(ConsentCheckTest, UnderProtectionNoAddressIsTaken) {
  ward::v1::RegisteredConsent consent = Consent("2027-01-15");
  v1::Citizen& contact = *consent.mutable_contact();
  contact.set_name_and_address_protection(true);
  contact.mutable_postal_address()->set_street("Prøvevej 1");
  contact.mutable_postal_address()->set_postal_code("2000");
  contact.mutable_postal_address()->set_city("Prøveby");
  EXPECT_THAT(FaultsOf(consent), ElementsAre(Violation{"contact.postal_address", Reason::kPostalAddressProtected}));
}

TEST(ConsentCheckTest, EveryFaultIsNamedOnceUnderTheReasonThatStandsFirst) {
  ward::v1::RegisteredConsent consent = Consent("2027-01-15", "copenhagen");
  for (int number = 0; number < 5; ++number) consent.mutable_contact()->add_phone_numbers("20123456");
  consent.mutable_contact()->set_phone_numbers(1, "99999");
  const std::optional<Rejection> rejection = CheckConsent(consent, kNow);
  ASSERT_TRUE(rejection.has_value());
  EXPECT_EQ(rejection->reason, Reason::kMunicipalityUnknown);
  EXPECT_THAT(rejection->violations, ElementsAre(Violation{"municipality_code", Reason::kMunicipalityUnknown},
                                                 Violation{"contact.phone_numbers[1]", Reason::kPhoneNumberInvalid},
                                                 Violation{"contact.phone_numbers", Reason::kPhoneNumbersTooMany}));
}

}  // namespace
}  // namespace envej::region
