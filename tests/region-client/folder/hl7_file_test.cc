#include "region-client/folder/hl7_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "region-client/folder/file_outcome.h"

namespace envej::region {
namespace {

using testing::ElementsAre;
using testing::FieldsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr size_t kMessagesMost = 10'000'000;

std::vector<absl::string_view> MessagesOf(absl::string_view bytes) {
  return SplitHl7File(bytes, kMessagesMost).messages;
}

// In which order the reasons stand for which it is not as its batches say.
std::vector<std::string> ReasonsOf(absl::string_view bytes) {
  std::vector<std::string> reasons;
  for (const FileProblem& problem : SplitHl7File(bytes, kMessagesMost).problems) reasons.push_back(problem.reason);
  return reasons;
}

TEST(Hl7FileTest, SplitsWhereAMessageBegins) {
  EXPECT_THAT(MessagesOf("MSH|1\rPID|1\rMSH|2\rPID|2\r"), ElementsAre("MSH|1\rPID|1", "MSH|2\rPID|2"));
  EXPECT_THAT(MessagesOf("MSH|1\nPID|1\n\nMSH|2\n"), ElementsAre("MSH|1\nPID|1", "MSH|2"));
  EXPECT_THAT(MessagesOf("MSH|1\r\nPID|1\r\nMSH|2"), ElementsAre("MSH|1\r\nPID|1", "MSH|2"));
}

TEST(Hl7FileTest, PassesOverFramesBatchesAndByteOrderMarks) {
  EXPECT_THAT(MessagesOf("\x0BMSH|1\rPID|1\r\x1C\r\x0BMSH|2\r\x1C\r"), ElementsAre("MSH|1\rPID|1", "MSH|2"));
  EXPECT_THAT(MessagesOf("FHS|^~\\&\rBHS|^~\\&\rMSH|1\rPID|1\rBTS|1\rFTS|1\r"), ElementsAre("MSH|1\rPID|1"));
  EXPECT_THAT(MessagesOf("\xEF\xBB\xBFMSH|1\r"), ElementsAre("MSH|1"));
  EXPECT_THAT(MessagesOf("\r\n \r\n"), IsEmpty());
}

TEST(Hl7FileTest, LosesNothingThatStandsBeforeTheFirstMessage) {
  EXPECT_THAT(MessagesOf("PID|1\rMSH|1\r"), ElementsAre("PID|1", "MSH|1"));
}

TEST(Hl7FileTest, OnlyWholeNamesAreSegmentsOfABatch) {
  EXPECT_THAT(MessagesOf("MSH|1\rBTSX|1\rFTS1\r"), ElementsAre("MSH|1\rBTSX|1\rFTS1"));
  EXPECT_FALSE(SplitHl7File("MSH|1\rBTSX|1\r", kMessagesMost).has_batches);
  EXPECT_TRUE(SplitHl7File("MSH|1\rBTS\r", kMessagesMost).has_batches);
}

TEST(Hl7FileTest, BatchesThatHoldWhatTheySayAreGood) {
  for (const char* const file :
       {"MSH|1\rMSH|2\r", "FHS|\rBHS|\rMSH|1\rMSH|2\rBTS|2\rBHS|\rMSH|3\rBTS| 1 |x\rFTS|2\r", "BHS|\rBTS|0\r",
        "BHS!\nMSH!1\nBTS!1!2\n", "BHS|\rMSH|1\rBTS\r", "FHS|\rMSH|1\rFTS|1\r", "FHS|\rMSH|1\rBTS|\"\"\rFTS||x\r",
        "MSH|1\rBTS|1\r", "FHS|\rFTS|0\r", "FHS|\rBHS|\rMSH|1\rBTS|1\rFTS|1\rFHS|\rBHS|\rMSH|2\rBTS|1\rFTS|1\r"}) {
    EXPECT_THAT(ReasonsOf(file), IsEmpty()) << file;
  }
}

TEST(Hl7FileTest, WhereMessagesMayBeMissingIsSaid) {
  EXPECT_THAT(
      SplitHl7File("BHS|\rMSH|1\rBTS|1\rBHS|\rMSH|1\rMSH|2\rBTS|3\r", kMessagesMost).problems,
      ElementsAre(FieldsAre("BATCH_COUNT_WRONG", "batch 2 does not have as many messages as BTS-1 says, but 2")));
  EXPECT_THAT(
      SplitHl7File("FHS|\rBHS|\rMSH|1\rBTS|1\rFTS|2\r", kMessagesMost).problems,
      ElementsAre(FieldsAre("BATCH_COUNT_WRONG", "the file does not have as many batches as FTS-1 says, but 1")));
  EXPECT_THAT(ReasonsOf("MSH|1\rBTS|one\r"), ElementsAre("BATCH_COUNT_WRONG"));
  EXPECT_THAT(ReasonsOf("MSH|1\rBTS|0\r"), ElementsAre("BATCH_COUNT_WRONG")) << "one too many";
  EXPECT_THAT(SplitHl7File("FHS|\rBHS|\rMSH|1\r", kMessagesMost).problems,
              ElementsAre(FieldsAre("BATCH_NOT_ENDED", "batch 1 has BHS and no BTS"),
                          FieldsAre("BATCH_NOT_ENDED", "the file has FHS and no FTS")));
  EXPECT_THAT(ReasonsOf("BHS|\rMSH|1\rBHS|\rMSH|2\rBTS|1\r"), ElementsAre("BATCH_NOT_ENDED"));
  EXPECT_THAT(ReasonsOf("FHS|\rMSH|1\rFHS|\rMSH|2\rFTS|1\r"), ElementsAre("BATCH_NOT_ENDED"));
}

TEST(Hl7FileTest, SaysNoMoreThanIsShown) {
  std::string many;
  for (size_t batch = 0; batch < 2 * kRefusedShown; ++batch) many += "MSH|1\rBTS|2\r";
  EXPECT_THAT(ReasonsOf(many), SizeIs(kRefusedShown));
}

TEST(Hl7FileTest, TakesManyMessagesInTimeInProportion) {
  std::string many;
  for (int message = 0; message < 100'000; ++message) many += "MSH|1\rPID|1\r";
  EXPECT_THAT(MessagesOf(many), SizeIs(100'000));
}

TEST(Hl7FileTest, SplitsNoFurtherThanTheFirstMessageTooMany) {
  EXPECT_EQ(SplitHl7File("MSH|1\rMSH|2\rMSH|3\rMSH|4\r", 2).messages.size(), 3u);
  EXPECT_EQ(SplitHl7File("MSH|1\rMSH|2\r", 2).messages.size(), 2u);
}

}  // namespace
}  // namespace envej::region
