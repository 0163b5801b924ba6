#include "broker/inbox/trail.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace envej::inbox {
namespace {

using journal::EventType;

// How a hop's first byte is made: its type, and which parts follow.
constexpr uint8_t kTypeBits = 31;
constexpr uint8_t kDetailBit = 32;
constexpr uint8_t kRevisionBit = 64;
constexpr uint8_t kActorBit = 128;

constexpr uint8_t kTypeLeast = static_cast<uint8_t>(EventType::kAccepted);
constexpr uint8_t kTypeMost = static_cast<uint8_t>(EventType::kParticipantResumed);
static_assert(kTypeMost <= kTypeBits && kHopsMost <= std::numeric_limits<uint8_t>::max());

bool IsOfALease(const Hop& hop) { return hop.type == EventType::kLeased || hop.type == EventType::kLeaseExpired; }
bool IsLease(const Hop& hop) { return hop.type == EventType::kLeased; }

// Leaves out the oldest lease after the first that ran out, with its end; false if there is none.
bool LeaveOutLease(std::vector<Hop>& hops) {
  auto lease = std::find_if(hops.begin(), hops.end(), IsLease);
  if (lease == hops.end()) return false;
  for (lease = std::find_if(lease + 1, hops.end(), IsLease); lease != hops.end();) {
    const auto next = std::find_if(lease + 1, hops.end(), IsOfALease);
    if (next == hops.end()) return false;
    if (next->type == EventType::kLeaseExpired) {
      hops.erase(next);
      hops.erase(lease);
      return true;
    }
    lease = next;
  }
  return false;
}

}  // namespace

Hop HopOf(const journal::Event& event) {
  return {.type = event.type,
          .at = event.at,
          .revision = event.item.revision,
          .detail = event.detail,
          .actor = event.actor.substr(0, kHopActorBytes)};
}

void AddHop(Trail& trail, Hop hop) {
  if (trail.hops.size() >= kHopsMost) {
    const size_t before = trail.hops.size();
    if (!LeaveOutLease(trail.hops)) trail.hops.erase(trail.hops.begin() + 1);
    trail.left_out += static_cast<uint32_t>(before - trail.hops.size());
  }
  trail.hops.push_back(std::move(hop));
}

void WriteTrail(contract::ByteWriter& writer, const Trail& trail) {
  writer.Uint32(trail.left_out);
  writer.Uint8(static_cast<uint8_t>(trail.hops.size()));
  uint32_t revision = 0;
  for (const Hop& hop : trail.hops) {
    uint8_t bits = static_cast<uint8_t>(hop.type);
    if (hop.detail != 0) bits |= kDetailBit;
    if (hop.revision != revision) bits |= kRevisionBit;
    if (hop.actor.size() == kHopActorBytes) bits |= kActorBit;
    writer.Uint8(bits);
    writer.Time(hop.at);
    if ((bits & kDetailBit) != 0) writer.Uint32(hop.detail);
    if ((bits & kRevisionBit) != 0) writer.Uint32(hop.revision);
    if ((bits & kActorBit) != 0) writer.Raw(hop.actor);
    revision = hop.revision;
  }
}

std::optional<Trail> ReadTrail(contract::ByteReader& reader) {
  Trail trail;
  trail.left_out = reader.Uint32();
  const uint8_t count = reader.Uint8();
  if (!reader.ok() || count > kHopsMost) return std::nullopt;
  trail.hops.reserve(count);
  uint32_t revision = 0;
  for (uint8_t place = 0; place < count; ++place) {
    const uint8_t bits = reader.Uint8();
    const uint8_t type = bits & kTypeBits;
    if (!reader.ok() || type < kTypeLeast || type > kTypeMost) return std::nullopt;
    Hop hop{.type = static_cast<EventType>(type), .at = reader.Time(), .revision = revision, .actor = {}};
    if ((bits & kDetailBit) != 0) hop.detail = reader.Uint32();
    if ((bits & kRevisionBit) != 0) hop.revision = reader.Uint32();
    if ((bits & kActorBit) != 0) hop.actor = reader.Raw(kHopActorBytes);
    revision = hop.revision;
    trail.hops.push_back(std::move(hop));
  }
  if (!reader.ok()) return std::nullopt;
  return trail;
}

}  // namespace envej::inbox
