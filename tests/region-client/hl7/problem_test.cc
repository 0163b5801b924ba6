#include "region-client/hl7/problem.h"

#include <gtest/gtest.h>

namespace envej::hl7 {
namespace {

TEST(ProblemTest, APlaceIsWrittenAsPeopleWriteIt) {
  EXPECT_EQ(ToText({}), "the message");
  EXPECT_EQ(ToText({.segment = "PID"}), "PID");
  EXPECT_EQ(ToText({.segment = "MSH", .occurrence = 2}), "MSH[2]");
  EXPECT_EQ(ToText({.segment = "PID", .field = 3}), "PID-3");
  EXPECT_EQ(ToText({.segment = "PID", .field = 3, .repetition = 2, .component = 4, .subcomponent = 1}), "PID-3[2].4.1");
}

}  // namespace
}  // namespace envej::hl7
