#include "region-client/hl7/character_set.h"

#include <gtest/gtest.h>

namespace envej::hl7 {
namespace {

TEST(CharacterSetTest, IsKnownByTheNamesInUse) {
  for (const char* const name : {"ASCII", "ascii", "US-ASCII"}) EXPECT_EQ(FindCharacterSet(name), CharacterSet::kAscii);
  for (const char* const name : {"8859/1", "8859-1", "ISO-8859-1", "ISO 8859/1", "iso_8859-1"}) {
    EXPECT_EQ(FindCharacterSet(name), CharacterSet::kLatin1) << name;
  }
  for (const char* const name : {"UNICODE UTF-8", "UTF-8", "UTF8", "UNICODE", "unicode utf-8"}) {
    EXPECT_EQ(FindCharacterSet(name), CharacterSet::kUtf8) << name;
  }
}

TEST(CharacterSetTest, NoOtherIsGuessed) {
  for (const char* const name :
       {"", "8859/15", "8859/2", "UNICODE UTF-16", "ISO IR87", "ANSI", "8859.1", "UTF-8\xC3"}) {
    EXPECT_EQ(FindCharacterSet(name), std::nullopt) << name;
  }
}

TEST(CharacterSetTest, TextBecomesUtf8) {
  EXPECT_EQ(ToUtf8("abc", CharacterSet::kAscii), "abc");
  EXPECT_EQ(ToUtf8("\xE6\xF8\xE5\xFF\x80", CharacterSet::kLatin1), "\u00E6\u00F8\u00E5\u00FF\u0080");
  EXPECT_EQ(ToUtf8("\u00E6\u4E2D", CharacterSet::kUtf8), "\u00E6\u4E2D");
}

TEST(CharacterSetTest, WhatIsNotWrittenInItIsNothing) {
  EXPECT_EQ(ToUtf8("\xE6", CharacterSet::kAscii), std::nullopt);
  for (const char* const bytes : {"\xE6", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "a\xC3"}) {
    EXPECT_EQ(ToUtf8(bytes, CharacterSet::kUtf8), std::nullopt);
  }
}

}  // namespace
}  // namespace envej::hl7
