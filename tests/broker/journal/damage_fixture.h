#ifndef ENVEJ_TESTS_BROKER_JOURNAL_DAMAGE_FIXTURE_H_
#define ENVEJ_TESTS_BROKER_JOURNAL_DAMAGE_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>

#include "broker/journal/verification.h"
#include "broker/store/batch_record.h"
#include "broker/store/key_layout.h"
#include "tests/broker/journal/journal_fixture.h"
#include "tests/support/memory_store.h"

namespace envej::journal {

using Values = std::map<std::string, std::string>;
using Random = std::mt19937_64;
using Batches = std::set<uint64_t>;

inline constexpr uint64_t kFirstEnd = 12;   // of the first checkpoint
inline constexpr uint64_t kSecondEnd = 20;  // of the second
inline constexpr uint64_t kThirdEnd = 27;
inline constexpr uint64_t kEnd = 36;  // of the journal

// How many changes are made of each kind: ENVEJ_JOURNAL_CHANGES, or 100.
int Changes();

inline uint64_t Below(Random& random, uint64_t bound) { return random() % bound; }
inline uint64_t ABatch(Random& random) { return 1 + Below(random, kEnd); }

inline void FlipByte(std::string& bytes, size_t place, Random& random) {
  bytes[place] = static_cast<char>(bytes[place] ^ static_cast<char>(1 + Below(random, 255)));
}

inline uint64_t CheckpointOf(uint64_t batch) {
  return batch <= kFirstEnd ? kFirstEnd : batch <= kSecondEnd ? kSecondEnd : kThirdEnd;
}
inline uint64_t FirstOf(uint64_t checkpoint) {
  return checkpoint == kFirstEnd ? 1 : checkpoint == kSecondEnd ? kFirstEnd + 1 : kSecondEnd + 1;
}

// A journal of 36 batches, of which three checkpoints cover the first 27, and its mirror.
class DamageTest : public testing::Test {
 protected:
  DamageTest();

  Verification VerifyStore(const Values& values, bool with_mirror) const;
  Verification VerifyMirror() const;

  KnownBatch Head() const {
    return {.batch = head_.batch,
            .hash = head_.hash,
            .store_incarnation = head_.store_incarnation,
            .named_by = "the store's head"};
  }

  // The record with another content and its checksum and root made to hold.
  std::string Resealed(const std::string& value, Random& random) const;

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

}  // namespace envej::journal

#endif  // ENVEJ_TESTS_BROKER_JOURNAL_DAMAGE_FIXTURE_H_
