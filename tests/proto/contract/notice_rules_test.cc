#include "proto/contract/notice_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "proto/contract/limits.h"
#include "tests/proto/contract/broken_rules.h"
#include "tests/support/refusals.h"

namespace envej::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(NoticeRulesTest, AGoodNoticePasses) {
  const Findings findings = CheckNotice(support::GoodNotice(), Now());
  EXPECT_FALSE(findings.always.has_value());
  EXPECT_FALSE(findings.when_new.has_value());
  EXPECT_FALSE(findings.ForNew().has_value());
}

TEST(NoticeRulesTest, EachSpoilingIsRefusedForItsReasonAlone) {
  for (const support::Spoiling& spoiling : support::Spoilings()) {
    SCOPED_TRACE(std::string(Describe(spoiling.reason).name) + ": " + std::string(spoiling.how));
    Notice notice = support::GoodNotice();
    spoiling.spoil(notice);
    std::vector<Reason> expected = {spoiling.reason};
    if (spoiling.also != Reason::kNone) expected.push_back(spoiling.also);
    EXPECT_THAT(BrokenRules(notice, Now()), ElementsAreArray(expected));
    const std::optional<Rejection> rejection = CheckNotice(notice, Now()).ForNew();
    ASSERT_TRUE(rejection.has_value());
    EXPECT_EQ(rejection->reason, spoiling.reason);
  }
}

TEST(NoticeRulesTest, EveryRuleIsBrokenByASpoiling) {
  for (const Rule& rule : AllRules()) {
    int broken = 0;
    for (const support::Spoiling& spoiling : support::Spoilings()) {
      Notice notice = support::GoodNotice();
      spoiling.spoil(notice);
      broken += rule.broken(notice, Now());
    }
    EXPECT_GE(broken, 1) << Describe(rule.reason).name << " " << rule.field;
  }
}

TEST(NoticeRulesTest, ATextThatIsWrongIsNamedByItsField) {
  for (const support::Spoiling& spoiling : support::Spoilings()) {
    if (Precedes(spoiling.reason, Reason::kTextNotNfc) || Precedes(Reason::kTextLikeCprNumber, spoiling.reason))
      continue;
    Notice notice = support::GoodNotice();
    spoiling.spoil(notice);
    const Citizen& sent = *notice.citizen;
    const Citizen good = *support::GoodNotice().citizen;
    std::string field;
    if (sent.name != good.name) field = "citizen.name";
    if (sent.email != good.email) field = "citizen.email";
    if (sent.postal_address->street != good.postal_address->street) field = "citizen.postal_address.street";
    if (sent.postal_address->postal_code != good.postal_address->postal_code) {
      field = "citizen.postal_address.postal_code";
    }
    if (sent.postal_address->city != good.postal_address->city) field = "citizen.postal_address.city";
    const std::optional<Rejection> rejection = CheckNotice(notice, Now()).ForNew();
    ASSERT_TRUE(rejection.has_value()) << spoiling.how;
    EXPECT_EQ(rejection->violations[0], (Violation{.field = field, .reason = spoiling.reason})) << spoiling.how;
  }
}

TEST(NoticeRulesTest, EachOfSeveralWrongTextsIsNamed) {
  Notice notice = support::GoodNotice();
  notice.citizen->name = "Åse 010203-1234";
  notice.citizen->postal_address->street = "Vej 0102031234";
  const std::optional<Rejection> rejection = CheckNotice(notice, Now()).ForNew();
  ASSERT_TRUE(rejection.has_value());
  EXPECT_THAT(rejection->violations,
              ElementsAre(Violation{"citizen.name", Reason::kTextLikeCprNumber},
                          Violation{"citizen.postal_address.street", Reason::kTextLikeCprNumber}));
}

TEST(NoticeRulesTest, RulesStandInOrderOfPrecedence) {
  const absl::Span<const Rule> rules = AllRules();
  for (size_t index = 1; index < rules.size(); ++index) {
    EXPECT_FALSE(Precedes(rules[index].reason, rules[index - 1].reason)) << Describe(rules[index].reason).name;
  }
}

