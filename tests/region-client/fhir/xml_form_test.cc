#include "region-client/fhir/xml_form.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace envej::fhir {
namespace {

std::string Xml(absl::string_view inside, absl::string_view before = "") {
  return absl::StrCat(before, "<Patient xmlns='http://hl7.org/fhir'>", inside, "</Patient>");
}

Problem Refused(const std::string& text) {
  const auto read = ReadXml(text);
  EXPECT_TRUE(std::holds_alternative<Problem>(read)) << text;
  return std::holds_alternative<Problem>(read) ? std::get<Problem>(read) : Problem();
}

std::string Value(absl::string_view raw) {
  const auto read = ReadXml(Xml(absl::StrCat("<id value='", raw, "'/>")));
  return std::holds_alternative<Element>(read) ? std::get<Element>(read).children.back().value : "refused";
}

TEST(ReadXml, NothingDefinesEntities) {
  const std::string laughs = "<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]>";
  EXPECT_EQ(Refused(Xml("<id value='&c;'/>", laughs)).issue, Issue::kStructure);
  EXPECT_EQ(Refused(Xml("", "<!DOCTYPE l SYSTEM 'file:///etc/passwd'>")).where, "byte 11");
  EXPECT_EQ(Refused(Xml("", "<!DOCTYPE l>")).issue, Issue::kStructure);
  Refused(Xml("<!DOCTYPE l>"));
}

TEST(ReadXml, OnlyXmlsOwnEntitiesAreRead) {
  EXPECT_EQ(Value("&lt;&gt;&amp;&quot;&apos;"), "<>&\"'");
  EXPECT_EQ(Value("&#198;&#xC6;&#x20AC;&#x1F600;"), "ÆÆ€😀");
  for (const char* raw : {"&c;", "&nbsp;", "&", "a & b", "&;", "&#;", "&#x;", "&#0;", "&#x0;", "&#xD800;", "&#x110000;",
                          "&#-5;", "&#+65;", "&#x-5;", "&#99999999999;", "&#1;", "&#xFFFE;", "&amp"}) {
    EXPECT_EQ(Value(raw), "refused") << raw;
  }
}

TEST(ReadXml, AnotherEncodingIsRefused) {
  EXPECT_EQ(Refused(Xml("", "<?xml version='1.0' encoding='ISO-8859-1'?>")).issue, Issue::kStructure);
  EXPECT_TRUE(std::holds_alternative<Element>(ReadXml(Xml("", "<?xml version='1.0'?>"))));
}

TEST(ReadXml, WhatIsNotFhirsIsRefused) {
  Refused("<Patient/>");
  Refused("<Patient xmlns='http://hl7.org/v3'/>");
  Refused("<f:Patient xmlns:f='http://hl7.org/fhir'/>");
  Refused(Xml("<id xmlns='http://hl7.org/v3' value='a'/>"));
  Refused(Xml("<x:id value='a'/>"));
  Refused(Xml("text"));
  Refused(Xml("<![CDATA[text]]>"));
  Refused(Xml("<id value='a' value='b'/>"));
  Refused(Xml("<contained><Patient/><Organization/></contained>"));
  Refused(absl::StrCat(Xml(""), Xml("")));
  Refused(absl::StrCat(Xml(""), "text"));
  Refused(absl::StrCat(Xml(""), "&#65;"));
}

TEST(ReadXml, WhatIsNoXmlIsRefusedAtItsByte) {
  EXPECT_EQ(Refused("<Patient xmlns='http://hl7.org/fhir'></Bundle>").text, "is not XML");
  for (const char* text : {"", " ", "Patient", "<", "<Patient", "<Patient xmlns='http://hl7.org/fhir'>", "{}"}) {
    EXPECT_EQ(Refused(text).issue, Issue::kStructure) << text;
  }
  EXPECT_EQ(Refused(Xml("<id value='\x01'/>")).text, "is a control character");
}

TEST(ReadXml, TheNarrativeIsDropped) {
  const auto read =
      ReadXml(Xml("<text><status value='generated'/><div xmlns='http://www.w3.org/1999/xhtml'><p>Diagnose "
                  "&nbsp;</p></div></text>"));
  ASSERT_TRUE(std::holds_alternative<Element>(read));
  EXPECT_EQ(std::get<Element>(read).children.back().children.size(), 1);
}

}  // namespace
}  // namespace envej::fhir
