#include "broker/operations/console/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace envej::console {
namespace {

using testing::ElementsAre;

TEST(TableTest, AlignsDanishNamesAndNumbers) {
  Table table({{"NAME"}, {"WAITING", Align::kRight}, {"LAST"}});
  table.Add({"Ærø", "7", "x"});
  table.Add({"Frederiksberg", "1204", "y"});
  EXPECT_THAT(table.Lines(false), ElementsAre("NAME           WAITING  LAST",  //
                                              "Ærø                  7  x",     //
                                              "Frederiksberg     1204  y"));
}

TEST(TableTest, ShowsNothingAsADashAndEndsNoLineInSpaces) {
  Table table({{"A"}, {"LONG HEADING"}});
  table.Add({"", ""});
  table.Add({"1"});
  EXPECT_THAT(table.Lines(false), ElementsAre("A  LONG HEADING", "-  -", "1  -"));
}

TEST(TableTest, MakesEveryCellPrintable) {
  Table table({{"A"}});
  table.Add({"\x1b[2Jgone\nline"});
  EXPECT_THAT(table.Lines(false), ElementsAre("A", "?[2Jgone?line"));
}

TEST(TableTest, CutsToTheWidthBeforeItColours) {
  Table table({{"NAME"}});
  table.Add({"Ærøskøbing"}, Emphasis::kTrouble);
  EXPECT_THAT(table.Lines(false, 3), ElementsAre("NAM", "Ærø"));
  EXPECT_THAT(table.Lines(true, 3), ElementsAre("\x1b[1mNAM\x1b[0m", "\x1b[1;31mÆrø\x1b[0m"));
}

}  // namespace
}  // namespace envej::console
