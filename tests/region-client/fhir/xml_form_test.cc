#include "region-client/fhir/xml_form.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace envej::fhir {
namespace {

std::string Xml(absl::string_view inside, absl::string_view before = "") {
  return absl::StrCat(before, "<Patient xmlns='http://hl7.org/fhir'>", inside, "</Patient>");
}

Problem RefusedXml(const std::string& text) {
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
  EXPECT_EQ(RefusedXml(Xml("<id value='&c;'/>", laughs)).issue, Issue::kStructure);
  EXPECT_EQ(RefusedXml(Xml("", "<!DOCTYPE l SYSTEM 'file:///etc/passwd'>")).where, "byte 11");
  EXPECT_EQ(RefusedXml(Xml("", "<!DOCTYPE l>")).issue, Issue::kStructure);
  RefusedXml(Xml("<!DOCTYPE l>"));
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
  EXPECT_EQ(RefusedXml(Xml("", "<?xml version='1.0' encoding='ISO-8859-1'?>")).issue, Issue::kStructure);
  EXPECT_TRUE(std::holds_alternative<Element>(ReadXml(Xml("", "<?xml version='1.0'?>"))));
}

TEST(ReadXml, WhatIsNotFhirsIsRefused) {
  RefusedXml("<Patient/>");
  RefusedXml("<Patient xmlns='http://hl7.org/v3'/>");
  RefusedXml("<f:Patient xmlns:f='http://hl7.org/fhir'/>");
  RefusedXml(Xml("<id xmlns='http://hl7.org/v3' value='a'/>"));
  RefusedXml(Xml("<x:id value='a'/>"));
  RefusedXml(Xml("text"));
  RefusedXml(Xml("<![CDATA[text]]>"));
  RefusedXml(Xml("<id value='a' value='b'/>"));
  RefusedXml(Xml("<contained><Patient/><Organization/></contained>"));
  RefusedXml(absl::StrCat(Xml(""), Xml("")));
  RefusedXml(absl::StrCat(Xml(""), "text"));
  RefusedXml(absl::StrCat(Xml(""), "&#65;"));
}

TEST(ReadXml, WhatIsNoXmlIsRefusedAtItsByte) {
  EXPECT_EQ(RefusedXml("<Patient xmlns='http://hl7.org/fhir'></Bundle>").text, "is not XML");
  for (const char* text : {"", " ", "Patient", "<", "<Patient", "<Patient xmlns='http://hl7.org/fhir'>", "{}"}) {
    EXPECT_EQ(RefusedXml(text).issue, Issue::kStructure) << text;
  }
  EXPECT_EQ(RefusedXml(Xml("<id value='\x01'/>")).text, "is a control character");
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
