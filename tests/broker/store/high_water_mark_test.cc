#include "broker/store/high_water_mark.h"

#include <gtest/gtest.h>

#include "broker/store/record_codec.h"
#include "proto/contract/byte_codec.h"
#include "tests/broker/store/store_directory.h"

namespace envej::store {
namespace {

constexpr size_t kSecondSlot = 4096;
constexpr size_t kSlotBytes = 78;

HighWaterMark Mark(uint64_t batch) {
  return {.store_incarnation = std::string(16, 'i'),
          .batch = batch,
          .hash = std::string(32, 'h'),
          .epoch = batch + 1,
          .is_end = batch % 2 == 1};
}

TEST(HighWaterMark, NewestOfManyIsRead) {
  TemporaryDirectory directory;
  const std::string path = directory.path("mark");
  EXPECT_EQ(*HighWaterMarkFile::Read(path), std::nullopt);
  ASSERT_TRUE(HighWaterMarkFile::Create(path, Mark(0)).ok());
  EXPECT_EQ(*HighWaterMarkFile::Read(path), Mark(0));
  for (uint64_t batch = 1; batch < 10; ++batch) {
    auto file = HighWaterMarkFile::Open(path);
    ASSERT_TRUE(file.ok()) << file.status();
    for (const uint64_t step : {0u, 1u, 2u}) {
      ASSERT_TRUE((*file)->Write(Mark(batch * 10 + step)).ok());
      EXPECT_EQ(*HighWaterMarkFile::Read(path), Mark(batch * 10 + step));
    }
  }
}

// As the version before wrote it.
TEST(HighWaterMark, AMarkThatDoesNotSayWhetherItIsTheEndIsNot) {
  TemporaryDirectory directory;
  const std::string path = directory.path("mark");
  contract::ByteWriter payload;
  payload.Uint64(0);
  payload.Raw(std::string(16, 'i'));
  payload.Uint64(7);
  payload.Raw(std::string(32, 'h'));
  payload.Uint64(8);
  std::string slots = Frame(1, payload.bytes());
  slots.resize(2 * kSecondSlot);
  WriteFile(path, slots);
  HighWaterMark mark = Mark(7);
  mark.is_end = false;
  ASSERT_EQ(*HighWaterMarkFile::Read(path), mark);
  ASSERT_TRUE((*HighWaterMarkFile::Open(path))->Write(Mark(9)).ok());
  EXPECT_EQ(*HighWaterMarkFile::Read(path), Mark(9));
}

TEST(HighWaterMark, TornSlotLeavesTheMarkBefore) {
  TemporaryDirectory directory;
  const std::string path = directory.path("mark");
  ASSERT_TRUE(HighWaterMarkFile::Create(path, Mark(0)).ok());
  ASSERT_TRUE((*HighWaterMarkFile::Open(path))->Write(Mark(7)).ok());
  const std::string whole = ReadFile(path);
  for (size_t cut = 0; cut < kSlotBytes; ++cut) {
    std::string torn = whole;
    for (size_t index = kSecondSlot + cut; index < torn.size(); ++index) torn[index] = 'x';
    WriteFile(path, torn);
    EXPECT_EQ(*HighWaterMarkFile::Read(path), Mark(0)) << cut;
  }
  auto file = HighWaterMarkFile::Open(path);
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_TRUE((*file)->Write(Mark(8)).ok()) << "the next mark takes the torn slot";
  EXPECT_EQ(*HighWaterMarkFile::Read(path), Mark(8));
}

TEST(HighWaterMark, FileWithoutASlotThatHoldsIsDataLoss) {
  TemporaryDirectory directory;
  const std::string path = directory.path("mark");
  for (const std::string& bytes : {std::string(), std::string("x"), std::string(8192, '\0')}) {
    WriteFile(path, bytes);
    EXPECT_EQ(HighWaterMarkFile::Read(path).status().code(), absl::StatusCode::kDataLoss);
    EXPECT_FALSE(HighWaterMarkFile::Open(path).ok());
  }
}

TEST(HighWaterMark, PathThatCannotBeWrittenIsAnError) {
  EXPECT_FALSE(HighWaterMarkFile::Create("/no/such/directory/mark", Mark(0)).ok());
  EXPECT_FALSE(HighWaterMarkFile::Create("/dev/full", Mark(0)).ok());
}

}  // namespace
}  // namespace envej::store
