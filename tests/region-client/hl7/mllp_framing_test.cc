#include "region-client/hl7/mllp_framing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace envej::hl7 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr size_t kMost = 10;

// All messages of what comes in pieces of `size`; an error ends it.
absl::StatusOr<std::vector<std::string>> Decode(const std::string& bytes, size_t size = 1000) {
  FrameDecoder decoder(kMost);
  std::vector<std::string> messages;
  for (size_t at = 0; at < bytes.size(); at += size) {
    absl::string_view piece = absl::string_view(bytes).substr(at, size);
    while (!piece.empty()) {
      absl::StatusOr<std::optional<std::string>> message = decoder.Decode(piece);
      if (!message.ok()) return message.status();
      if (message->has_value()) messages.push_back(**std::move(message));
    }
  }
  return messages;
}

TEST(MllpFramingTest, FramesAreFoundHoweverTheyAreCut) {
  const std::string bytes =
      EncodeFrame("MSH|1") + "\r\n" + EncodeFrame("") + EncodeFrame("MSH|\r2\n\r") + "\x0B" + "MSH";
  for (size_t size = 1; size <= bytes.size(); ++size) {
    const auto messages = Decode(bytes, size);
    ASSERT_TRUE(messages.ok()) << messages.status();
    EXPECT_THAT(*messages, ElementsAre("MSH|1", "", "MSH|\r2\n\r"));
  }
}

TEST(MllpFramingTest, AFrameIsBetweenItsMarks) {
  EXPECT_EQ(EncodeFrame("MSH"),
            "\x0B"
            "MSH\x1C\r");
}

TEST(MllpFramingTest, WhatIsNoFrameIsRefused) {
  for (const std::string& bytes : {std::string("MSH|1"), EncodeFrame("a") + "x",
                                   std::string("\x0B") + "a\x0B" + "b\x1C\r", std::string("\x0B") + "a\x1C" + "b",
                                   std::string("\x0B") + "a\x1C\x1C\r", std::string("\x1C\r"), std::string("\0", 1)}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Decode(bytes).status())) << testing::PrintToString(bytes);
    EXPECT_TRUE(absl::IsInvalidArgument(Decode(bytes, 1).status())) << testing::PrintToString(bytes);
  }
}

TEST(MllpFramingTest, BetweenFramesStandsABoundedNumberOfLineEnds) {
  const std::string most(1024, '\n');
  EXPECT_THAT(*Decode(most + EncodeFrame("a") + most + EncodeFrame("b") + most), ElementsAre("a", "b"));
  EXPECT_TRUE(absl::IsInvalidArgument(Decode(EncodeFrame("a") + most + "\r").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Decode(EncodeFrame("a") + most + "\r", 1).status()));
}

TEST(MllpFramingTest, OfAMessageThatIsTooLongTheBeginningIsKept) {
  EXPECT_THAT(*Decode(EncodeFrame(std::string(kMost, 'a'))), ElementsAre(std::string(kMost, 'a')));
  FrameDecoder decoder(kMost);
  const std::string frame = EncodeFrame(std::string(kMost, 'a') + "bc");
  absl::string_view bytes = frame;
  EXPECT_TRUE(absl::IsResourceExhausted(decoder.Decode(bytes).status()));
  EXPECT_EQ(decoder.TakeMessage(), std::string(kMost, 'a') + "b");
}

TEST(MllpFramingTest, IsWithinAFrameUntilItEnds) {
  FrameDecoder decoder(kMost);
  absl::string_view bytes = "\r\x0B";
  EXPECT_TRUE(decoder.Decode(bytes).ok());
  EXPECT_TRUE(decoder.is_within_frame());
  bytes = "a\x1C";
  EXPECT_EQ(*decoder.Decode(bytes), std::nullopt);
  EXPECT_TRUE(decoder.is_within_frame());
  bytes = "\r";
  EXPECT_EQ(*decoder.Decode(bytes), "a");
  EXPECT_FALSE(decoder.is_within_frame());
  EXPECT_THAT(bytes, IsEmpty());
}

}  // namespace
}  // namespace envej::hl7
