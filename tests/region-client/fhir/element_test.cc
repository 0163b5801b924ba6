#include "region-client/fhir/element.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/region-client/fhir/messages.h"

namespace envej::fhir {
namespace {

Problem Refused(absl::string_view bytes, Form form = Form::kJson) {
  const auto read = ReadElements(bytes, form);
  EXPECT_TRUE(std::holds_alternative<Problem>(read)) << bytes.substr(0, 100);
  return std::holds_alternative<Problem>(read) ? std::get<Problem>(read) : Problem();
}

Element Taken(absl::string_view bytes, Form form = Form::kJson) {
  const auto read = ReadElements(bytes, form);
  EXPECT_TRUE(std::holds_alternative<Element>(read)) << bytes.substr(0, 100);
  return std::holds_alternative<Element>(read) ? std::get<Element>(read) : Element();
}

std::string Repeated(absl::string_view text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) absl::StrAppend(&all, text);
  return all;
}

TEST(ReadElements, BothFormsAreOneTree) {
  const Element json =
      Taken(R"({"resourceType": "Patient", "active": true, "name": [{"given": ["A", "B"]}, {"family": "C"}],)"
            R"( "extension": [{"url": "http://a.example", "valueInteger": -7}], "multipleBirthInteger": 2,)"
            R"( "contained": [{"resourceType": "Organization", "id": "o"}]})");
  const Element xml = Taken(
      "<?xml version='1.0' encoding='utf-8'?><!-- said twice --><Patient xmlns='http://hl7.org/fhir'>"
      "<active value='true'/>\n<name><given value='A'/><given value='B'/></name><name><family value=\"C\"/></name>"
      "<extension url='http://a.example'><valueInteger value='-7'/></extension><multipleBirthInteger value='2'/>"
      "<contained><Organization><id value='o'/></Organization></contained></Patient>",
      Form::kXml);
  EXPECT_EQ(json, xml);
  EXPECT_EQ(json.name, "Patient");
}

TEST(ReadElements, AByteOrderMarkMayStandFirst) {
  EXPECT_EQ(Taken("\xEF\xBB\xBF{\"id\": \"a\"}"), Taken("{\"id\": \"a\"}"));
  Taken("\xEF\xBB\xBF<Bundle xmlns='http://hl7.org/fhir'/>", Form::kXml);
}

TEST(ReadElements, NothingButUtf8IsRead) {
  for (Form form : {Form::kJson, Form::kXml}) {
    EXPECT_EQ(Refused("{\"id\": \"bl\xE5\"}", form).text, "is not UTF-8");
    EXPECT_EQ(Refused("\xFE\xFF{", form).text, "is not UTF-8");
    EXPECT_EQ(Refused(absl::string_view("<\0B\0/\0>\0", 8), form).text, "is NUL");
  }
}

TEST(ReadElements, AMessageThatIsTooLongIsRefused) {
  EXPECT_EQ(Refused(std::string(kMessageBytes + 1, ' ')).issue, Issue::kTooLong);
  EXPECT_EQ(Refused(std::string(kMessageBytes, ' ')).issue, Issue::kStructure);
}

TEST(ReadElements, AMessageThatIsTooDeepIsRefused) {
  const auto json = [](size_t depth) { return absl::StrCat(Repeated("{\"a\":", depth), "1", Repeated("}", depth)); };
  Taken(json(kMessageDepth));
  EXPECT_EQ(Refused(json(kMessageDepth + 1)).issue, Issue::kTooLong);
  EXPECT_EQ(Refused(Repeated("{\"a\":", 200'000)).issue, Issue::kTooLong);
  EXPECT_EQ(Refused(Repeated("[", 1'000'000)).issue, Issue::kStructure);
  const auto xml = [](size_t depth) {
    return absl::StrCat("<A xmlns='http://hl7.org/fhir'>", Repeated("<a>", depth - 1), Repeated("</a>", depth - 1),
                        "</A>");
  };
  Taken(xml(kMessageDepth), Form::kXml);
  EXPECT_EQ(Refused(xml(kMessageDepth + 1), Form::kXml).issue, Issue::kTooLong);
  EXPECT_EQ(Refused(xml(140'000), Form::kXml).issue, Issue::kTooLong);
  Refused(Repeated("<a>", 300'000), Form::kXml);
}

TEST(ReadElements, AMessageOfTooManyElementsIsRefused) {
  const auto json = [](size_t elements) { return absl::StrCat("{\"a\":[1", Repeated(",1", elements - 1), "]}"); };
  Taken(json(kMessageElements));
  EXPECT_EQ(Refused(json(kMessageElements + 1)).issue, Issue::kTooLong);
  const auto xml = [](size_t elements) {
    return absl::StrCat("<A xmlns='http://hl7.org/fhir'>", Repeated("<a/>", elements), "</A>");
  };
  Taken(xml(kMessageElements), Form::kXml);
  EXPECT_EQ(Refused(xml(kMessageElements + 1), Form::kXml).issue, Issue::kTooLong);
}

TEST(ReadElements, JsonThatIsNoneIsRefusedAtItsByte) {
  EXPECT_EQ(Refused("{\"a\": 1,}").where, "byte 9");
  for (const char* text : {"", "null", "1", "[]", "[{}]", "{", "{\"a\": [[1]]}", "{\"a\": nan}", "{} {}",
                           "{\"a\": \"\\ud800\"}", "{\"a\": \"\n\"}", "{/* */}", "'a'"}) {
    EXPECT_EQ(Refused(text).issue, Issue::kStructure) << text;
  }
}

TEST(ReadElements, AMemberThatIsGivenTwiceIsRefused) {
  const Problem problem = Refused("{\"status\": \"planned\", \"status\": \"finished\"}");
  EXPECT_EQ(problem.issue, Issue::kStructure);
  EXPECT_EQ(problem.where, "byte 30");
}

TEST(Place, ReadsWhatIsThereAndKeepsTheFirstProblem) {
  const Element root = Taken(R"({"resourceType": "R", "a": [{"b": "x"}, {"b": "y"}], "flag": true, "odd": "maybe"})");
  std::optional<Problem> problem;
  const Place place(root, problem);
  EXPECT_EQ(place.All("a")[1].Text("b"), "y");
  EXPECT_EQ(place.All("a")[1].path(), "R.a[1]");
  EXPECT_EQ(place.Boolean("flag"), true);
  EXPECT_EQ(place.Only("nothing").Only("below").Text("it"), "");
  EXPECT_EQ(place.Boolean("nothing"), std::nullopt);
  EXPECT_EQ(problem, std::nullopt);
  EXPECT_FALSE(place.Only("a"));
  EXPECT_EQ(place.Boolean("odd"), std::nullopt);
  EXPECT_EQ(problem, (Problem{Issue::kValue, "R.a", "is given more than once"}));
}

TEST(Place, WhatIsRepeatedTooOftenIsWrong) {
  const Element root = Taken(absl::StrCat("{\"a\":[1", Repeated(",1", kRepetitions), "]}"));
  std::optional<Problem> problem;
  EXPECT_EQ(Place(root, problem).All("a").size(), kRepetitions);
  ASSERT_TRUE(problem.has_value());
  EXPECT_EQ(problem->issue, Issue::kTooLong);
}

}  // namespace
}  // namespace envej::fhir
