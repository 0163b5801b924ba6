#include "broker/store/rocksdb_room.h"

#include <gtest/gtest.h>

namespace envej::store {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

TEST(RocksDbRoomTest, WhatIsKeptFreeHoldsAllThatTheEngineMayNeed) {
  uint64_t before = 0;
  for (uint64_t reserve = kReserveLeast; reserve <= 4096 * kMiB; reserve += kMiB) {
    const uint64_t write_buffer = WriteBufferFor(reserve);
    const uint64_t needed = RoomToWork(write_buffer) + kUnseenBytes;
    ASSERT_LE(needed + 20 * kMiB, reserve) << "ten thousand acknowledgements of 2 KiB beside it";
    if (reserve >= 256 * kMiB) {
      ASSERT_LE(needed, reserve / 2 + 50 * kMiB) << reserve / kMiB;
    }
    ASSERT_GE(write_buffer, before);
    before = write_buffer;
  }
  EXPECT_EQ(WriteBufferFor(2048 * kMiB), kWriteBufferMost) << "as configured unless said otherwise";
  EXPECT_EQ(WriteBufferFor(0), kWriteBufferLeast);
}

}  // namespace
}  // namespace envej::store
