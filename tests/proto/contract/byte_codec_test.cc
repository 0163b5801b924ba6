#include "proto/contract/byte_codec.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace envej::contract {
namespace {

TEST(ByteCodecTest, EverythingWrittenComesBack) {
  const absl::Time time = absl::FromUnixMicros(1795345200123456);
  ByteWriter writer;
  writer.Uint8(0xfe);
  writer.Uint32(0x80000001);
  writer.Uint64(0x8000000000000001);
  writer.Time(time);
  writer.Bytes(std::string("a\0b", 3));
  writer.Bytes("");
  writer.Raw("raw");
  ByteReader reader(writer.bytes());
  EXPECT_EQ(reader.Uint8(), 0xfe);
  EXPECT_EQ(reader.Uint32(), 0x80000001);
  EXPECT_EQ(reader.Uint64(), 0x8000000000000001);
  EXPECT_EQ(reader.Time(), time);
  EXPECT_EQ(reader.Bytes(), std::string("a\0b", 3));
  EXPECT_EQ(reader.Bytes(), "");
  EXPECT_FALSE(reader.AtEnd());
  EXPECT_EQ(reader.Raw(3), "raw");
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.AtEnd());
}

TEST(ByteCodecTest, TheBytesAreFixedForEver) {
  ByteWriter writer;
  writer.Uint8(1);
  writer.Uint32(0x01020304);
  writer.Uint64(0x0102030405060708);
  writer.Time(absl::UnixEpoch() + absl::Microseconds(1));
  writer.Bytes("ab");
  writer.Raw("c");
  EXPECT_EQ(std::move(writer).bytes(), std::string("\x01"
                                                   "\x01\x02\x03\x04"
                                                   "\x01\x02\x03\x04\x05\x06\x07\x08"
                                                   "\x80\x00\x00\x00\x00\x00\x00\x01"
                                                   "\x00\x00\x00\x02"
                                                   "abc",
                                                   28));
}

TEST(ByteCodecTest, TruncatedInputIsSeenAtEveryLength) {
  ByteWriter writer;
  writer.Uint8(7);
  writer.Bytes("twelve bytes");
  writer.Uint32(7);
  writer.Time(absl::UnixEpoch());
  writer.Uint64(7);
  for (size_t length = 0; length < writer.bytes().size(); ++length) {
    const std::string cut = writer.bytes().substr(0, length);
    ByteReader reader(cut);
    reader.Uint8();
    reader.Bytes();
    reader.Uint32();
    reader.Time();
    reader.Uint64();
    EXPECT_FALSE(reader.ok()) << length;
    EXPECT_FALSE(reader.AtEnd()) << length;
  }
}

TEST(ByteCodecTest, AfterTheFirstReadPastTheEndEveryReadIsEmpty) {
  ByteReader reader("\x01\x02\x03");
  EXPECT_EQ(reader.Uint32(), 0U);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.Uint8(), 0);
  EXPECT_EQ(reader.Uint64(), 0U);
  EXPECT_EQ(reader.Time(), absl::UnixEpoch());
  EXPECT_EQ(reader.Bytes(), "");
  EXPECT_EQ(reader.Raw(1), "");
  EXPECT_EQ(reader.Raw(0), "");
  EXPECT_FALSE(reader.AtEnd());
}

TEST(ByteCodecTest, ALengthBeyondTheInputIsRefused) {
  ByteReader promised("\xff\xff\xff\xff short");
  EXPECT_EQ(promised.Bytes(), "");
  EXPECT_FALSE(promised.ok());
  ByteReader raw("abc");
  EXPECT_EQ(raw.Raw(std::numeric_limits<size_t>::max()), "");
  EXPECT_FALSE(raw.ok());
}

TEST(ByteCodecTest, AnyBytesCanBeRead) {
  uint32_t state = 1;
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (int count = round % 40; count > 0; --count) {
      state = state * 1664525 + 1013904223;
      bytes.push_back(static_cast<char>(state >> 24));
    }
    ByteReader reader(bytes);
    for (int reads = 0; reads < 12; ++reads) {
      switch ((state >> (reads * 2)) & 3) {
        case 0:
          reader.Uint8();
          break;
        case 1:
          reader.Time();
          break;
        case 2:
          EXPECT_LE(reader.Bytes().size(), bytes.size());
          break;
        default:
          reader.Uint32();
      }
    }
  }
}

TEST(ByteCodecTest, TimesSortAsTheirBytes) {
  const std::vector<absl::Time> times = {absl::InfinitePast(),
                                         absl::FromUnixSeconds(-62135596800),
                                         absl::FromUnixMicros(-1000000),
                                         absl::FromUnixMicros(-1),
                                         absl::UnixEpoch(),
                                         absl::FromUnixMicros(1),
                                         absl::FromUnixMicros(255),
                                         absl::FromUnixMicros(256),
                                         absl::FromUnixSeconds(1795345200),
                                         absl::FromUnixSeconds(253402300799),
                                         absl::InfiniteFuture()};
  std::vector<std::string> bytes;
  for (const absl::Time time : times) {
    ByteWriter writer;
    writer.Time(time);
    bytes.push_back(writer.bytes());
    if (time != absl::InfinitePast() && time != absl::InfiniteFuture()) {
      ByteReader reader(bytes.back());
      EXPECT_EQ(reader.Time(), time);
    }
  }
  for (size_t index = 1; index < bytes.size(); ++index) EXPECT_LT(bytes[index - 1], bytes[index]) << index;
}

TEST(ByteCodecTest, TimesAreCutToTheMicrosecondBefore) {
  for (const int64_t nanoseconds : {int64_t{1795345200123456789}, int64_t{-1}, int64_t{-1001}, int64_t{999}}) {
    ByteWriter writer;
    writer.Time(absl::FromUnixNanos(nanoseconds));
    ByteReader reader(writer.bytes());
    const absl::Time read = reader.Time();
    EXPECT_LE(read, absl::FromUnixNanos(nanoseconds));
    EXPECT_GT(read, absl::FromUnixNanos(nanoseconds) - absl::Microseconds(1));
  }
}

}  // namespace
}  // namespace envej::contract
