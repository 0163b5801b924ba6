#include "broker/inbox/record.h"

#include "broker/inbox/content.h"
#include "broker/store/key_layout.h"
#include "broker/store/record_codec.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {
namespace {

constexpr uint8_t kVersions = 4;

inbox::Record Record() {
  const absl::Time time = absl::FromUnixMicros(1'800'000'000'123'456);
  inbox::Record record;
  record.origin = "ward-1";
  record.discharge_date = "2027-01-15";
  record.discharge_day_ends = time;
  record.newest = {.revision = 2,
                   .accepted_at = time,
                   .commitment = {.key_id = "key", .value = std::string(32, 'c')},
                   .position = contract::JournalPosition{
                       .store_incarnation = std::string(16, 'i'), .broker = "broker-1", .batch = 9, .event_index = 2}};
  record.first = record.newest;
  record.first->revision = 1;
  record.entered_at = time;
  record.lease_count = 3;
  record.token = "1-17";
  record.first_leased_at = time;
  record.due_at = time;
  record.return_proposal = {.operator_uri = "urn:envej:operations:anna", .proposed_at = time};
  record.trail.left_out = 2;
  record.trail.hops = {{.type = journal::EventType::kAccepted, .at = time, .revision = 1, .actor = "abcd"},
                       {.type = journal::EventType::kLeased, .at = time, .revision = 1, .actor = "wxyz"},
                       {.type = journal::EventType::kLeaseExpired, .at = time, .revision = 1, .actor = {}},
                       {.type = journal::EventType::kWithdrawn, .at = time, .revision = 2, .detail = 3, .actor = {}}};
  return record;
}

void TryValue(const std::string& value) {
  if (const auto record = inbox::DecodeRecord(value); record.ok()) {
    const std::string encoded = inbox::EncodeRecord(*record);
    const auto again = inbox::DecodeRecord(encoded);
    ENVEJ_FUZZ_CHECK(again.ok() && *again == *record);
    ENVEJ_FUZZ_CHECK(inbox::EncodeRecord(*again) == encoded);
  }
  if (const auto content = inbox::DecodeContent(value); content.ok()) {
    ENVEJ_FUZZ_CHECK(inbox::EncodeContent(*content) == value);
  }
}

}  // namespace

// A record's value is its frame and, behind it, that of its position.
void Try(absl::string_view bytes) {
  TryValue(std::string(bytes));
  const std::string position = store::EncodePosition(*Record().newest.position);
  for (uint8_t version = 1; version <= kVersions; ++version) {
    TryValue(store::Frame(version, bytes));
    TryValue(store::Frame(version, bytes) + position);
  }
}

std::vector<std::string> Seeds() {
  const std::string value = inbox::EncodeRecord(Record());
  inbox::Record waiting = Record();
  waiting.first.reset();
  waiting.newest.revision = 1;
  std::vector<std::string> seeds = {value, inbox::EncodeRecord(waiting), inbox::EncodeContent("content")};
  // Without its frames: the version before it, the checksum and the position behind it.
  const std::string position = store::EncodePosition(*Record().newest.position);
  for (const std::string& whole : {seeds[0], seeds[1]}) {
    const std::string frame = whole.substr(0, whole.size() - position.size());
    if (const auto framed = store::Unframe(frame, kVersions); framed.ok()) seeds.push_back(framed->payload);
  }
  return seeds;
}

}  // namespace envej::fuzz
