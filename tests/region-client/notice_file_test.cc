#include "region-client/notice_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "proto/contract/day.h"
#include "tests/region-client/support/notice_lines.h"

namespace envej::region {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class NoticeFileTest : public testing::Test {
 protected:
  NoticeFile Read(const std::string& text) {
    std::istringstream input(text);
    return ReadNotices(input, contract::Moment::At(now_, contract::CopenhagenTimeZone().value())).value();
  }

  // The reason for which the only line, a good one with `from` replaced, is refused.
  std::string ReasonWith(const std::string& from, const std::string& to) {
    const NoticeFile file = Read(Replaced(LineNumber(1, now_), from, to));
    return file.refused.size() == 1 ? file.refused[0].refusal.reason : "none";
  }

  const absl::Time now_ = absl::FromCivil(absl::CivilSecond(2026, 11, 22, 12, 0, 0), absl::UTCTimeZone());
};

TEST_F(NoticeFileTest, ReadsEachLineAndSkipsBlankOnes) {
  const NoticeFile file = Read(LineNumber(1, now_) + "\n  \t\r\n" + LineNumber(2, now_));
  EXPECT_THAT(file.refused, IsEmpty());
  ASSERT_THAT(file.notices, SizeIs(2));
  EXPECT_THAT(file.notices[0].lines, ElementsAre(1U));
  EXPECT_THAT(file.notices[1].lines, ElementsAre(4U));
  EXPECT_EQ(file.notices[1].notice.envelope().notice_id(), NoticeIdNumber(2));
}

TEST_F(NoticeFileTest, ReadsALastLineWithoutAnEnd) {
  std::string text = LineNumber(1, now_);
  text.pop_back();
  EXPECT_THAT(Read(text).notices, SizeIs(1));
}

TEST_F(NoticeFileTest, SkipsAByteOrderMarkAtTheBeginning) {
  const NoticeFile file = Read("\xEF\xBB\xBF" + LineNumber(1, now_) + LineNumber(2, now_));
  EXPECT_THAT(file.refused, IsEmpty());
  EXPECT_THAT(file.notices, SizeIs(2));
  EXPECT_THAT(Read("\xEF\xBB\xBF").refused, IsEmpty());
}

TEST_F(NoticeFileTest, FillsInContractVersionAndRevision) {
  v1::Notice notice = NoticeNumber(1, now_);
  notice.mutable_envelope()->clear_contract_version();
  notice.mutable_envelope()->clear_revision();
  const NoticeFile file = Read(ToLine(notice));
  ASSERT_THAT(file.notices, SizeIs(1));
  EXPECT_EQ(file.notices[0].notice.envelope().contract_version(), 1U);
  EXPECT_EQ(file.notices[0].notice.envelope().revision(), 1U);
}

TEST_F(NoticeFileTest, NormalisesText) {
  v1::Notice notice = NoticeNumber(1, now_);
  notice.mutable_citizen()->set_name("A\xCC\x8Ase");  // A and a combining ring
  notice.mutable_citizen()->mutable_postal_address()->set_street("Gade 1");
  notice.mutable_citizen()->mutable_postal_address()->set_postal_code("1000");
  notice.mutable_citizen()->mutable_postal_address()->set_city("A\xCC\x8Arhus");
  const NoticeFile file = Read(ToLine(notice));
  ASSERT_THAT(file.notices, SizeIs(1));
  EXPECT_EQ(file.notices[0].notice.citizen().name(), "\xC3\x85se");
  EXPECT_EQ(file.notices[0].notice.citizen().postal_address().city(), "\xC3\x85rhus");
}

TEST_F(NoticeFileTest, TakesTheSpacesOutOfPhoneNumbersAndSeesNoCprNumberInThem) {
  v1::Notice notice = NoticeNumber(1, now_);
  notice.mutable_citizen()->clear_phone_numbers();
  notice.mutable_citizen()->add_phone_numbers("+30 1012 34567");
  const NoticeFile file = Read(ToLine(notice));
  ASSERT_THAT(file.notices, SizeIs(1));
  EXPECT_THAT(file.notices[0].notice.citizen().phone_numbers(), ElementsAre("+30101234567"));
}

TEST_F(NoticeFileTest, RefusesEachBadLineWithItsNumberAndKeepsTheGoodOnes) {
  const NoticeFile file = Read(LineNumber(1, now_) + "not json\n" + LineNumber(2, now_) +
                               Replaced(LineNumber(3, now_), "\"name\"", "\"nom\""));
  EXPECT_THAT(file.notices, SizeIs(2));
  ASSERT_THAT(file.refused, SizeIs(2));
  EXPECT_EQ(file.refused[0].line, 2U);
  EXPECT_EQ(file.refused[1].line, 4U);
  EXPECT_THAT(file.refused[1].refusal.fields, ElementsAre("citizen"));
  EXPECT_EQ(file.refused[1].refusal.text,
            "citizen has an unknown member at position 1 (known are name, phone_numbers, email, "
            "postal_address, name_and_address_protection)");
}

TEST_F(NoticeFileTest, NamesTheReason) {
  EXPECT_EQ(ReasonWith("\"citizen\"", "\"burger\""), "UNKNOWN_FIELD");
  EXPECT_EQ(ReasonWith("\"0101\"", "101"), "FIELD_INVALID");
  EXPECT_EQ(ReasonWith("{", "{{"), "LINE_NOT_JSON");
  EXPECT_EQ(ReasonWith("Opdigtet", "010203-1234"), "TEXT_LIKE_CPR_NUMBER");
  EXPECT_EQ(ReasonWith("+45", "45"), "PHONE_NUMBER_INVALID");
  EXPECT_EQ(ReasonWith("\"dischargeDate\":\"2026-11-22\"", "\"dischargeDate\":\"2027-11-22\""),
            "DISCHARGE_DATE_TOO_FAR_AHEAD");
}

TEST_F(NoticeFileTest, RefusesALineThatIsTooLongWithoutKeepingIt) {
  const NoticeFile file =
      Read(std::string(kLineBytes + 1, ' ') + "\n" + std::string(kLineBytes + 1, 'x') + "\n" + LineNumber(1, now_));
  ASSERT_THAT(file.refused, SizeIs(1));
  EXPECT_EQ(file.refused[0].line, 2U);
  EXPECT_EQ(file.refused[0].refusal.reason, "LINE_TOO_LONG");
  EXPECT_THAT(file.notices, SizeIs(1));
}

TEST_F(NoticeFileTest, MarksALineWithoutConsentAndKeepsNoIdOfIt) {
  for (const bool lacks_contact : {true, false}) {
    v1::Notice notice = NoticeNumber(1, now_);
    v1::Consent& consent = *notice.mutable_envelope()->mutable_consent();
    lacks_contact ? consent.clear_contact() : consent.clear_disclosure();
    notice.mutable_citizen()->set_name("");  // another reason beside it
    const NoticeFile file = Read(ToLine(notice));
    EXPECT_THAT(file.notices, IsEmpty());
    ASSERT_THAT(file.refused, SizeIs(1));
    EXPECT_TRUE(file.refused[0].lacks_consent);
    EXPECT_EQ(file.refused[0].notice_id, "");
    EXPECT_EQ(file.refused[0].municipality_code, "0101");
  }
}

TEST_F(NoticeFileTest, MergesLinesThatSayTheSame) {
  const NoticeFile file = Read(LineNumber(1, now_) + LineNumber(2, now_) + LineNumber(1, now_));
  EXPECT_THAT(file.refused, IsEmpty());
  ASSERT_THAT(file.notices, SizeIs(2));
  EXPECT_THAT(file.notices[0].lines, ElementsAre(1U, 3U));
}

TEST_F(NoticeFileTest, RefusesTheLaterLineWhereOneIdSaysTwoThings) {
  const NoticeFile file = Read(LineNumber(1, now_) + Replaced(LineNumber(1, now_), "Opdigtet", "Anden"));
  ASSERT_THAT(file.notices, SizeIs(1));
  EXPECT_EQ(file.notices[0].notice.citizen().name(), "Opdigtet Borger 1");
  ASSERT_THAT(file.refused, SizeIs(1));
  EXPECT_EQ(file.refused[0].line, 2U);
  EXPECT_EQ(file.refused[0].refusal.reason, "NOTICE_ID_REUSED");
}

TEST_F(NoticeFileTest, ReadsRevisionsWithOrWithoutTheirNumber) {
  v1::Notice without = NoticeNumber(1, now_);
  without.mutable_envelope()->clear_revision();
  v1::Notice with = NoticeNumber(2, now_);
  with.mutable_envelope()->set_revision(3);
  v1::Notice as_two = NoticeNumber(1, now_);
  as_two.mutable_envelope()->set_revision(2);
  std::istringstream input(ToLine(without) + ToLine(with) + ToLine(as_two) + ToLine(without) + LineNumber(4, now_));
  contract::Moment moment = contract::Moment::At(now_, contract::CopenhagenTimeZone().value());
  moment.sent_as = contract::SentAs::kRevision;
  const NoticeFile file = ReadNotices(input, moment).value();
  ASSERT_THAT(file.notices, SizeIs(2));
  EXPECT_TRUE(file.notices[0].lacks_revision);
  EXPECT_EQ(file.notices[0].notice.envelope().revision(), 2U);
  EXPECT_THAT(file.notices[0].lines, ElementsAre(1U, 4U));
  EXPECT_FALSE(file.notices[1].lacks_revision);
  EXPECT_EQ(file.notices[1].notice.envelope().revision(), 3U);
  ASSERT_THAT(file.refused, SizeIs(2));
  EXPECT_EQ(file.refused[0].refusal.reason, "NOTICE_ID_REUSED") << "two may be the next, or not";
  EXPECT_EQ(file.refused[1].refusal.reason, "REVISION_OUT_OF_ORDER");
}

TEST_F(NoticeFileTest, TakesOneIdForTwoMunicipalitiesAsTwoNotices) {
  const NoticeFile file = Read(LineNumber(1, now_) + Replaced(LineNumber(1, now_), "0101", "0147"));
  EXPECT_THAT(file.refused, IsEmpty());
  ASSERT_THAT(file.notices, SizeIs(2));
  EXPECT_EQ(file.notices[1].notice.envelope().municipality_code(), "0147");
}

TEST_F(NoticeFileTest, KeepsNoIdOrCodeThatIsNone) {
  v1::Notice notice = NoticeNumber(1, now_);
  notice.mutable_envelope()->set_notice_id("0102031234");
  notice.mutable_envelope()->set_municipality_code("Hemmelig");
  const NoticeFile file = Read(ToLine(notice));
  ASSERT_THAT(file.refused, SizeIs(1));
  EXPECT_EQ(file.refused[0].notice_id, "");
  EXPECT_EQ(file.refused[0].municipality_code, "");
}

// A file on a disk that fails in its middle.
class FailingFile : public std::streambuf {
 public:
  explicit FailingFile(std::string text) : text_(std::move(text)) {
    setg(text_.data(), text_.data(), text_.data() + text_.size());
  }

