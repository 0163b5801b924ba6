#include "region-client/agent/consent_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "region-client/agent/phone_number.h"
#include "tests/region-client/agent/agent_world.h"

namespace envej::region {
namespace {

using testing::HasSubstr;
using testing::Optional;

constexpr absl::CivilDay kToday(2027, 1, 15);

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

TEST(ConsentCheckTest, ANoIsAnAnswerAndAHalfIsNone) {
  ward::v1::RegisteredConsent consent = Consent("2027-01-15");
  EXPECT_TRUE(CheckConsent(consent, kToday).ok());
  consent.mutable_consent()->clear_disclosure();
  EXPECT_TRUE(CheckConsent(consent, kToday).ok());
  consent.mutable_consent()->mutable_contact()->clear_form();
  EXPECT_THAT(CheckConsent(consent, kToday).message(), HasSubstr("consent.contact"));
  consent = Consent("2027-01-16");
  EXPECT_THAT(CheckConsent(consent, kToday).message(), HasSubstr("consent.contact"));
}

TEST(ConsentCheckTest, EveryCriterionIsAnswered) {
  ward::v1::RegisteredConsent consent = Consent("2027-01-15");
  consent.mutable_criteria()->set_mental_illness(false);
  EXPECT_TRUE(CheckConsent(consent, kToday).ok());
  consent.mutable_criteria()->clear_mental_illness();
  EXPECT_THAT(CheckConsent(consent, kToday).message(), HasSubstr("criteria"));
}

TEST(ConsentCheckTest, AWrongFieldIsNamedAndNotRepeated) {
  ward::v1::RegisteredConsent consent = Consent("2027-01-15", "copenhagen");
  EXPECT_EQ(CheckConsent(consent, kToday).message(), "municipality_code must be four digits");
  consent = Consent("2027-01-15");
  consent.mutable_contact()->add_phone_numbers("99999");
  EXPECT_THAT(CheckConsent(consent, kToday).message(), testing::Not(HasSubstr("99999")));
  EXPECT_FALSE(CheckConsent(consent, kToday).ok());
}

}  // namespace
}  // namespace envej::region
