#include "region-client/folder/hl7_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace envej::region {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

std::string Message(const std::string& event, const std::string& id, const std::string& patient) {
  return absl::StrCat("MSH|^~\\&|PAS|NORD|ENVEJ|REGION|20270115140500||ADT^", event, "|", id,
                      "|P|2.5||||||UNICODE UTF-8\rEVN|", event, "|20270115140500\rPID|1||", patient,
                      "^^^hospital||Pr\xC3\xB8ve^Nanna\rPV1|1|I|P1||||||||||||||||S1", std::string(26, '|'),
                      "20270115140000\r");
}

constexpr size_t kItemsMost = 10;
const absl::Time kNow = absl::FromCivil(absl::CivilSecond(2027, 1, 15, 15), absl::UTCTimeZone());

Hl7Files Files() { return {.name = "files", .site = {.zone = absl::UTCTimeZone()}}; }

TEST(Hl7DecoderTest, EachMessageOfAFileIsReadForItself) {
  const std::vector<FileItem> items =
      DecodeHl7File(absl::StrCat(Message("A03", "m1", "4711"), "MSH|broken\r", Message("A04", "m2", "4712"),
                                 Message("A03", "m3", "")),
                    kItemsMost, Files(), kNow)
          .value();
  ASSERT_THAT(items, SizeIs(4));
  EXPECT_EQ(items[0].name.source, "files|PAS|NORD");
  EXPECT_EQ(items[0].name.id, "m1");
  const auto& events = std::get<std::vector<ward::Event>>(items[0].said);
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].kind, ward::EventKind::kDischarged);
  EXPECT_EQ(events[0].discharge_day, absl::CivilDay(2027, 1, 15));
  EXPECT_TRUE(std::holds_alternative<FileProblem>(items[1].said));
  EXPECT_TRUE(std::holds_alternative<NothingFollows>(items[2].said));
  EXPECT_THAT(std::get<FileProblem>(items[3].said).text, HasSubstr("PID-3"));
  EXPECT_THAT(std::get<FileProblem>(items[3].said).text, Not(HasSubstr("Nanna")));
  EXPECT_EQ(items[3].place, 4u);
}

TEST(Hl7DecoderTest, ABatchThatLacksAMessageIsAProblemOfTheFileBehindThoseThatAreThere) {
  const std::vector<FileItem> items =
      DecodeHl7File(absl::StrCat("BHS|^~\\&\r", Message("A03", "m1", "4711"), "BTS|2\r"), kItemsMost, Files(), kNow)
          .value();
  ASSERT_THAT(items, SizeIs(2));
  EXPECT_TRUE(std::holds_alternative<std::vector<ward::Event>>(items[0].said));
  EXPECT_EQ(std::get<FileProblem>(items[1].said).reason, "BATCH_COUNT_WRONG");
  EXPECT_EQ(items[1].place, 0u);
}

TEST(Hl7DecoderTest, NothingFollowsFromBatchesWithoutAMessage) {
  const std::vector<FileItem> items =
      DecodeHl7File("FHS|^~\\&\rBHS|^~\\&\rBTS|0\rFTS|1\r", kItemsMost, Files(), kNow).value();
  ASSERT_THAT(items, SizeIs(1));
  EXPECT_EQ(std::get<NothingFollows>(items[0].said).reason, "BATCH_EMPTY");
  EXPECT_THAT(DecodeHl7File("\r\n", kItemsMost, Files(), kNow).value(), SizeIs(0));
}

TEST(Hl7DecoderTest, NoMoreIsDecodedOfAFileThatSaysTooMuch) {
  std::string messages;
  for (size_t message = 0; message < kItemsMost; ++message) messages += "MSH\r";
  EXPECT_THAT(DecodeHl7File(messages, kItemsMost, Files(), kNow).value(), SizeIs(kItemsMost));
  EXPECT_EQ(DecodeHl7File(messages + "MSH\r", kItemsMost, Files(), kNow).status(), TooManyItems(kItemsMost));
}

}  // namespace
}  // namespace envej::region
