#include "region-client/folder/hl7_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace envej::region {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Hl7FileTest, SplitsWhereAMessageBegins) {
  EXPECT_THAT(SplitHl7File("MSH|1\rPID|1\rMSH|2\rPID|2\r"), ElementsAre("MSH|1\rPID|1", "MSH|2\rPID|2"));
  EXPECT_THAT(SplitHl7File("MSH|1\nPID|1\n\nMSH|2\n"), ElementsAre("MSH|1\nPID|1", "MSH|2"));
  EXPECT_THAT(SplitHl7File("MSH|1\r\nPID|1\r\nMSH|2"), ElementsAre("MSH|1\r\nPID|1", "MSH|2"));
}

TEST(Hl7FileTest, PassesOverFramesBatchesAndByteOrderMarks) {
  EXPECT_THAT(SplitHl7File("\x0BMSH|1\rPID|1\r\x1C\r\x0BMSH|2\r\x1C\r"), ElementsAre("MSH|1\rPID|1", "MSH|2"));
  EXPECT_THAT(SplitHl7File("FHS|^~\\&\rBHS|^~\\&\rMSH|1\rPID|1\rBTS|1\rFTS|1\r"), ElementsAre("MSH|1\rPID|1"));
  EXPECT_THAT(SplitHl7File("\xEF\xBB\xBFMSH|1\r"), ElementsAre("MSH|1"));
  EXPECT_THAT(SplitHl7File("\r\n \r\n"), IsEmpty());
}

TEST(Hl7FileTest, LosesNothingThatStandsBeforeTheFirstMessage) {
  EXPECT_THAT(SplitHl7File("PID|1\rMSH|1\r"), ElementsAre("PID|1", "MSH|1"));
}

TEST(Hl7FileTest, TakesManyMessagesInTimeInProportion) {
  std::string many;
  for (int message = 0; message < 100'000; ++message) many += "MSH|1\rPID|1\r";
  EXPECT_THAT(SplitHl7File(many), SizeIs(100'000));
}

}  // namespace
}  // namespace envej::region
