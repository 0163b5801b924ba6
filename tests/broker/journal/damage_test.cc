// Changes of every kind, from a seed, to a journal in a store and to one in a mirror: each is found, and located at the
// batch that was changed. ENVEJ_JOURNAL_CHANGES says how many are made of each.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "absl/strings/numbers.h"
#include "broker/journal/mirror.h"
#include "broker/journal/verification.h"
#include "broker/store/batch_record.h"
#include "broker/store/key_layout.h"
#include "proto/contract/byte_codec.h"
#include "tests/broker/journal/journal_fixture.h"
#include "tests/support/memory_store.h"

namespace envej::journal {
namespace {

namespace fs = std::filesystem;

using Values = std::map<std::string, std::string>;
using Random = std::mt19937_64;
using Batches = std::set<uint64_t>;

constexpr uint64_t kFirstEnd = 12;   // of the first checkpoint
constexpr uint64_t kSecondEnd = 20;  // of the second
constexpr uint64_t kThirdEnd = 27;
constexpr uint64_t kEnd = 36;  // of the journal

int Changes() {
  int changes = 0;
  const char* const text = std::getenv("ENVEJ_JOURNAL_CHANGES");
  return text != nullptr && absl::SimpleAtoi(text, &changes) ? changes : 100;
}

uint64_t Below(Random& random, uint64_t bound) { return random() % bound; }
uint64_t ABatch(Random& random) { return 1 + Below(random, kEnd); }

void FlipByte(std::string& bytes, size_t place, Random& random) {
  bytes[place] = static_cast<char>(bytes[place] ^ static_cast<char>(1 + Below(random, 255)));
}

uint64_t CheckpointOf(uint64_t batch) {
  return batch <= kFirstEnd ? kFirstEnd : batch <= kSecondEnd ? kSecondEnd : kThirdEnd;
}
uint64_t FirstOf(uint64_t checkpoint) {
  return checkpoint == kFirstEnd ? 1 : checkpoint == kSecondEnd ? kFirstEnd + 1 : kSecondEnd + 1;
}

// A journal of 36 batches, of which three checkpoints cover the first 27, and its mirror.
class DamageTest : public testing::Test {
 protected:
  DamageTest() {
    fs::create_directory(mirror_path_);
    uint64_t batch = 0;
    for (const uint64_t end : {kFirstEnd, kSecondEnd, kThirdEnd}) {
      CommitBatches(store_, static_cast<int>(batch) + 1, static_cast<int>(end - batch));
      batch = end;
      EXPECT_TRUE(*broker_.Writer(store_)->WriteNext(broker_.now()));
    }
    CommitBatches(store_, kThirdEnd + 1, kEnd - kThirdEnd);
    Mirror mirror(store_, mirror_path_);
    while (*mirror.WriteNext()) {
    }
    folder_ = ListIncarnations(mirror_path_)->at(0);
    for (const std::string& prefix : {store::JournalPrefix(), store::CheckpointPrefix()}) {
      const store::ScanResult all = *store_.Scan({.from = prefix, .to = store::EndOfPrefix(prefix)});
      for (const store::KeyValue& entry : all.entries) values_[entry.key] = entry.value;
    }
    head_ = *store::DecodeBatchHead(**store_.Get(store::HeadKey()));
  }

  Verification VerifyStore(const Values& values, bool with_mirror) const {
    const std::unique_ptr<JournalSource> source =
        SourceOf([&](const store::ScanRange& range) -> absl::StatusOr<store::ScanResult> {
          store::ScanResult result;
          for (auto entry = values.lower_bound(range.from); entry != values.end() && entry->first < range.to; ++entry) {
            result.more = result.entries.size() == 7;  // small pages, so that several are read
            if (result.more) break;
            result.entries.push_back({.key = entry->first, .value = entry->second});
          }
          return result;
        });
    Expectation expectation{.check_signature = check_, .known = {Head()}, .mirrored_record = {}, .progress = {}};
    std::unique_ptr<JournalSource> mirror;
    if (with_mirror) {
      mirror = *SourceOfMirror(folder_);
      expectation.mirror = mirror.get();
      expectation.mirrored_record = [this](uint64_t batch) { return FindInMirror(folder_, batch); };
    }
    return VerifyJournal(*source, expectation);
  }

