// Changes of every kind, from a seed, to a journal in a mirror: each is found, and located at the batch that was
// changed.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <vector>

#include "proto/contract/byte_codec.h"
#include "tests/broker/journal/damage_fixture.h"

namespace envej::journal {
namespace {

namespace fs = std::filesystem;

// One change to a file that holds entries of batches `first` and later, at `places`; the batch at which it is found.
struct Entries {
  uint64_t first;
  std::vector<std::string> values;

  std::string Bytes() const {
    contract::ByteWriter writer;
    for (const std::string& value : values) writer.Bytes(value);
    return writer.bytes();
  }
};

Entries ReadEntries(const std::string& path, uint64_t first) {
  Entries entries{.first = first, .values = {}};
  const std::string bytes = certs::ReadFile(path);
  contract::ByteReader reader(bytes);
  while (!reader.AtEnd()) entries.values.push_back(reader.Bytes());
  return entries;
}

void Overwrite(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

TEST_F(DamageTest, EveryChangeOfAMirrorIsFoundAndLocated) {
  const std::vector<MirroredRange> ranges = *ListCheckpoints(folder_);
  ASSERT_EQ(ranges.size(), 3u);
  constexpr int kKinds = 8;
  int made = 0;
  for (int kind = 0; kind < kKinds; ++kind) {
    for (int seed = 0; seed < Changes(); ++seed) {
      Random random(static_cast<uint64_t>(kind) * 1'000'000 + static_cast<uint64_t>(seed) + 7);
      const MirroredRange range = ranges[Below(random, ranges.size())];
      const std::string journal = JournalFile(folder_, range);
      const std::string checkpoint = CheckpointFile(folder_, range);
      const std::string journal_before = certs::ReadFile(journal);
      const std::string checkpoint_before = certs::ReadFile(checkpoint);
      Entries entries = ReadEntries(journal, range.first_batch);
      const size_t place = Below(random, entries.values.size());
      uint64_t expected = range.first_batch + place;
      switch (kind) {
        case 0: {  // a byte, of a length too
          std::string bytes = journal_before;
          const size_t changed = Below(random, bytes.size());
          FlipByte(bytes, changed, random);
          expected = range.first_batch;
          for (size_t end = 0; expected <= range.last_batch; ++expected) {
            end += 4 + entries.values[static_cast<size_t>(expected - range.first_batch)].size();
            if (changed < end) break;
          }
          Overwrite(journal, bytes);
          break;
        }
        case 1: {  // the end cut off
          const size_t size = Below(random, journal_before.size());
          expected = range.first_batch;
          for (size_t end = 0; expected <= range.last_batch; ++expected) {
            end += 4 + entries.values[static_cast<size_t>(expected - range.first_batch)].size();
            if (size < end) break;
          }
          Overwrite(journal, journal_before.substr(0, size));
          break;
        }
        case 2: {  // two entries swapped
          const size_t other = (place + 1) % entries.values.size();
          std::swap(entries.values[place], entries.values[other]);
          expected = range.first_batch + std::min(place, other);
          Overwrite(journal, entries.Bytes());
          break;
        }
        case 3:  // an entry removed
          entries.values.erase(entries.values.begin() + static_cast<std::ptrdiff_t>(place));
          Overwrite(journal, entries.Bytes());
          break;
        case 4:  // an entry changed and sealed anew
          entries.values[place] = Resealed(entries.values[place], random);
          Overwrite(journal, entries.Bytes());
          break;
        case 5:  // an entry a second time
          entries.values.insert(entries.values.begin() + static_cast<std::ptrdiff_t>(place), entries.values[place]);
          Overwrite(journal, entries.Bytes());
          break;
        case 6: {  // a checkpoint's byte, or its end
          std::string bytes = checkpoint_before;
          const size_t changed = Below(random, bytes.size());
          if (seed % 2 == 0) {
            FlipByte(bytes, changed, random);
          } else {
            bytes.resize(changed);
          }
          expected = range.first_batch;
          Overwrite(checkpoint, bytes);
          break;
        }
        default: {  // a whole file; the last checkpoint's is the mirror's end, and the first journal may be pruned
          expected = range.first_batch;
          const bool is_journal = range == ranges.back() || (seed % 2 == 0 && range != ranges.front());
          fs::remove(is_journal ? journal : checkpoint);
        }
      }
      ++made;
      const Batches located = Located(VerifyMirror());
      ASSERT_FALSE(located.empty()) << "kind " << kind << ", seed " << seed;
      ASSERT_EQ(*located.begin(), expected) << "kind " << kind << ", seed " << seed;
      Overwrite(journal, journal_before);
      Overwrite(checkpoint, checkpoint_before);
    }
  }
  EXPECT_EQ(VerifyMirror().findings.count(), 0u);
  RecordProperty("changes", made);
  std::cout << "changes of a mirror: " << made << "\n";
}

}  // namespace
}  // namespace envej::journal