 protected:
  int_type underflow() override { throw std::ios_base::failure("it failed"); }

 private:
  std::string text_;
};

TEST_F(NoticeFileTest, AnErrorOfReadingIsNotTheEnd) {
  FailingFile file(LineNumber(1, now_));
  std::istream input(&file);
  EXPECT_EQ(ReadNotices(input, contract::Moment::At(now_, contract::CopenhagenTimeZone().value())).status(),
            absl::DataLossError("cannot be read to its end"));
}

TEST_F(NoticeFileTest, RefusesAFileWithMoreNoticesThanItsBound) {
  std::string text;
  for (size_t i = 0; i <= kFileNotices; ++i) text += "x\n";
  std::istringstream input(text);
  EXPECT_EQ(ReadNotices(input, contract::Moment::At(now_, contract::CopenhagenTimeZone().value())).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(ToRefusalTest, NamesEachFieldOnceAndServesReasonsThatItDoesNotKnow) {
  using contract::Reason;
  const Refusal refusal = ToRefusal({.reason = Reason::kPhoneNumberInvalid,
                                     .violations = {{"citizen.phone_numbers", Reason::kPhoneNumberInvalid},
                                                    {"", Reason::kUnknownField},
                                                    {"citizen.phone_numbers", Reason::kPhoneNumbersTooMany}}});
  EXPECT_EQ(refusal.reason, "PHONE_NUMBER_INVALID");
  EXPECT_THAT(refusal.fields, ElementsAre("citizen.phone_numbers"));
  EXPECT_EQ(ToRefusal({}).reason, "REASON_UNKNOWN");
}

}  // namespace
}  // namespace envej::region
