#include "region-client/ward/answer.h"

#include <gtest/gtest.h>

#include <string>

#include "proto/contract/day.h"
#include "proto/contract/message_codec.h"
#include "region-client/ward/joining.h"

namespace envej::ward {
namespace {

// Midday of the 15th in Copenhagen.
const absl::Time kWithdrawnAt = absl::FromCivil(absl::CivilSecond(2027, 1, 15, 11), absl::UTCTimeZone());

v1::RegisteredConsent Yes(const std::string& contact, const std::string& disclosure) {
  v1::RegisteredConsent yes;
  yes.set_municipality_code("0101");
  yes.mutable_consent()->mutable_contact()->set_given_on(contact);
  yes.mutable_consent()->mutable_disclosure()->set_given_on(disclosure);
  return yes;
}

v1::Case Known() {
  v1::Case known;
  *known.mutable_consent() = Yes("2027-01-10", "2027-01-10");
  *known.mutable_consent()->mutable_registered_at() = contract::ToMessage(kWithdrawnAt - absl::Hours(24));
  return known;
}

v1::Case Withdrawn(absl::Time at = kWithdrawnAt) {
  v1::Case known = Known();
  TakeConsentWithdrawal(at, known);
  return known;
}

class AnswerTest : public testing::Test {
 protected:
  bool May(const std::string& contact, const std::string& disclosure, AnswerFrom from,
           const v1::Case& known = Withdrawn()) const {
    return MayBeRegistered(Yes(contact, disclosure), known, from, copenhagen_);
  }

  const absl::TimeZone copenhagen_ = *contract::CopenhagenTimeZone();
};

TEST_F(AnswerTest, BothPartsAreAYes) {
  v1::RegisteredConsent answer = Yes("2027-01-10", "2027-01-10");
  EXPECT_TRUE(IsYes(answer));
  answer.mutable_consent()->clear_contact();
  EXPECT_FALSE(IsYes(answer));
  answer = Yes("2027-01-10", "2027-01-10");
  answer.mutable_consent()->clear_disclosure();
  EXPECT_FALSE(IsYes(answer));
}

TEST_F(AnswerTest, WhatWasGivenBeforeTheWithdrawalIsGivenNoMore) {
  for (const AnswerFrom from : {AnswerFrom::kStaff, AnswerFrom::kSystem}) {
    EXPECT_TRUE(May("2027-01-10", "2027-01-10", from, Known()));
    EXPECT_TRUE(May("2027-01-10", "2027-01-10", from, v1::Case()));
    EXPECT_FALSE(May("2027-01-14", "2027-01-14", from));
    EXPECT_FALSE(May("2027-01-16", "2027-01-14", from)) << "both parts are given anew";
    EXPECT_FALSE(May("2027-01-14", "2027-01-16", from));
    EXPECT_TRUE(May("2027-01-16", "2027-01-16", from));
  }
}

TEST_F(AnswerTest, OfTheDayOfTheWithdrawalOnlyStaffKnowWhichWasFirst) {
  EXPECT_TRUE(May("2027-01-15", "2027-01-15", AnswerFrom::kStaff));
  EXPECT_FALSE(May("2027-01-15", "2027-01-15", AnswerFrom::kSystem));
  const v1::Case after_midnight =
      Withdrawn(absl::FromCivil(absl::CivilSecond(2027, 1, 15, 23, 30), absl::UTCTimeZone()));
  EXPECT_FALSE(May("2027-01-15", "2027-01-15", AnswerFrom::kStaff, after_midnight)) << "in Copenhagen it was the 16th";
}

TEST_F(AnswerTest, WhoLivesElsewhereHasWithdrawnNothing) {
  v1::Case known = Known();
  TakeLivesElsewhere("0101", kWithdrawnAt, known);
  EXPECT_TRUE(HasStandingConsent(known)) << "it names that municipality";
  TakeLivesElsewhere("0147", kWithdrawnAt, known);
  EXPECT_FALSE(HasStandingConsent(known));
  EXPECT_TRUE(known.consent().lives_elsewhere());
  EXPECT_TRUE(May("2027-01-10", "2027-01-10", AnswerFrom::kStaff, known)) << "the municipality was mistaken";
  EXPECT_FALSE(May("2027-01-10", "2027-01-10", AnswerFrom::kSystem, known)) << "its list still is";
  v1::RegisteredConsent corrected = Yes("2027-01-10", "2027-01-10");
  corrected.set_municipality_code("0851");
  EXPECT_TRUE(MayBeRegistered(corrected, known, AnswerFrom::kSystem, copenhagen_));
  TakeConsentWithdrawal(kWithdrawnAt + absl::Hours(1), known);
  EXPECT_FALSE(May("2027-01-10", "2027-01-10", AnswerFrom::kStaff, known));
  TakeLivesElsewhere("0147", kWithdrawnAt + absl::Hours(2), known);
  EXPECT_FALSE(known.consent().lives_elsewhere()) << "the citizen had withdrawn it";
}

}  // namespace
}  // namespace envej::ward
