// The store's own values. A frame's checksum would keep nearly everything from the decoders, so that what is tried is
// also framed.

#include "broker/store/batch_record.h"
#include "broker/store/key_layout.h"
#include "broker/store/record_codec.h"
#include "proto/contract/merkle_tree.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {
namespace {

constexpr uint8_t kVersions = 3;

store::BatchRecord Record() {
  store::BatchRecord record{.store_incarnation = std::string(16, 'i'),
                            .broker = "broker-1",
                            .batch = 9,
                            .time = absl::FromUnixMicros(1'800'000'000'123'456),
                            .previous_hash = std::string(32, 'p'),
                            .events_root = {},
                            .events = {"event 1", "event 2", "event 3"}};
  record.events_root = contract::MerkleTree(record.events).root();
  return record;
}

void TryValue(const std::string& value) {
  if (const auto record = store::DecodeBatchRecord(value); record.ok()) {
    ENVEJ_FUZZ_CHECK(store::EncodeBatchRecord(*record) == value);
    ENVEJ_FUZZ_CHECK(store::HashOf(*record).size() == 32);
  }
  if (const auto head = store::DecodeBatchHead(value); head.ok()) {
    ENVEJ_FUZZ_CHECK(store::EncodeBatchHead(*head) == value);
  }
  if (const auto position = store::DecodePosition(value); position.ok()) {
    ENVEJ_FUZZ_CHECK(store::EncodePosition(*position) == value);
  }
  if (const auto epoch = store::DecodeEpoch(value); epoch.ok()) ENVEJ_FUZZ_CHECK(store::EncodeEpoch(*epoch) == value);
  if (const auto framed = store::Unframe(value, kVersions); framed.ok()) {
    ENVEJ_FUZZ_CHECK(store::Frame(framed->version, framed->payload) == value);
  }
}

}  // namespace

void Try(absl::string_view bytes) {
  TryValue(std::string(bytes));
  for (uint8_t version = 1; version <= kVersions; ++version) TryValue(store::Frame(version, bytes));
}

std::vector<std::string> Seeds() {
  const contract::JournalPosition position{
      .store_incarnation = std::string(16, 'i'), .broker = "broker-1", .batch = 9, .event_index = 2};
  std::vector<std::string> seeds = {store::EncodeBatchRecord(Record()),
                                    store::EncodeBatchHead(store::FirstHead(std::string(16, 'i'))),
                                    store::EncodePosition(position), store::EncodeEpoch(7)};
  for (size_t place = 0, whole = seeds.size(); place < whole; ++place) {
    seeds.push_back(store::Unframe(seeds[place], kVersions)->payload);  // without its frame
  }
  return seeds;
}

}  // namespace envej::fuzz
