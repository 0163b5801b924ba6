#include "region-client/folder/line_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/contract/day.h"
#include "tests/region-client/support/notice_lines.h"

namespace envej::region {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr size_t kLinesMost = 100;
constexpr char kConsent[] =
    R"({"id":"c1","patient":{"authority":"hospital","value":"4711"},"municipality_code":"0101",)"
    R"("consent":{"contact":{"given_on":"2027-01-14","form":"CONSENT_FORM_WRITTEN"},)"
    R"("disclosure":{"given_on":"2027-01-14","form":"CONSENT_FORM_WRITTEN"}},)"
    R"("criteria":{"aged_18_or_over":true,"mental_illness":true,"discharged_from_regional_psychiatry":true,)"
    R"("no_support_under_serviceloven":true},)"
    R"("contact":{"name":"Nanna Prøve","phone_numbers":["+45 20 00 00 01"]}})";

class LineDecoderTest : public testing::Test {
 protected:
  std::vector<FileItem> Decode(const std::string& text) const {
    return DecodeLines(text, kLinesMost, now_, contract::CopenhagenTimeZone().value()).value();
  }
  // Why the only line is refused.
  FileProblem ProblemOf(const std::string& line) const {
    const std::vector<FileItem> items = Decode(line);
    const auto* const problem = items.size() == 1 ? std::get_if<FileProblem>(&items[0].said) : nullptr;
    return problem == nullptr ? FileProblem{} : *problem;
  }
  std::string ReasonWith(const std::string& from, const std::string& to) const {
    return ProblemOf(Replaced(kConsent, from, to)).reason;
  }