  Verification VerifyMirror() const {
    const std::unique_ptr<JournalSource> source = *SourceOfMirror(folder_);
    return VerifyJournal(*source, {.check_signature = check_, .known = {}, .mirrored_record = {}, .progress = {}});
  }

  KnownBatch Head() const {
    return {.batch = head_.batch,
            .hash = head_.hash,
            .store_incarnation = head_.store_incarnation,
            .named_by = "the store's head"};
  }

  // The record with another content and its checksum and root made to hold.
  std::string Resealed(const std::string& value, Random& random) const {
    store::BatchRecord record = *store::DecodeBatchRecord(value);
    switch (Below(random, 4)) {
      case 0: {
        std::string& event = record.events[Below(random, record.events.size())];
        FlipByte(event, Below(random, event.size()), random);
        break;
      }
      case 1:
        record.events.push_back(record.events[0]);
        break;
      case 2:
        record.time += absl::Microseconds(1);
        break;
      default:
        FlipByte(record.previous_hash, Below(random, contract::kHashBytes), random);
    }
    record.events_root = contract::MerkleTree(record.events).root();
    return store::EncodeBatchRecord(record);
  }

  // The batches of all findings; those of more than one batch by their first.
  static Batches Located(const Verification& verification) {
    Batches batches;
    for (const Finding& finding : verification.findings.kept()) batches.insert(finding.batch);
    return batches;
  }

  std::string& Record(Values& values, uint64_t batch) const { return values[store::JournalKey(batch)]; }
  std::string& Checkpoint(Values& values, uint64_t last) const { return values[store::CheckpointKey(last)]; }

