#include "tests/broker/journal/damage_fixture.h"

#include <cstdlib>
#include <filesystem>

#include "absl/strings/numbers.h"
#include "broker/journal/mirror.h"

namespace envej::journal {

int Changes() {
  int changes = 0;
  const char* const text = std::getenv("ENVEJ_JOURNAL_CHANGES");
  return text != nullptr && absl::SimpleAtoi(text, &changes) ? changes : 100;
}

DamageTest::DamageTest() {
  std::filesystem::create_directory(mirror_path_);
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

Verification DamageTest::VerifyStore(const Values& values, bool with_mirror) const {
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

Verification DamageTest::VerifyMirror() const {
  const std::unique_ptr<JournalSource> source = *SourceOfMirror(folder_);
  return VerifyJournal(*source, {.check_signature = check_, .known = {}, .mirrored_record = {}, .progress = {}});
}

std::string DamageTest::Resealed(const std::string& value, Random& random) const {
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

}  // namespace envej::journal
