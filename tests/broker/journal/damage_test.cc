// Changes of every kind, from a seed, to a journal in a store: each is found, and located at the batch that was
// changed.

#include <gtest/gtest.h>

#include <functional>
#include <iostream>
#include <utility>
#include <vector>

#include "tests/broker/journal/damage_fixture.h"

namespace envej::journal {
namespace {

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
