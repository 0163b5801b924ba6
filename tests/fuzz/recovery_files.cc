// What a restore reads, and what the store it makes says of itself: the high-water mark of the lost store, a backup's
// manifest, and the recovery mark.

#include "broker/commands/backup_manifest.h"
#include "broker/journal/recovery_mark.h"
#include "broker/store/high_water_mark.h"
#include "broker/store/record_codec.h"
#include "proto/contract/byte_codec.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/memory_file.h"

namespace envej::fuzz {
namespace {

constexpr uint8_t kVersions = 3;
constexpr size_t kSecondSlot = 4096;

// A slot of the mark, without its frame.
std::string Slot() {
  contract::ByteWriter slot;
  slot.Uint64(2);
  slot.Raw(std::string(16, 'i'));
  slot.Uint64(9);
  slot.Raw(std::string(32, 'h'));
  slot.Uint64(3);
  slot.Uint8(1);
  return slot.bytes();
}

constexpr char kManifest[] = R"({"format": 1, "store_incarnation": "69696969696969696969696969696969", "batch": 9,
"hash": "6868686868686868686868686868686868686868686868686868686868686868",
"batch_time": "2027-01-15T08:00:00+00:00", "start_epoch": 3, "made_at": "2027-01-15T08:00:01+00:00", "keys": 4,
"notices": 2, "under_way": 1, "unreadable": 0, "files": [{"name": "000001.sst", "bytes": 7, "sha256": "00"}]})";

journal::RecoveryMark Recovery() {
  journal::RecoveryMark mark;
  mark.former = {{.store_incarnation = std::string(16, 'f'), .last_batch = 7}};
  mark.backup_batch = 5;
  mark.restored_at = absl::FromUnixMicros(1'800'000'000'123'456);
  mark.wait = absl::Minutes(10);
  return mark;
}

void TryMark(const std::string& bytes) {
  const auto mark = store::HighWaterMarkFile::Read(MemoryFile(bytes));
  if (!mark.ok()) return;
  ENVEJ_FUZZ_CHECK(mark->has_value());
  ENVEJ_FUZZ_CHECK((*mark)->store_incarnation.size() == 16 && (*mark)->hash.size() == 32);
}

void TryRecovery(const std::string& bytes) {
  const auto mark = journal::DecodeRecoveryMark(bytes);
  if (mark.ok()) ENVEJ_FUZZ_CHECK(journal::DecodeRecoveryMark(journal::EncodeRecoveryMark(*mark)).value() == *mark);
}

}  // namespace

void Try(absl::string_view bytes) {
  const std::string text(bytes);
  TryMark(text);
  TryRecovery(text);
  commands::ReadManifest(MemoryFile(text)).status().IgnoreError();
  for (uint8_t version = 1; version <= kVersions; ++version) {
    const std::string framed = store::Frame(version, bytes);
    TryRecovery(framed);
    TryMark(framed);
    TryMark(std::string(kSecondSlot, '\0') + framed);
  }
}

std::vector<std::string> Seeds() {
  ENVEJ_FUZZ_CHECK(commands::ReadManifest(MemoryFile(kManifest)).ok());
  ENVEJ_FUZZ_CHECK(store::HighWaterMarkFile::Read(MemoryFile(store::Frame(2, Slot()))).ok());
  return {kManifest, Slot(), store::Unframe(journal::EncodeRecoveryMark(Recovery()), kVersions)->payload};
}

}  // namespace envej::fuzz
