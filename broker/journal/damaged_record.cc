#include "broker/journal/damaged_record.h"

#include <vector>

#include "broker/journal/event.h"
#include "proto/contract/batch_header.h"
#include "proto/contract/byte_codec.h"

namespace envej::journal {
namespace {

constexpr size_t kVersionBytes = 1;
constexpr size_t kChecksumBytes = 4;

// The events of a stored record, whatever its checksum says; nothing if they cannot be told apart to the end.
std::optional<std::vector<std::string>> EventsOf(absl::string_view value) {
  if (value.size() < kVersionBytes + kChecksumBytes) return std::nullopt;
  contract::ByteReader reader(value.substr(kVersionBytes, value.size() - kVersionBytes - kChecksumBytes));
  const std::optional<contract::BatchHeader> header = contract::ReadBatchHeader(reader);
  if (!header) return std::nullopt;
  std::vector<std::string> events;
  for (uint32_t index = 0; index < header->event_count && reader.ok(); ++index) events.push_back(reader.Bytes());
  if (!reader.AtEnd()) return std::nullopt;
  return events;
}

}  // namespace

std::optional<uint32_t> FindChangedEvent(absl::string_view damaged, const std::optional<std::string>& whole) {
  const std::optional<std::vector<std::string>> events = EventsOf(damaged);
  if (!events) return std::nullopt;
  const std::optional<std::vector<std::string>> expected = whole ? EventsOf(*whole) : std::nullopt;
  for (uint32_t index = 0; index < events->size(); ++index) {
    const std::string& event = (*events)[index];
    const bool differs = expected ? index >= expected->size() || event != (*expected)[index] : !DecodeEvent(event).ok();
    if (differs) return index;
  }
  if (expected && events->size() < expected->size()) return static_cast<uint32_t>(events->size());
  return std::nullopt;
}

}  // namespace envej::journal
