// The rules of a notice that days and times decide.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "proto/contract/day.h"
#include "proto/contract/notice_rules.h"
#include "tests/proto/contract/broken_rules.h"
#include "tests/support/refusals.h"

namespace envej::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NoticeDaysTest, DischargeMayBe31DaysBackAnd90Ahead) {
  const absl::CivilDay today = support::kJudgedOn;
  const auto on = [](absl::CivilDay day) {
    return BrokenAfter([&](Notice& notice) { notice.envelope->discharge_date = FormatDay(day); });
  };
  EXPECT_THAT(on(today), IsEmpty());
  EXPECT_THAT(on(today - 31), IsEmpty());
  EXPECT_THAT(on(today - 32), ElementsAre(Reason::kDischargeDateTooFarBack));
  EXPECT_THAT(on(today + 90), IsEmpty());
  EXPECT_THAT(on(today + 91), ElementsAre(Reason::kDischargeDateTooFarAhead));
}

std::vector<Reason> BrokenWithConsentOf(const std::string& given_on, absl::CivilDay today) {
  const Moment moment = NoonOn(today);
  return BrokenAfter(
      [&](Notice& notice) {
        notice.envelope->created_at = moment.time;
        notice.envelope->discharge_date = FormatDay(today);
        notice.envelope->consent.contact->given_on = given_on;
        notice.envelope->consent.disclosure->given_on = given_on;
      },
      moment);
}

TEST(NoticeDaysTest, ConsentHoldsThroughItsAnniversary) {
  EXPECT_THAT(BrokenWithConsentOf("2025-11-22", absl::CivilDay(2026, 11, 22)), IsEmpty());
  EXPECT_THAT(BrokenWithConsentOf("2025-11-22", absl::CivilDay(2026, 11, 23)),
              ElementsAre(Reason::kConsentToContactTooOld, Reason::kConsentToDisclosureTooOld));
  EXPECT_THAT(BrokenWithConsentOf("2026-11-22", absl::CivilDay(2026, 11, 22)), IsEmpty());
  EXPECT_THAT(BrokenWithConsentOf("2026-11-23", absl::CivilDay(2026, 11, 22)),
              ElementsAre(Reason::kConsentToContactInFuture, Reason::kConsentToDisclosureInFuture));
}

TEST(NoticeDaysTest, ConsentOfALeapDayHoldsThrough28February) {
  EXPECT_THAT(BrokenWithConsentOf("2024-02-29", absl::CivilDay(2025, 2, 28)), IsEmpty());
  EXPECT_THAT(BrokenWithConsentOf("2024-02-29", absl::CivilDay(2025, 3, 1)),
              ElementsAre(Reason::kConsentToContactTooOld, Reason::kConsentToDisclosureTooOld));
  EXPECT_THAT(BrokenWithConsentOf("2027-02-28", absl::CivilDay(2028, 2, 28)), IsEmpty());
  EXPECT_THAT(BrokenWithConsentOf("2027-02-28", absl::CivilDay(2028, 2, 29)),
              ElementsAre(Reason::kConsentToContactTooOld, Reason::kConsentToDisclosureTooOld));
}

TEST(NoticeDaysTest, CreatedAtMayBe15MinutesAhead) {
  const auto at = [](absl::Time time) {
    return BrokenAfter([&](Notice& notice) { notice.envelope->created_at = time; });
  };
  EXPECT_THAT(at(support::kJudgedAt + absl::Minutes(15)), IsEmpty());
  EXPECT_THAT(at(support::kJudgedAt + absl::Minutes(15) + absl::Nanoseconds(1)),
              ElementsAre(Reason::kCreatedAtInFuture));
}

std::vector<Reason> BrokenCreated(absl::CivilSecond created, absl::Duration further, absl::CivilSecond now) {
  const Moment moment = Moment::At(absl::FromCivil(now, absl::UTCTimeZone()), Copenhagen());
  return BrokenAfter(
      [&](Notice& notice) {
        notice.envelope->created_at = absl::FromCivil(created, absl::UTCTimeZone()) + further;
        notice.envelope->discharge_date = FormatDay(moment.day);
        notice.envelope->consent.contact->given_on = FormatDay(moment.day);
        notice.envelope->consent.disclosure->given_on = FormatDay(moment.day);
      },
      moment);
}

TEST(NoticeDaysTest, CreatedAtMayBeSevenMonthsBackToTheInstant) {
  const absl::CivilSecond now(2026, 11, 22, 11, 0, 0);
  EXPECT_THAT(BrokenCreated(absl::CivilSecond(2026, 4, 22, 11, 0, 0), absl::ZeroDuration(), now), IsEmpty());
  EXPECT_THAT(BrokenCreated(absl::CivilSecond(2026, 4, 22, 11, 0, 0), -absl::Nanoseconds(1), now),
              ElementsAre(Reason::kNoticeTooOld));
}