TEST(NoticeRulesTest, OfTwoBrokenRulesTheFirstIsTheReasonAndBothFieldsAreNamed) {
  const absl::Span<const support::Spoiling> spoilings = support::Spoilings();
  int pairs = 0;
  for (const support::Spoiling& first : spoilings) {
    for (const support::Spoiling& second : spoilings) {
      if (!Precedes(first.reason, second.reason) || first.reason == Reason::kEnvelopeMissing) continue;
      if (first.also != Reason::kNone || second.also != Reason::kNone) continue;
      Notice notice = support::GoodNotice();
      first.spoil(notice);
      if (!notice.citizen.has_value() || LacksConsent(notice)) continue;  // nothing left for the second to spoil
      second.spoil(notice);
      const std::vector<Reason> broken = BrokenRules(notice, Now());
      if (broken.size() != 2) continue;  // both spoil the same field
      ++pairs;
      SCOPED_TRACE(std::string(Describe(first.reason).name) + " and " + std::string(Describe(second.reason).name));
      EXPECT_THAT(broken, UnorderedElementsAre(first.reason, second.reason));
      EXPECT_EQ(CheckNotice(notice, Now()).ForNew()->reason, first.reason);
    }
  }
  EXPECT_GT(pairs, 1500);
}

TEST(NoticeRulesTest, AWhenNewReasonLeadsAnAlwaysReasonThatStandsLater) {
  Notice notice = support::GoodNotice();
  notice.envelope->created_at = support::kJudgedAt + absl::Hours(1);
  notice.citizen->name.clear();
  const Findings findings = CheckNotice(notice, Now());
  EXPECT_EQ(findings.always->reason, Reason::kNameMissing);
  EXPECT_EQ(findings.when_new->reason, Reason::kCreatedAtInFuture);
  EXPECT_EQ(*findings.ForNew(),
            (Rejection{.reason = Reason::kCreatedAtInFuture,
                       .violations = {{.field = "envelope.created_at", .reason = Reason::kCreatedAtInFuture},
                                      {.field = "citizen.name", .reason = Reason::kNameMissing}}}));
}

TEST(NoticeRulesTest, OnlyWhatDependsOnTheDayIsForgivenOfANoticeAcceptedBefore) {
  std::vector<Reason> when_new;
  for (const Rule& rule : AllRules()) {
    if (rule.holds == Holds::kWhenNew) when_new.push_back(rule.reason);
  }
  EXPECT_THAT(when_new, ElementsAre(Reason::kCreatedAtInFuture, Reason::kNoticeTooOld,
                                    Reason::kDischargeDateTooFarAhead, Reason::kDischargeDateTooFarBack,
                                    Reason::kConsentToContactInFuture, Reason::kConsentToContactTooOld,
                                    Reason::kConsentToDisclosureInFuture, Reason::kConsentToDisclosureTooOld));
  const Findings findings = CheckNotice(support::GoodNotice(), NoonOn(support::kJudgedOn + 400));
  EXPECT_FALSE(findings.always.has_value());
  ASSERT_TRUE(findings.when_new.has_value());
  EXPECT_EQ(findings.when_new->reason, Reason::kNoticeTooOld);
}

TEST(NoticeRulesTest, AMissingEnvelopeIsOneFindingNotMany) {
  EXPECT_THAT(BrokenRules(Notice{}, Now()), ElementsAre(Reason::kEnvelopeMissing));
}

TEST(NoticeRulesTest, AnEmptyEnvelopeNamesEverythingThatIsMissing) {
  Notice notice;
  notice.envelope.emplace();
  EXPECT_THAT(BrokenRules(notice, Now()),
              UnorderedElementsAre(Reason::kContractVersionUnsupported, Reason::kNoticeIdNotRandomUuid,
                                   Reason::kRevisionOutOfOrder, Reason::kCreatedAtMissing,
                                   Reason::kDischargeDateInvalid, Reason::kConsentToContactMissing,
                                   Reason::kConsentToDisclosureMissing, Reason::kCriterionAgeMissing,
                                   Reason::kCriterionMentalIllnessMissing, Reason::kCriterionRegionalPsychiatryMissing,
                                   Reason::kCriterionNoSupportMissing, Reason::kContentMissing));
}

