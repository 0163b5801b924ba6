#include "region-client/json_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "envej/v1/notice.pb.h"
#include "envej/v1/receipt.pb.h"
#include "tests/region-client/support/notice_lines.h"

namespace envej::region {
namespace {

using Kind = FieldProblem::Kind;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

auto Problem(Kind kind, const std::string& path) {
  return AllOf(Field(&FieldProblem::kind, kind), Field(&FieldProblem::path, path));
}

std::vector<FieldProblem> ProblemsOf(const std::string& text) {
  v1::Notice notice;
  return ReadJson(text, notice);
}

TEST(ReadJsonTest, ReadsWhatProtobufWrites) {
  const v1::Notice notice = NoticeNumber(1, absl::Now());
  v1::Notice read;
  EXPECT_THAT(ReadJson(ToLine(notice), read), IsEmpty());
  EXPECT_EQ(read.SerializeAsString(), notice.SerializeAsString());
}

TEST(ReadJsonTest, ReadsFieldNamesOfBothForms) {
  v1::Notice read;
  EXPECT_THAT(ReadJson(R"({"envelope": {"notice_id": "a", "municipalityCode": "b"}})", read), IsEmpty());
  EXPECT_EQ(read.envelope().notice_id(), "a");
  EXPECT_EQ(read.envelope().municipality_code(), "b");
}

TEST(ReadJsonTest, ReadsNullAsAbsent) {
  v1::Notice read;
  EXPECT_THAT(ReadJson(R"({"envelope": {"consent": {"contact": null, "disclosure": {}}}})", read), IsEmpty());
  EXPECT_FALSE(read.envelope().consent().has_contact());
  EXPECT_TRUE(read.envelope().consent().has_disclosure());
}

TEST(ReadJsonTest, ReadsBytesAndLongNumbers) {
  v1::Receipt read;
  EXPECT_THAT(ReadJson(R"({"position": {"batch": "18"}, "contentCommitment": {"value": "AAEC"}})", read), IsEmpty());
  EXPECT_EQ(read.position().batch(), 18U);
  EXPECT_EQ(read.content_commitment().value(), std::string("\0\1\2", 3));
}

TEST(ReadJsonTest, SaysWhereTextStopsBeingJsonAndQuotesNothing) {
  const std::vector<FieldProblem> problems = ProblemsOf(R"({"citizen": {"name": "Hemmelig" oops}})");
  ASSERT_THAT(problems, ElementsAre(Problem(Kind::kNotJson, "")));
  EXPECT_THAT(problems[0].text, AllOf(HasSubstr("byte 33"), Not(HasSubstr("Hemmelig")), Not(HasSubstr("oops"))));
}

TEST(ReadJsonTest, ANulAfterTheTextIsNotItsEnd) {
  for (const std::string& after : {std::string(1, '\0'), std::string("\0{}", 3)}) {
    const std::vector<FieldProblem> problems = ProblemsOf(R"({"citizen": {}})" + after);
    ASSERT_THAT(problems, ElementsAre(Problem(Kind::kNotJson, "")));
    EXPECT_EQ(problems[0].text, "is not JSON from byte 16 on");
  }
}

TEST(ReadJsonTest, RefusesTextThatIsNotUtf8) {
  EXPECT_THAT(ProblemsOf("{\"citizen\": {\"name\": \"\xC3\x28\"}}"), ElementsAre(Problem(Kind::kNotJson, "")));
  EXPECT_THAT(ProblemsOf(R"({"citizen": {"name": "\ud800"}})"), ElementsAre(Problem(Kind::kNotJson, "")));
}

TEST(ReadJsonTest, RefusesDeepNestingWithoutRunningOutOfStack) {
  EXPECT_THAT(ProblemsOf(std::string(200'000, '[')), ElementsAre(Problem(Kind::kNotJson, "")));
  EXPECT_THAT(ProblemsOf(std::string(100'000, '[') + std::string(100'000, ']')),
              ElementsAre(Problem(Kind::kInvalidField, "")));
}

TEST(ReadJsonTest, NamesThePlaceOfAnUnknownMemberButNotTheMember) {
  const std::vector<FieldProblem> problems = ProblemsOf(R"({"citizen": {"name": "A", "Hemmelig": "+4520"}})");
  ASSERT_THAT(problems, ElementsAre(Problem(Kind::kUnknownField, "citizen")));
  EXPECT_THAT(problems[0].text, AllOf(HasSubstr("an unknown member at position 2"), HasSubstr("phone_numbers"),
                                      Not(HasSubstr("Hemmelig"))));
}

TEST(ReadJsonTest, FindsEveryFieldOfAWrongType) {
  EXPECT_THAT(ProblemsOf(R"({"envelope": {"municipality_code": 101, "revision": "x", "created_at": "yesterday",
                             "criteria": {"mental_illness": "true"}, "consent": {"contact": {"form": "SPOKEN"}},
                             "contract_version": 4294967296},
                             "citizen": {"name": ["A"], "phone_numbers": ["+4520000000", 20000000],
                             "postal_address": "here"}})"),
              ElementsAre(Problem(Kind::kInvalidField, "envelope.municipality_code"),
                          Problem(Kind::kInvalidField, "envelope.revision"),
                          Problem(Kind::kInvalidField, "envelope.created_at"),
                          Problem(Kind::kInvalidField, "envelope.criteria.mental_illness"),
                          Problem(Kind::kInvalidField, "envelope.consent.contact.form"),
                          Problem(Kind::kInvalidField, "envelope.contract_version"),
                          Problem(Kind::kInvalidField, "citizen.name"),
                          Problem(Kind::kInvalidField, "citizen.phone_numbers[1]"),
                          Problem(Kind::kInvalidField, "citizen.postal_address")));
}

TEST(ReadJsonTest, RefusesAMemberGivenTwice) {
  EXPECT_THAT(ProblemsOf(R"({"citizen": {"name": "A", "name": "B"}})"),
              ElementsAre(FieldProblem{.kind = Kind::kInvalidField, .path = "citizen.name", .text = "is given twice"}));
  EXPECT_THAT(
      ProblemsOf(R"({"citizen": {"Hemmelig": {"a": 1}, "Hemmelig": 2}, "citizen": {"name": "A"}})"),
      ElementsAre(FieldProblem{
          .kind = Kind::kInvalidField, .path = "citizen", .text = "has an unknown member that is given twice"}));
  EXPECT_THAT(ProblemsOf(R"({"envelope": {"notice_id": "A", "noticeId": "B"}})"),
              ElementsAre(Problem(Kind::kInvalidField, "envelope.notice_id")));
}

TEST(ReadJsonTest, RefusesTwoFormsOfContent) {
  EXPECT_THAT(ProblemsOf(R"({"citizen": {}, "sealed": {}})"), ElementsAre(Problem(Kind::kInvalidField, "sealed")));
}

TEST(ReadJsonTest, ReportsNoMoreProblemsThanItsBound) {
  std::string numbers = "1";
  for (int i = 0; i < 1000; ++i) numbers += ",1";
  EXPECT_THAT(ProblemsOf(R"({"citizen": {"phone_numbers": [)" + numbers + "]}}"), SizeIs(kFieldProblems));
}

}  // namespace
}  // namespace envej::region
