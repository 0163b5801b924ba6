#include "proto/contract/checkpoint.h"

#include "broker/journal/checkpoint.h"
#include "broker/store/record_codec.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {
namespace {

contract::Checkpoint Checkpoint() {
  return {.store_incarnation = std::string(16, 'i'),
          .broker = "broker-1",
          .first_batch = 5,
          .last_batch = 6,
          .last_hash = std::string(32, 'l'),
          .batches_root = std::string(32, 'r'),
          .previous_hash = std::string(32, 'p'),
          .time = absl::FromUnixMicros(1'800'000'000'123'456)};
}

void TryStored(const std::string& value) {
  const auto stored = journal::DecodeStoredCheckpoint(value);
  if (!stored.ok()) return;
  ENVEJ_FUZZ_CHECK(journal::EncodeStoredCheckpoint(*stored) == value);
}

}  // namespace

void Try(absl::string_view bytes) {
  if (const auto checkpoint = contract::DecodeCheckpoint(bytes); checkpoint.ok()) {
    ENVEJ_FUZZ_CHECK(contract::EncodeCheckpoint(*checkpoint) == std::string(bytes));
  }
  TryStored(std::string(bytes));
  TryStored(store::Frame(1, bytes));
}

std::vector<std::string> Seeds() {
  const journal::StoredCheckpoint stored{
      .signed_checkpoint = {.checkpoint = Checkpoint(), .signature = "signature", .signer_certificate = "certificate"},
      .batch_hashes = {std::string(32, 'k'), std::string(32, 'l')}};
  const std::string value = journal::EncodeStoredCheckpoint(stored);
  return {contract::EncodeCheckpoint(Checkpoint()), value, store::Unframe(value, 1)->payload};
}

}  // namespace envej::fuzz
