#include "certs/https/chunks.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/memory_stream.h"

namespace envej::https {
namespace {

using support::MemoryStream;

constexpr size_t kMostOfChunks = 20;

absl::Status StatusOf(absl::string_view bytes) {
  MemoryStream stream(bytes);
  std::string content;
  return ReadChunks(stream, kMostOfChunks, content);
}

TEST(ChunksTest, TheirContentIsJoinedAndWhatFollowsIsLeft) {
  for (const char* const bytes :
       {"5\r\nabcde\r\n0\r\n\r\nrest", "1\r\na\r\n4\r\nbcde\r\n0\r\n\r\nrest",
        "00000005;a;b=\"c\"\r\nabcde\r\n000;d\r\nA: b\r\nC: d\r\n\r\nrest", "5 \t;a\r\nabcde\r\n0\r\n\r\nrest"}) {
    MemoryStream stream(bytes);
    std::string content;
    EXPECT_TRUE(ReadChunks(stream, kMostOfChunks, content).ok()) << bytes;
    EXPECT_EQ(content, "abcde");
    EXPECT_EQ(stream.rest(), "rest");
  }
  MemoryStream none("0\r\n\r\n");
  std::string content;
  EXPECT_TRUE(ReadChunks(none, kMostOfChunks, content).ok());
  EXPECT_EQ(content, "");
}

TEST(ChunksTest, LinesAndSizesAreReadStrictly) {
  for (const char* const bytes :
       {"\n", "\r\n", "x\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", " 1\r\n", "1 \r\n", "1 1\r\n", "000000001\r\n", ";a\r\n",
        "1\nx\r\n0\r\n\r\n", "1\r\r\nx\r\n0\r\n\r\n", "1;a\rb\r\nx\r\n0\r\n\r\n", "1\r\nxy0\r\n\r\n",
        "1\r\nx\n\n0\r\n\r\n", "0\r\n\n", "0\r\nA: b\n\r\n"}) {
    EXPECT_TRUE(absl::IsDataLoss(StatusOf(bytes))) << bytes;
  }
}

TEST(ChunksTest, ContentThatIsTooLongIsNotRead) {
  const std::string end = "\r\n0\r\n\r\n";
  EXPECT_TRUE(StatusOf(absl::StrCat("14\r\n", std::string(20, 'x'), end)).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(StatusOf(absl::StrCat("15\r\n", std::string(21, 'x'), end))));
  EXPECT_TRUE(absl::IsResourceExhausted(StatusOf(absl::StrCat("13\r\n", std::string(19, 'x'), "\r\n2\r\nxx", end))));
  EXPECT_TRUE(absl::IsResourceExhausted(StatusOf("ffffffff\r\n")));
}

TEST(ChunksTest, WhatStandsAroundTheContentIsBoundedToo) {
  std::string trailers = "0\r\n";
  while (trailers.size() <= ChunkFramingMost(kMostOfChunks))
    absl::StrAppend(&trailers, "A: ", std::string(100, 'b'), "\r\n");
  EXPECT_TRUE(absl::IsResourceExhausted(StatusOf(absl::StrCat(trailers, "\r\n"))));
  const std::string line = absl::StrCat("1;", std::string(kChunkLineBytesMost, 'a'));
  EXPECT_TRUE(absl::IsResourceExhausted(StatusOf(absl::StrCat(line, "\r\nx\r\n0\r\n\r\n"))));
}

TEST(ChunksTest, WhatDoesNotComeToItsEndIsNotTaken) {
  const std::string whole = "5;a\r\nabcde\r\n0\r\nA: b\r\n\r\n";
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_TRUE(absl::IsDeadlineExceeded(StatusOf(whole.substr(0, size)))) << size;
  }
}

}  // namespace
}  // namespace envej::https
