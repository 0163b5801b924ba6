#include "broker/store/key_layout.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {
namespace {

store::ItemKey Item() {
  return {.notice = {.municipality_code = "0101",
                     .region_code = "1084",
                     .id = *contract::NoticeId::Parse("6d3f1c9e-0b52-4a7e-9c11-4f5e6a7b8c9d")},
          .revision = 7};
}

}  // namespace

// What is a key names something, and that has this key.
void Try(absl::string_view bytes) {
  const std::string key(bytes);
  if (const auto waiting = store::ParseWaitingKey(bytes); waiting.ok()) {
    ENVEJ_FUZZ_CHECK(store::WaitingKey(waiting->entered_at, waiting->item) == key);
  }
  if (const auto due = store::ParseDueKey(bytes); due.ok()) {
    ENVEJ_FUZZ_CHECK(store::DueKey(due->due_at, due->notice) == key);
  }
  if (const auto record = store::ParseRecordKey(bytes); record.ok()) {
    ENVEJ_FUZZ_CHECK(store::RecordKey(*record) == key);
  }
  if (const auto batch = store::ParseBatchKey(bytes); batch.ok()) {
    ENVEJ_FUZZ_CHECK(store::JournalKey(*batch) == key || store::CheckpointKey(*batch) == key);
  }
  ENVEJ_FUZZ_CHECK(store::KeyAfter(bytes) > key);
}

std::vector<std::string> Seeds() {
  const absl::Time time = absl::FromUnixMicros(1'800'000'000'123'456);
  return {store::WaitingKey(time, Item()),
          store::ParkedKey(time, Item()),
          store::ContentKey(time, Item()),
          store::DueKey(time, Item().notice),
          store::RecordKey(Item().notice),
          store::JournalKey(77),
          store::CheckpointKey(77),
          store::HeadKey(),
          store::EpochKey()};
}

}  // namespace envej::fuzz