TEST(NoticeRulesTest, LengthsAreCountedInCharactersNotBytes) {
  std::string letters;
  for (int count = 0; count < 100; ++count) letters += "å";
  const auto name = [](const std::string& value) {
    return BrokenAfter([&](Notice& notice) { notice.citizen->name = value; });
  };
  EXPECT_THAT(name(letters + letters), IsEmpty());
  EXPECT_THAT(name(letters + letters + "å"), ElementsAre(Reason::kNameTooLong));
  const auto address = [](const std::string& street, const std::string& city) {
    return BrokenAfter([&](Notice& notice) {
      notice.citizen->postal_address = PostalAddress{.street = street, .postal_code = "2100", .city = city};
    });
  };
  EXPECT_THAT(address(letters + letters, letters), IsEmpty());
  EXPECT_THAT(address(letters + letters + "å", letters), ElementsAre(Reason::kPostalAddressInvalid));
  EXPECT_THAT(address(letters, letters + "å"), ElementsAre(Reason::kPostalAddressInvalid));
}

TEST(NoticeRulesTest, PhoneNumbersThatLookLikeCprNumbersPass) {
  for (const std::string number : {"+30101234567", "+4501010112", "+4601010112345", "+3010123456789"}) {
    EXPECT_THAT(BrokenAfter([&](Notice& notice) { notice.citizen->phone_numbers = {number}; }),
                testing::Not(testing::Contains(Reason::kTextLikeCprNumber)))
        << number;
  }
  EXPECT_THAT(BrokenAfter([](Notice& notice) { notice.citizen->phone_numbers = {"+30101234567"}; }), IsEmpty());
  EXPECT_THAT(BrokenAfter([](Notice& notice) { notice.citizen->phone_numbers = {"+30 1012 34567"}; }),
              ElementsAre(Reason::kPhoneNumberInvalid));
}

TEST(NoticeRulesTest, WhatIsOptionalMayBeAbsent) {
  EXPECT_THAT(BrokenAfter([](Notice& notice) {
                notice.citizen->email.clear();
                notice.citizen->postal_address.reset();
                notice.citizen->name_and_address_protection = true;
                notice.citizen->phone_numbers.assign(4, "+4512345678");
              }),
              IsEmpty());
}

TEST(NoticeRulesTest, ContentRulesAreMarkedSoThatTheBrokerNeedNotReadSealedContent) {
  for (const Rule& rule : AllRules()) {
    Notice notice = support::GoodNotice();
    support::Seal(notice);
    if (rule.scope == Scope::kContent) {
      EXPECT_FALSE(rule.broken(notice, Now())) << Describe(rule.reason).name;
      EXPECT_EQ(rule.field.substr(0, 7), "citizen");
    }
  }
}

TEST(NoticeRulesTest, NoRuleNamesWhatWasSent) {
  for (const support::Spoiling& spoiling : support::Spoilings()) {
    Notice notice = support::GoodNotice();
    spoiling.spoil(notice);
    const absl::Status status = ToStatus(*CheckNotice(notice, Now()).ForNew());
    for (const absl::string_view marked : {"Prøve", "prøve", "12345678", "010203", "example"}) {
      EXPECT_EQ(status.ToString(absl::StatusToStringMode::kWithEverything).find(std::string(marked)), std::string::npos)
          << spoiling.how;
    }
  }
}

TEST(NoticeRulesTest, ConsentIsLackingWhenEitherPartIs) {
  Notice notice = support::GoodNotice();
  EXPECT_FALSE(LacksConsent(notice));
  notice.envelope->consent.contact.reset();
  EXPECT_TRUE(LacksConsent(notice));
  notice = support::GoodNotice();
  notice.envelope->consent.disclosure.reset();
  EXPECT_TRUE(LacksConsent(notice));
  EXPECT_TRUE(LacksConsent(Notice{}));
}

TEST(NoticeRulesTest, MergingKeepsTheFirstReasonAndEveryField) {
  const Rejection late{.reason = Reason::kNameMissing, .violations = {{"citizen.name", Reason::kNameMissing}}};
  const Rejection early{.reason = Reason::kMunicipalityUnknown,
                        .violations = {{"envelope.municipality_code", Reason::kMunicipalityUnknown}}};
  EXPECT_EQ(Merge(std::nullopt, std::nullopt), std::nullopt);
  EXPECT_EQ(Merge(late, std::nullopt), late);
  EXPECT_EQ(Merge(std::nullopt, late), late);
  for (const std::optional<Rejection>& merged : {Merge(late, early), Merge(early, late)}) {
    EXPECT_EQ(merged->reason, Reason::kMunicipalityUnknown);
    EXPECT_THAT(merged->violations, ElementsAre(early.violations[0], late.violations[0]));
  }
}

}  // namespace
}  // namespace envej::contract