  const absl::Time now_ = absl::FromCivil(absl::CivilSecond(2027, 1, 15, 12), absl::UTCTimeZone());
};

TEST_F(LineDecoderTest, ReadsNoticesAndConsentsLineByLine) {
  const std::vector<FileItem> items =
      Decode(absl::StrCat("\xEF\xBB\xBF", LineNumber(1, now_), "\r\n \n", kConsent, "\n", LineNumber(2, now_)));
  ASSERT_THAT(items, SizeIs(3));
  EXPECT_EQ(std::get<v1::Notice>(items[0].said).SerializeAsString(), NoticeNumber(1, now_).SerializeAsString());
  EXPECT_EQ(items[1].name.id, "c1");
  EXPECT_EQ(items[1].place, 4u);
  const auto& answer = std::get<ConsentAnswer>(items[1].said);
  EXPECT_EQ(answer.patient, (ward::PatientId{.authority = "hospital", .value = "4711"}));
  ASSERT_TRUE(answer.given.has_value());
  EXPECT_EQ(answer.given->contact().phone_numbers(0), "+4520000001");
  EXPECT_EQ(answer.given->consent().contact().given_on(), "2027-01-14");
}

TEST_F(LineDecoderTest, ABadLineStopsNoOther) {
  const std::vector<FileItem> items = Decode(absl::StrCat("{\n", kConsent, "\n[]\n"));
  ASSERT_THAT(items, SizeIs(3));
  EXPECT_EQ(std::get<FileProblem>(items[0].said).reason, "LINE_NOT_JSON");
  EXPECT_TRUE(std::holds_alternative<ConsentAnswer>(items[1].said));
  EXPECT_TRUE(std::holds_alternative<FileProblem>(items[2].said));
}

TEST_F(LineDecoderTest, NothingFollowsFromANoticeWithoutConsent) {
  v1::Notice notice = NoticeNumber(1, now_);
  notice.mutable_envelope()->mutable_consent()->clear_disclosure();
  const std::vector<FileItem> items = Decode(ToLine(notice));
  ASSERT_THAT(items, SizeIs(1));
  EXPECT_THAT(std::get<NothingFollows>(items[0].said).reason, HasSubstr("CONSENT"));
}

TEST_F(LineDecoderTest, ALineThatSaysNothingIsRefused) {
  const std::vector<FileItem> items = Decode(absl::StrCat("{}\n", kConsent, "\n{ }\n"));
  ASSERT_THAT(items, SizeIs(3));
  for (const size_t empty : {size_t{0}, size_t{2}}) {
    ASSERT_TRUE(std::holds_alternative<FileProblem>(items[empty].said));
    EXPECT_EQ(std::get<FileProblem>(items[empty].said).reason, "LINE_EMPTY");
  }
}

TEST_F(LineDecoderTest, ANoIsAnAnswerAndSoAreCriteriaThatAreNotMet) {
  const std::vector<FileItem> items = Decode(
      R"({"patient":{"value":"4711"},"municipality_code":"0101","consent":{},"criteria":{"aged_18_or_over":false,)"
      R"("mental_illness":true,"discharged_from_regional_psychiatry":true,)"
      R"("no_support_under_serviceloven":true}})");
  ASSERT_THAT(items, SizeIs(1));
  const auto& answer = std::get<ConsentAnswer>(items[0].said);
  ASSERT_TRUE(answer.given.has_value());
  EXPECT_FALSE(answer.given->consent().has_contact());
  EXPECT_TRUE(items[0].name.id.empty());
}

TEST_F(LineDecoderTest, AWithdrawalIsOneAlone) {
  const std::vector<FileItem> items = Decode(R"({"id":"c2","patient":{"value":"4711"},"withdrawn":true})");
  ASSERT_THAT(items, SizeIs(1));
  EXPECT_FALSE(std::get<ConsentAnswer>(items[0].said).given.has_value());
  EXPECT_EQ(ReasonWith(R"("id":"c1",)", R"("withdrawn":true,)"), "FIELD_INVALID");
}

TEST_F(LineDecoderTest, RefusesAConsentFromWhichNoProperNoticeWouldFollow) {
  EXPECT_EQ(ReasonWith("0101", "101"), "MUNICIPALITY_UNKNOWN");
  EXPECT_EQ(ReasonWith("2027-01-14", "2027-01-17"), "CONSENT_TO_CONTACT_IN_FUTURE");
  EXPECT_EQ(ReasonWith("2027-01-14", "2025-01-14"), "CONSENT_TO_CONTACT_TOO_OLD");
  EXPECT_EQ(ReasonWith("+45 20 00 00 01", "12"), "PHONE_NUMBER_INVALID");
  EXPECT_EQ(ReasonWith("Nanna Prøve", "1234"), "NAME_MISSING");
  EXPECT_EQ(ReasonWith("4711", " "), "PATIENT_NUMBER_INVALID");
  EXPECT_EQ(ReasonWith("c1", std::string(600, 'c')), "FIELD_INVALID");
  EXPECT_EQ(ReasonWith("criteria", "diagnosis"), "LINE_INVALID");
}

TEST_F(LineDecoderTest, ReasonsRepeatNothingOfALine) {
  const FileProblem problem = ProblemOf(Replaced(kConsent, "Nanna Prøve", "010101-1234"));
  EXPECT_FALSE(problem.reason.empty());
  EXPECT_THAT(problem.text, Not(HasSubstr("010101")));
}

TEST_F(LineDecoderTest, BearsHostileLines) {
  EXPECT_EQ(ProblemOf(std::string(300'000, 'x')).reason, "LINE_TOO_LONG");
  EXPECT_FALSE(ProblemOf(absl::StrCat(R"({"patient":)", std::string(100'000, '['))).reason.empty());
  EXPECT_FALSE(ProblemOf(absl::StrCat(R"({"patient":)", std::string(100'000, '['), std::string(100'000, ']'), "}"))
                   .reason.empty());
}

TEST_F(LineDecoderTest, NoMoreIsDecodedOfAFileThatSaysTooMuch) {
  std::string lines;
  for (size_t line = 0; line < kLinesMost; ++line) lines += "x\n";
  EXPECT_THAT(Decode(lines + "\n"), SizeIs(kLinesMost));
  const auto more = DecodeLines(lines + "x\n", kLinesMost, now_, contract::CopenhagenTimeZone().value());
  EXPECT_EQ(more.status(), TooManyItems(kLinesMost));
}

}  // namespace
}  // namespace envej::region
