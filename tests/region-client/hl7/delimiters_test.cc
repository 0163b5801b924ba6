#include "region-client/hl7/delimiters.h"

#include <gtest/gtest.h>

namespace envej::hl7 {
namespace {

TEST(DelimitersTest, AreThoseThatTheHeaderDeclares) {
  EXPECT_EQ(ReadDelimiters("MSH|^~\\&|A"), Delimiters());
  const Delimiters other{.field = '!', .component = '$', .repetition = '%', .escape = '/', .subcomponent = '*'};
  EXPECT_EQ(ReadDelimiters("MSH!$%/*!A"), other);
  EXPECT_EQ(ReadDelimiters("MSH|^~\\&#|A")->truncation, '#');
  const Delimiters few{.repetition = '\0', .escape = '\0', .subcomponent = '\0'};
  EXPECT_EQ(ReadDelimiters("MSH|^|A"), few);
  EXPECT_EQ(ReadDelimiters("MSH|^~\\&\rPID|1"), Delimiters());
}

TEST(DelimitersTest, AreNoneWhereTheHeaderIsNone) {
  for (const char* const header :
       {"", "MSH", "MSH\r|^~\\&|", "MSH|", "MSH||A", "MSH|^~\\&#!|A", "PID|^~\\&|A", "msh|^~\\&|A", "MSHA^~\\&A",
        "MSH|^^\\&|A", "MSH|^~\\a|A", "MSH|^ \\&|A", "MSH|\r^~\\&|A", " MSH|^~\\&|"}) {
    EXPECT_EQ(ReadDelimiters(header), std::nullopt) << header;
  }
}

TEST(DelimitersTest, WhatWouldBeADelimiterIsEscaped) {
  EXPECT_EQ(Escaped("a|b^c~d\\e&f#\r", Delimiters()), "a\\F\\b\\S\\c\\R\\d\\E\\e\\T\\f# ");
  EXPECT_EQ(Escaped("a#", {.truncation = '#'}), "a\\P\\");
  EXPECT_EQ(Escaped("a|b", {.escape = '\0'}), "a b");
}

}  // namespace
}  // namespace envej::hl7
