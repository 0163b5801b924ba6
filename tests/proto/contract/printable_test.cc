#include "proto/contract/printable.h"

#include <gtest/gtest.h>

#include <sstream>

namespace envej::contract {
namespace {

TEST(PrintableTest, LeavesOrdinaryTextAlone) {
  for (const char* const text : {"", "København", "a b", "Ærøskøbing \xE2\x80\x93 1"}) EXPECT_EQ(Printable(text), text);
}

TEST(PrintableTest, ReplacesWhatATerminalWouldObey) {
  EXPECT_EQ(Printable("\x1b[31mred"), "?[31mred");
  EXPECT_EQ(Printable("two\nlines"), "two?lines");
  EXPECT_EQ(Printable("two\nlines\r", true), "two\nlines?");
  EXPECT_EQ(Printable("c1 \xC2\x9B"
                      "2J"),
            "c1 ??2J");
  EXPECT_EQ(Printable("\xFF no UTF-8"), "? no UTF-8");
  EXPECT_EQ(Printable("turned \xE2\x80\xAE"
                      "round"),
            "turned ???round");
}

TEST(PrintableTest, CountsColumnsAsATerminalDoes) {
  EXPECT_EQ(TerminalColumns(""), 0u);
  EXPECT_EQ(TerminalColumns("Ærø"), 3u);
  EXPECT_EQ(TerminalColumns("A\xCC\x8A"), 1u) << "a letter and the ring on it";
  EXPECT_EQ(TerminalColumns("\xE6\xBC\xA2"), 2u) << "a wide letter";
  EXPECT_EQ(TerminalColumns("\xFF"), 1u);
}

TEST(PrintableTest, CutsBetweenCharacters) {
  EXPECT_EQ(CutToColumns("Ærøskøbing", 3), "Ærø");
  EXPECT_EQ(CutToColumns("Ærø", 10), "Ærø");
  EXPECT_EQ(CutToColumns("\xE6\xBC\xA2\xE6\xBC\xA2", 3), "\xE6\xBC\xA2") << "half a letter is none";
  EXPECT_EQ(CutToColumns("A\xCC\x8A"
                         "b",
                         1),
            "A\xCC\x8A")
      << "a mark stays with its letter";
  EXPECT_EQ(CutToColumns("abc", 0), "");
}

TEST(PrintableTest, SaysNamesOfValuesAsWords) {
  EXPECT_EQ(Word("NOTICE_STATE_WAITING", "NOTICE_STATE_", 1), "waiting");
  EXPECT_EQ(Word("LATENESS_NOT_FETCHED", "LATENESS_", 1), "not fetched");
  EXPECT_EQ(Word("", "NOTICE_STATE_", 77), "unknown (77)");
}

TEST(PrintableTest, AlignsColumnsByWhatIsSeen) {
  std::ostringstream out;
  WriteTable({{"NAME", "CODE"}, {"Ærø", "0492"}, {"A\xCC\x8Arhus", "0751"}}, out);
  EXPECT_EQ(out.str(), "NAME   CODE\nÆrø    0492\nA\xCC\x8Arhus  0751\n");
}

}  // namespace
}  // namespace envej::contract
