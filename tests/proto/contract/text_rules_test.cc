#include "proto/contract/text_rules.h"

#include <gtest/gtest.h>
#include <utf8proc.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace envej::contract {
namespace {

std::string Utf8(char32_t character) {
  std::string bytes;
  const auto push = [&](char32_t byte) { bytes.push_back(static_cast<char>(byte)); };
  if (character < 0x80) {
    push(character);
  } else if (character < 0x800) {
    push(0xC0 | (character >> 6));
    push(0x80 | (character & 0x3F));
  } else if (character < 0x10000) {
    push(0xE0 | (character >> 12));
    push(0x80 | ((character >> 6) & 0x3F));
    push(0x80 | (character & 0x3F));
  } else {
    push(0xF0 | (character >> 18));
    push(0x80 | ((character >> 12) & 0x3F));
    push(0x80 | ((character >> 6) & 0x3F));
    push(0x80 | (character & 0x3F));
  }
  return bytes;
}

// The ten digits in the script whose zero is `zero`.
std::string InScript(char32_t zero, const std::string& digits) {
  std::string text;
  for (const char digit : digits) text += Utf8(zero + static_cast<char32_t>(digit - '0'));
  return text;
}

TEST(CprNumberTest, IsSeenInEveryForm) {
  const std::string looks_like[] = {
      "0102031234",
      "010203-1234",
      "010203 1234",
      "01 02 03 12 34",
      "0 1 0 2 0 3 1 2 3 4",
      "010203 - 1234",
      "010203--1234",
      "01-02-03-1234",
      "01.02.03-1234",
      "01.02.03.1234",
      "010203.1234",
      "010203/1234",
      "01/02/03 - 1234",
      "01/02-03:1234",
      "010203:1234",
      "010203 . 1234",
      "010203_1234",
      "010203\u20131234",                                                        // en dash
      "010203\u20141234",                                                        // em dash
      "010203\u20101234",                                                        // hyphen
      "010203\u20111234",                                                        // non-breaking hyphen
      "010203\u22121234",                                                        // minus sign
      "010203\u02D71234",                                                        // modifier letter minus
      "010203\u20431234",                                                        // hyphen bullet
      "010203\u00AD1234",                                                        // soft hyphen
      "010203\uFF3F1234",                                                        // full-width low line
      "010203\u203F1234",                                                        // undertie
      "010203\u00B71234",                                                        // middle dot
      "010203\u20241234",                                                        // one dot leader
      "010203\u20271234",                                                        // hyphenation point
      "010203\u30021234",                                                        // ideographic full stop
      "010203\uFE521234",                                                        // small full stop
      "010203\uFF0E1234",                                                        // full-width full stop
      "010203\u20441234",                                                        // fraction slash
      "010203\u22151234",                                                        // division slash
      "010203\uFF0F1234",                                                        // full-width solidus
      "010203\u22361234",                                                        // ratio
      "010203\uFE551234",                                                        // small colon
      "010203\uFF1A1234",                                                        // full-width colon
      "010203\u00A01234",                                                        // no-break space
      "010203\u202F1234",                                                        // narrow no-break space
      "010203\u30001234",                                                        // ideographic space
      "0\u200B1\u200C0\u200D2\u20600\uFEFF31234",                                // zero width
      "010203\u034F1234",                                                        // combining grapheme joiner
      "010203\u31641234",                                                        // Hangul filler
      "010203\u28001234",                                                        // empty Braille cell
      "0\uFE0F\u20E31\uFE0F\u20E30\uFE0F\u20E32\uFE0F\u20E30\uFE0F\u20E331234",  // keycaps
      "\uFF10\uFF11\uFF10\uFF12\uFF10\uFF13\uFF0D\uFF11\uFF12\uFF13\uFF14",      // full width
      "\u2070\u00B9\u2070\u00B2\u2070\u00B3\u00B9\u00B2\u00B3\u2074",            // superscript
      "\u2080\u2081\u2080\u2082\u2080\u2083\u2081\u2082\u2083\u2084",            // subscript
      "\u24EA\u2460\u24EA\u2461\u24EA\u2462\u2460\u2461\u2462\u2463",            // circled
      "\u24FF\u2776\u24FF\u2777\u24FF\u2778\u2776\u2777\u2778\u2779",            // negative circled
      "\u2469\u2469\u2469\u2469\u2469",                                          // circled tens: 1010101010
      "0\u248802\u248A12345",                                                    // digits with a full stop
      "311299-0000",                                                             // the last day; the check digit fails
      "010100-0001",
      "610203-1234",  // day + 60
      "911203-1234",  // 31 + 60
      "Åse 010203-1234 Prøvesen",
      "nr.0102031234",
      "90102031234",  // within a longer run
      "99990102031234999",
      "Vej 9, 010203, 1234 0102031234",
      "0102031234@example.dk",
      "010203.1234@example.dk",
      "anna.010203_1234@example.dk",
  };
  for (const std::string& text : looks_like) EXPECT_TRUE(LooksLikeCprNumber(text)) << text;
}

TEST(CprNumberTest, IsNotSeenInOtherText) {
  const std::string other[] = {
      "",
      "Åse Prøvesen",
      "010203-123",  // nine digits
      "010203123",
      "320203-1234",  // no such day
      "000203-1234",
      "600203-1234",  // 60 is no day raised by 60
      "920203-1234",  // nor is 92
      "010003-1234",  // no such month
      "011303-1234",
      "12345678",  // a Danish phone number
      "+45 12 34 56 78",
      "2026-11-22",  // a date
      "22-11-2026",
      "010203a1234",
      "010203, 1234",
      "010203,1234",
      "010203;1234",
      "010203.-/a1234",
      "Prøvevej 12, 3. tv., 2100",
      "Prøvegade 10, 2. th",
      "Prøvevejen 12-14 3.tv",
      "Prøvevej 12/14, 3. sal, dør 4",
      "Prøvetorv 112 A, st. 0012",
      "C/O Prøvesen, Prøvevej 101.2.3",
      "anna.1990@example.dk",
      "anna_01.12.1990@example.dk",
      "anna.1990@192.example.dk",
      "2100",
      "DK-2100",
      "2100 København Ø",
      "4000000000",  // ten digits without a day
      "9999999999",
  };
  for (const std::string& text : other) EXPECT_FALSE(LooksLikeCprNumber(text)) << text;
}

TEST(CprNumberTest, EveryDayAndMonthCountsAndNoOther) {
  for (int day = 0; day <= 99; ++day) {
    for (int month = 0; month <= 99; ++month) {
      const bool real_day = (day >= 1 && day <= 31) || (day >= 61 && day <= 91);
      const bool expected = real_day && month >= 1 && month <= 12;
      const std::string number = absl::StrFormat("%02d%02d990000", day, month);
      EXPECT_EQ(LooksLikeCprNumber(number), expected) << number;
    }
  }
}

// Whether the text sees the character as the digit `value`, at every place of day and month where it can tell.
void ExpectDigit(char32_t character, int value) {
  const std::string as_text = Utf8(character);
  for (size_t place = 0; place < 4; ++place) {
    for (char other = '0'; other <= '9'; ++other) {
      std::string digits = "0101990000";
      digits[place ^ 1] = other;
      digits[place] = static_cast<char>('0' + value);
      const std::string written = absl::StrCat(digits.substr(0, place), as_text, digits.substr(place + 1));
      ASSERT_EQ(LooksLikeCprNumber(written), LooksLikeCprNumber(digits))
          << absl::StrFormat("U+%04X as %d in %s", static_cast<uint32_t>(character), value, digits);
    }
  }
}

TEST(CprNumberTest, EveryDecimalDigitOfUnicodeHasItsValue) {
  // Each script's digits are consecutive and start at zero, and every stretch of category Nd is made of whole scripts.
  int digits = 0;
  char32_t start = 0;
  for (char32_t character = 0; character <= 0x10FFFF; ++character) {
    if (utf8proc_category(static_cast<utf8proc_int32_t>(character)) != UTF8PROC_CATEGORY_ND) {
      ASSERT_TRUE(start == 0 || (character - start) % 10 == 0) << "a stretch of digits is cut short";
      start = 0;
      continue;
    }
    if (start == 0) start = character;
    ++digits;
    ExpectDigit(character, static_cast<int>((character - start) % 10));
  }
  EXPECT_GE(digits, 660);  // Unicode 14
}

TEST(CprNumberTest, KnownScriptsHaveTheirDigits) {
  const struct {
    char32_t zero;
    const char* script;
  } scripts[] = {{0x0660, "Arabic-Indic"}, {0x06F0, "extended Arabic-Indic"},
                 {0x07C0, "NKo"},          {0x0966, "Devanagari"},
                 {0x09E6, "Bengali"},      {0x0BE6, "Tamil"},
                 {0x0E50, "Thai"},         {0x0F20, "Tibetan"},
                 {0x1040, "Myanmar"},      {0x17E0, "Khmer"},
                 {0x1810, "Mongol"},       {0xFF10, "full width"},
                 {0x1D7CE, "bold"},        {0x1D7D8, "double-struck"},
                 {0x1D7F6, "mono"},        {0x1E950, "Adlam"},
                 {0x1FBF0, "segmented"}};
  for (const auto& script : scripts) {
    EXPECT_TRUE(LooksLikeCprNumber(InScript(script.zero, "0102031234"))) << script.script;
    EXPECT_TRUE(LooksLikeCprNumber("31" + InScript(script.zero, "1299") + "-0000")) << script.script;
    EXPECT_FALSE(LooksLikeCprNumber(InScript(script.zero, "3202031234"))) << script.script;
    EXPECT_FALSE(LooksLikeCprNumber(InScript(script.zero, "010203123"))) << script.script;
  }
}

TEST(CprNumberTest, EveryOtherDigitOfUnicodeHasItsValue) {
  const struct {
    char32_t first;
    char32_t last;
    int value;
  } runs[] = {{0xB2, 0xB3, 2},       {0xB9, 0xB9, 1},       {0x1369, 0x1371, 1},   {0x19DA, 0x19DA, 1},
              {0x2070, 0x2070, 0},   {0x2074, 0x2079, 4},   {0x2080, 0x2089, 0},   {0x2460, 0x2468, 1},
              {0x2474, 0x247C, 1},   {0x2488, 0x2490, 1},   {0x24EA, 0x24EA, 0},   {0x24F5, 0x24FD, 1},
              {0x24FF, 0x24FF, 0},   {0x2776, 0x277E, 1},   {0x2780, 0x2788, 1},   {0x278A, 0x2792, 1},
              {0x10A40, 0x10A43, 1}, {0x10E60, 0x10E68, 1}, {0x11052, 0x1105A, 1}, {0x1F100, 0x1F100, 0},
              {0x1F101, 0x1F10A, 0}, {0x1F10B, 0x1F10B, 0}, {0x1F10C, 0x1F10C, 0}};
  for (const auto& run : runs) {
    for (char32_t character = run.first; character <= run.last; ++character) {
      ExpectDigit(character, run.value + static_cast<int>(character - run.first));
    }
  }
}

TEST(NormalFormTest, ComposedTextIsNfcAndDecomposedIsNot) {
  const struct {
    const char* composed;
    const char* decomposed;
  } pairs[] = {{"\u00E5", "a\u030A"},             // a with ring
               {"\u00C5", "\u212B"},              // the angstrom sign
               {"\u00E9", "e\u0301"},             // e with acute
               {"\u01FD", "\u00E6\u0301"},        // ae with acute
               {"\u01FF", "\u00F8\u0301"},        // o with stroke and acute
               {"\uD55C", "\u1112\u1161\u11AB"},  // Hangul
               {"\u1EC7", "e\u0302\u0323"},       // marks out of order
               {"q\u0323\u0307", "q\u0307\u0323"}};
  for (const auto& pair : pairs) {
    EXPECT_TRUE(IsNfc(pair.composed)) << pair.composed;
    EXPECT_FALSE(IsNfc(pair.decomposed)) << pair.decomposed;
    EXPECT_EQ(ToNfc(pair.decomposed), std::string(pair.composed));
    EXPECT_EQ(ToNfc(pair.composed), std::string(pair.composed));
  }
  for (const std::string text : {"", "Aa 1", "\u00E6\u00F8\u00E5\u00C6\u00D8\u00C5", "\uFB01", "\uFF11", "\u200D"}) {
    EXPECT_TRUE(IsNfc(text)) << text;  // compatibility forms are NFC
    EXPECT_EQ(ToNfc(text), text);
  }
  EXPECT_FALSE(IsNfc("\u0958"));  // a composition exclusion
  const std::string with_zero("\u00E5\0b", 4);
  EXPECT_EQ(ToNfc(with_zero), with_zero);
}

TEST(NormalFormTest, WhatIsNotUtf8IsNotNfc) {
  const std::string broken[] = {"\x80",
                                "\xC3",
                                "\xC3(",
                                "\xC0\xAF",
                                "\xE0\x80\xAF",
                                "\xED\xA0\x80",
                                "\xF4\x90\x80\x80",
                                "\xF8\x88\x80\x80\x80",
                                "Vej \xFF",
                                "\xE2\x82"};
  for (const std::string& text : broken) {
    EXPECT_FALSE(IsNfc(text));
    EXPECT_EQ(ToNfc(text), std::nullopt);
    EXPECT_EQ(CountCharacters(text), std::nullopt);
    EXPECT_FALSE(IsEmailAddress(text + "@example.dk"));
    EXPECT_FALSE(LooksLikeCprNumber(text));
    EXPECT_FALSE(HasLetter(text.substr(text.size() - 1)));
  }
}

TEST(ControlCharacterTest, ControlsAreSeen) {
  std::vector<char32_t> controls = {0x7F, 0x2028, 0x2029, 0x061C, 0x200E, 0x200F, 0xFFFE, 0xFFFF, 0xFDD0};
  for (char32_t character = 0; character < 0x20; ++character) controls.push_back(character);
  for (char32_t character = 0x80; character < 0xA0; ++character) controls.push_back(character);
  for (char32_t character = 0x202A; character <= 0x202E; ++character) controls.push_back(character);
  for (char32_t character = 0x2066; character <= 0x2069; ++character) controls.push_back(character);
  for (const char32_t character : controls) {
    EXPECT_TRUE(HasControlCharacter(absl::StrCat("a", Utf8(character), "b"))) << static_cast<uint32_t>(character);
  }
}

TEST(ControlCharacterTest, WhatSaysNothingToAReaderIsSeen) {
  const std::vector<char32_t> private_use = {0xE000, 0xF8FF, 0xF0000, 0xFFFFD, 0x100000, 0x10FFFD};
  const std::vector<char32_t> unassigned = {0x0378, 0x1FFFE, 0x10FFFF};
  const std::vector<char32_t> replacement = {0xFFFD};
  for (const std::vector<char32_t>& characters : {private_use, unassigned, replacement}) {
    for (const char32_t character : characters) {
      EXPECT_TRUE(HasControlCharacter(absl::StrCat("a", Utf8(character), "b"))) << static_cast<uint32_t>(character);
    }
  }
}

TEST(ControlCharacterTest, JoinersAndOtherTextPass) {
  for (const std::string text : {"", "Åse Prøvesen", "O\u2019Neill", "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645",
                                 "\u0DC1\u0DCA\u200D\u0DBB\u0DD3", "a\u00A0b", "\uFFFC", "\U0001F600"}) {
    EXPECT_FALSE(HasControlCharacter(text)) << text;
  }
}

TEST(CharactersTest, AreCodePoints) {
  EXPECT_EQ(CountCharacters(""), 0U);
  EXPECT_EQ(CountCharacters("abc"), 3U);
  EXPECT_EQ(CountCharacters("\u00E6\u00F8\u00E5"), 3U);
  EXPECT_EQ(CountCharacters("a\u030A"), 2U);
  EXPECT_EQ(CountCharacters("\U0001F600"), 1U);
}

TEST(CharactersTest, ALetterIsOneOfAnyScriptThatShows) {
  for (const std::string text : {"a", "12 \u00C5", "\u0639", "\u4E2D", "\uD55C", "-\u01C5-"}) {
    EXPECT_TRUE(HasLetter(text)) << text;
  }
  for (const std::string text : {"", "12", " -.'", "\u0660", "\u200D", "\u3164", "\u115F\u1160", "\U0001F600"}) {
    EXPECT_FALSE(HasLetter(text)) << text;
  }
}

TEST(CodeTest, IsFourDigits) {
  for (const char* code : {"0101", "1081", "9999"}) EXPECT_TRUE(IsCode(code)) << code;
  for (const char* other : {"", "101", "01010", "010a", " 101", "+101", "\u0661\u0661"})
    EXPECT_FALSE(IsCode(other)) << other;
  EXPECT_FALSE(IsCode(absl::string_view("010\0", 4)));
}

TEST(CharactersTest, BlankIsWhiteSpaceOnly) {
  for (const std::string text : {"", " ", "\t ", "\u00A0\u2003\u3000"}) EXPECT_TRUE(IsBlank(text));
  for (const std::string text : {"a", " a ", ".", "\u00A0-"}) EXPECT_FALSE(IsBlank(text)) << text;
}

}  // namespace
}  // namespace envej::contract
