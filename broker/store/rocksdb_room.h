#ifndef ENVEJ_BROKER_STORE_ROCKSDB_ROOM_H_
#define ENVEJ_BROKER_STORE_ROCKSDB_ROOM_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace envej::store {

// How much of a disk the engine needs beside what it holds. Its sizes all follow from that of a write buffer.
inline constexpr int kWriteBuffers = 3;             // in memory at a time, and then written to a table each
inline constexpr uint64_t kLogBuffers = 4;          // the log may hold as much as so many
inline constexpr int kLevelZeroTables = 4;          // compacted together, into the level below
inline constexpr uint64_t kTableBuffers = 2;        // a table of the levels below is as large as so many
inline constexpr uint64_t kLevelBuffers = 8;        // the first of those levels
inline constexpr uint64_t kCompactionBuffers = 22;  // one compaction of them: a table, and ten that it overlaps

inline constexpr size_t kBatchBytes = size_t{4} << 20;  // what one batch takes, beyond a commit that is larger

// What the engine may write before it may delete anything: the log and the batch that fills it; the write buffers, each
// with the batch that filled it; and the largest compaction. Not counted: tables of the first level that pile up
// because compactions cannot keep up.
constexpr uint64_t RoomToWork(uint64_t write_buffer_bytes) {
  const uint64_t log = kLogBuffers * write_buffer_bytes + kBatchBytes;
  const uint64_t table = write_buffer_bytes + kBatchBytes;
  const uint64_t first_level = kLevelZeroTables * table + kLevelBuffers * write_buffer_bytes;
  return log + kWriteBuffers * table + std::max(kCompactionBuffers * write_buffer_bytes, first_level);
}

inline constexpr uint64_t kWriteBufferLeast = uint64_t{1} << 20;
inline constexpr uint64_t kWriteBufferMost = uint64_t{32} << 20;

// What may still come in before it is seen that less than a reserve is free: half a second's.
inline constexpr uint64_t kUnseenBytes = uint64_t{50} << 20;
// The least that is kept free for the store; more than a sum of all that may be needed, by some ten thousand
// acknowledgements.
inline constexpr uint64_t kReserveLeast = uint64_t{128} << 20;

// The size of write buffers with which all that the engine does fits into what is kept free on its disk, and, from some
// 200 MiB on, half of that is left.
constexpr uint64_t WriteBufferFor(uint64_t reserve_bytes) {
  constexpr uint64_t kFixed = uint64_t{64} << 20;
  const uint64_t share = reserve_bytes > kFixed ? (reserve_bytes - kFixed) / 60 : 0;
  return std::clamp(share, kWriteBufferLeast, kWriteBufferMost);
}

static_assert(RoomToWork(WriteBufferFor(kReserveLeast)) + kUnseenBytes < kReserveLeast);

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_ROCKSDB_ROOM_H_