TEST(NoticeDaysTest, SevenMonthsEndWithAShorterMonth) {
  const absl::CivilSecond created(2026, 7, 31, 8, 0, 0);
  EXPECT_THAT(BrokenCreated(created, absl::ZeroDuration(), absl::CivilSecond(2027, 2, 28, 8, 0, 0)), IsEmpty());
  EXPECT_THAT(BrokenCreated(created, absl::ZeroDuration(), absl::CivilSecond(2027, 2, 28, 8, 0, 1)),
              ElementsAre(Reason::kNoticeTooOld));
  EXPECT_THAT(BrokenCreated(absl::CivilSecond(2027, 3, 1, 0, 0, 0), absl::ZeroDuration(),
                            absl::CivilSecond(2027, 9, 30, 23, 59, 59)),
              IsEmpty());
}

TEST(NoticeDaysTest, TheFarEndsOfTimeAreRefusedNotFatal) {
  for (const absl::Time time : {absl::InfinitePast(), absl::FromUnixSeconds(-62135596800), absl::UnixEpoch()}) {
    EXPECT_THAT(BrokenAfter([&](Notice& notice) { notice.envelope->created_at = time; }),
                ElementsAre(Reason::kNoticeTooOld));
  }
  for (const absl::Time time : {absl::FromUnixSeconds(253402300799), absl::InfiniteFuture()}) {
    EXPECT_THAT(BrokenAfter([&](Notice& notice) { notice.envelope->created_at = time; }),
                ElementsAre(Reason::kCreatedAtInFuture));
  }
}

TEST(NoticeDaysTest, TheDayChangesAtMidnightInCopenhagen) {
  const auto day_at = [](absl::CivilSecond utc) {
    return Moment::At(absl::FromCivil(utc, absl::UTCTimeZone()), Copenhagen()).day;
  };
  // Winter: one hour ahead of UTC.
  EXPECT_EQ(day_at(absl::CivilSecond(2026, 11, 21, 22, 59, 59)), absl::CivilDay(2026, 11, 21));
  EXPECT_EQ(day_at(absl::CivilSecond(2026, 11, 21, 23, 0, 0)), absl::CivilDay(2026, 11, 22));
  // Summer: two.
  EXPECT_EQ(day_at(absl::CivilSecond(2026, 7, 1, 21, 59, 59)), absl::CivilDay(2026, 7, 1));
  EXPECT_EQ(day_at(absl::CivilSecond(2026, 7, 1, 22, 0, 0)), absl::CivilDay(2026, 7, 2));
  // The day on which summer time begins starts with the winter's hour and ends with the summer's.
  EXPECT_EQ(day_at(absl::CivilSecond(2026, 3, 28, 22, 59, 59)), absl::CivilDay(2026, 3, 28));
  EXPECT_EQ(day_at(absl::CivilSecond(2026, 3, 28, 23, 0, 0)), absl::CivilDay(2026, 3, 29));
  EXPECT_EQ(day_at(absl::CivilSecond(2026, 3, 29, 21, 59, 59)), absl::CivilDay(2026, 3, 29));
  EXPECT_EQ(day_at(absl::CivilSecond(2026, 3, 29, 22, 0, 0)), absl::CivilDay(2026, 3, 30));
  // And the day on which it ends the other way round.
  EXPECT_EQ(day_at(absl::CivilSecond(2026, 10, 24, 21, 59, 59)), absl::CivilDay(2026, 10, 24));
  EXPECT_EQ(day_at(absl::CivilSecond(2026, 10, 24, 22, 0, 0)), absl::CivilDay(2026, 10, 25));
  EXPECT_EQ(day_at(absl::CivilSecond(2026, 10, 25, 22, 59, 59)), absl::CivilDay(2026, 10, 25));
  EXPECT_EQ(day_at(absl::CivilSecond(2026, 10, 25, 23, 0, 0)), absl::CivilDay(2026, 10, 26));
}

TEST(NoticeDaysTest, ConsentGivenJustAfterMidnightInCopenhagenIsNotInTheFuture) {
  const Moment moment =
      Moment::At(absl::FromCivil(absl::CivilSecond(2026, 7, 1, 22, 30, 0), absl::UTCTimeZone()), Copenhagen());
  EXPECT_THAT(BrokenAfter(
                  [&](Notice& notice) {
                    notice.envelope->created_at = moment.time;
                    notice.envelope->discharge_date = "2026-07-02";
                    notice.envelope->consent.contact->given_on = "2026-07-02";
                    notice.envelope->consent.disclosure->given_on = "2026-07-02";
                  },
                  moment),
              IsEmpty());
}

}  // namespace
}  // namespace envej::contract