  const SigningBroker broker_;
  const CheckSignatureFunction check_ = broker_.Check();
  const certs::TestDirectory directory_;
  const std::string mirror_path_ = directory_.Path("mirror");
  store::MemoryStore store_;
  std::string folder_;
  Values values_;
  store::BatchHead head_;
};

TEST_F(DamageTest, NothingIsFoundWhereNothingWasChanged) {
  for (const bool with_mirror : {false, true}) {
    const Verification whole = VerifyStore(values_, with_mirror);
    EXPECT_EQ(whole.findings.count(), 0u) << whole.findings.kept()[0].what;
    EXPECT_TRUE(whole.status.ok());
    EXPECT_EQ(whole.batches, kEnd);
    EXPECT_EQ(whole.last_batch, kEnd);
    EXPECT_EQ(whole.checkpoints, 3u);
    EXPECT_EQ(whole.signed_up_to, kThirdEnd);
    EXPECT_EQ(whole.mirrored_up_to, with_mirror ? kThirdEnd : 0u);
  }
  const Verification mirror = VerifyMirror();
  EXPECT_EQ(mirror.findings.count(), 0u) << mirror.findings.kept()[0].what;
  EXPECT_EQ(mirror.last_batch, kThirdEnd);
}

// One change to the values, and the batches at which it is to be found.
using StoreChange = std::function<Batches(Values&, Random&)>;

TEST_F(DamageTest, EveryChangeOfAStoreIsFoundAndLocated) {
  const std::vector<std::pair<std::string, StoreChange>> kinds = {
      {"a byte of a record",
       [&](Values& values, Random& random) -> Batches {
         const uint64_t batch = ABatch(random);
         std::string& value = Record(values, batch);
         FlipByte(value, Below(random, value.size()), random);
         return {batch};
       }},
      {"a record cut",
       [&](Values& values, Random& random) -> Batches {
         const uint64_t batch = ABatch(random);
         std::string& value = Record(values, batch);
         value.resize(Below(random, value.size()));
         return {batch};
       }},
      {"a record changed and sealed anew",
       [&](Values& values, Random& random) -> Batches {
         const uint64_t batch = ABatch(random);
         std::string& value = Record(values, batch);
         value = Resealed(value, random);
         return {batch};
       }},
      {"two records swapped",
       [&](Values& values, Random& random) -> Batches {
         const uint64_t one = ABatch(random);
         const uint64_t other = 1 + (one - 1 + 1 + Below(random, kEnd - 1)) % kEnd;
         std::swap(Record(values, one), Record(values, other));
         return {one, other};
       }},
      {"three records in another order",
       [&](Values& values, Random& random) -> Batches {
         const uint64_t first = 1 + Below(random, kEnd - 2);
         std::swap(Record(values, first), Record(values, first + 1));
         std::swap(Record(values, first + 1), Record(values, first + 2));
         return {first, first + 1, first + 2};
       }},
      {"a record in another's place too",
       [&](Values& values, Random& random) -> Batches {
         const uint64_t batch = ABatch(random);
         Record(values, batch) = Record(values, batch == 1 ? 2 : batch - 1);
         return {batch};
       }},
      {"a record removed",
       [&](Values& values, Random& random) -> Batches {
         const uint64_t batch = ABatch(random);
         values.erase(store::JournalKey(batch));
         return {batch};
       }},
      {"the end cut off",
       [&](Values& values, Random& random) -> Batches {
         const uint64_t batch = ABatch(random);
         values.erase(values.lower_bound(store::JournalKey(batch)),
                      values.lower_bound(store::EndOfPrefix(store::JournalPrefix())));
         return {batch};
       }},
      {"a checkpoint's byte",
       [&](Values& values, Random& random) -> Batches {
         const uint64_t last = CheckpointOf(ABatch(random));
         std::string& value = Checkpoint(values, last);
         FlipByte(value, Below(random, value.size()), random);
         return {FirstOf(last)};
       }},
      {"a checkpoint made anew by somebody else",
       [&](Values& values, Random& random) -> Batches {
         const uint64_t last = CheckpointOf(ABatch(random));
         std::string& value = Checkpoint(values, last);
         StoredCheckpoint stored = *DecodeStoredCheckpoint(value);
         switch (Below(random, 4)) {
           case 0:
             stored.signed_checkpoint.checkpoint.time += absl::Microseconds(1);
             break;
           case 1:
             FlipByte(stored.signed_checkpoint.checkpoint.previous_hash, Below(random, 32), random);
             break;
           case 2: {
             std::string& signature = stored.signed_checkpoint.signature;
             FlipByte(signature, Below(random, signature.size()), random);
             break;
           }
           default: {
             const SigningBroker other;
             stored.signed_checkpoint.signature = *other.signer().Sign(contract::EncodeCheckpoint(stored.checkpoint()));
             stored.signed_checkpoint.signer_certificate = other.signer().certificate().der();
           }
         }
         value = EncodeStoredCheckpoint(stored);
         // The one after it does not lead on from what was changed.
         return {FirstOf(last)};
       }},
      {"a checkpoint removed",
       [&](Values& values, Random& random) -> Batches {
         const uint64_t last = CheckpointOf(1 + Below(random, kSecondEnd));
         values.erase(store::CheckpointKey(last));
         return {FirstOf(last)};
       }},
      {"two checkpoints swapped",
       [&](Values& values, Random& /*random*/) -> Batches {
         std::swap(Checkpoint(values, kFirstEnd), Checkpoint(values, kSecondEnd));
         return {FirstOf(kFirstEnd), FirstOf(kSecondEnd)};
       }},
      {"a covered record changed and all after it linked anew",
       [&](Values& values, Random& random) -> Batches {
         const uint64_t first = 1 + Below(random, kThirdEnd);
         Record(values, first) = Resealed(Record(values, first), random);
         Batches batches = {first};
         std::string hash = store::HashOf(*store::DecodeBatchRecord(Record(values, first)));
         for (uint64_t batch = first + 1; batch <= kEnd; ++batch) {
           store::BatchRecord record = *store::DecodeBatchRecord(Record(values, batch));
           record.previous_hash = hash;
           hash = store::HashOf(record);
           Record(values, batch) = store::EncodeBatchRecord(record);
           batches.insert(batch);
         }
         return batches;
       }},
  };
  int made = 0;
  for (size_t kind = 0; kind < kinds.size(); ++kind) {
    for (int seed = 0; seed < Changes(); ++seed) {
      Random random(kind * 1'000'000 + static_cast<uint64_t>(seed));
      Values values = values_;
      const Batches changed = kinds[kind].second(values, random);
      if (values == values_) continue;
      ++made;
      const bool with_mirror = seed % 2 == 1;
      const Batches located = Located(VerifyStore(values, with_mirror));
      ASSERT_FALSE(located.empty()) << kinds[kind].first << ", seed " << seed;
      ASSERT_EQ(*located.begin(), *changed.begin()) << kinds[kind].first << ", seed " << seed;
      // Nothing is said of a batch that was not changed; after a checkpoint that cannot be trusted, of the next one.
      for (const uint64_t batch : located) {
        const bool follows = batch == kFirstEnd + 1 || batch == kSecondEnd + 1;
        ASSERT_TRUE(changed.contains(batch) || follows) << kinds[kind].first << ", seed " << seed << ": " << batch;
      }
    }
  }
  RecordProperty("changes", made);
  std::cout << "changes of a store: " << made << "\n";
}

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
        default:  // a whole file; the last checkpoint's is the mirror's end
          expected = range.first_batch;
          fs::remove(seed % 2 == 0 || range == ranges.back() ? journal : checkpoint);
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

TEST_F(DamageTest, AStoreThatWasCutConsistentlyIsFoundAgainstTheMirror) {
  for (uint64_t end = 1; end < kThirdEnd; ++end) {
    Values values;
    for (uint64_t batch = 1; batch <= end; ++batch) Record(values, batch) = Record(values_, batch);
    for (const uint64_t last : {kFirstEnd, kSecondEnd}) {
      if (last <= end) Checkpoint(values, last) = Checkpoint(values_, last);
    }
    head_.batch = end;
    head_.hash = store::HashOf(*store::DecodeBatchRecord(Record(values, end)));
    EXPECT_EQ(VerifyStore(values, false).findings.count(), 0u);
    const Verification against_mirror = VerifyStore(values, true);
    ASSERT_EQ(against_mirror.findings.count(), 1u);
    EXPECT_EQ(against_mirror.findings.kept()[0].batch, end + 1);
    EXPECT_EQ(against_mirror.findings.kept()[0].last_batch, kThirdEnd);
  }
}

TEST_F(DamageTest, TheMirrorTellsWhichEventWasChanged) {
  for (uint64_t batch = 1; batch <= kThirdEnd; ++batch) {
    Values values = values_;
    store::BatchRecord record = *store::DecodeBatchRecord(Record(values, batch));
    const auto event = static_cast<uint32_t>(batch % record.events.size());
    record.events[event].back() = static_cast<char>(record.events[event].back() ^ 1);
    record.events_root = contract::MerkleTree(record.events).root();
    Record(values, batch) = store::EncodeBatchRecord(record);
    const Verification verification = VerifyStore(values, true);
    ASSERT_EQ(verification.findings.count(), 1u);
    EXPECT_EQ(verification.findings.kept()[0].event, event);
  }
}

TEST_F(DamageTest, FindingsAreBounded) {
  Values values = values_;
  CommitBatches(store_, kEnd + 1, 200);
  for (uint64_t batch = 1; batch <= 200; ++batch) Record(values, batch) = "x";
  const Verification verification = VerifyStore(values, false);
  EXPECT_EQ(verification.findings.kept().size(), Findings::kKept);
  EXPECT_GE(verification.findings.count(), 200u);
}

TEST_F(DamageTest, WhatCannotBeReadFurtherIsSaid) {
  const std::unique_ptr<JournalSource> source =
      SourceOf([](const store::ScanRange&) { return absl::DataLossError("the medium"); });
  EXPECT_TRUE(absl::IsDataLoss(
      VerifyJournal(*source, {.check_signature = check_, .known = {}, .mirrored_record = {}, .progress = {}}).status));
}

}  // namespace
}  // namespace envej::journal
