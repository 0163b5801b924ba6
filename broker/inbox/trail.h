#ifndef ENVEJ_BROKER_INBOX_TRAIL_H_
#define ENVEJ_BROKER_INBOX_TRAIL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/journal/event.h"
#include "proto/contract/byte_codec.h"

namespace envej::inbox {

// One thing that happened to a notice, as the journal has it.
struct Hop {
  journal::EventType type = journal::EventType::kAccepted;
  absl::Time at;  // whole microseconds
  uint32_t revision = 0;
  uint32_t detail = 0;  // the event's (journal/event.h)
  std::string actor;    // how the fingerprint of its certificate begins: kHopActorBytes; empty: the broker itself

  bool operator==(const Hop&) const = default;
};

inline constexpr size_t kHopActorBytes = 4;
inline constexpr size_t kHopsMost = 48;

// What happened to a notice, the oldest first.
struct Trail {
  std::vector<Hop> hops;  // at most kHopsMost
  uint32_t left_out = 0;  // so many are missing in the middle

  bool operator==(const Trail&) const = default;
};

// The hop that an event of a notice is.
Hop HopOf(const journal::Event& event);

// Adds a hop at the end. Where there is no room, the oldest lease that ran out is left out together with its end, but
// not the first lease of all; without such, the oldest hop but the first.
void AddHop(Trail& trail, Hop hop);

// In a record's value: 9 bytes a hop, and 4 each for a detail, an actor and another revision than that before. Equal
// trails give equal bytes. Reading: nothing if the bytes are no trail.
void WriteTrail(contract::ByteWriter& writer, const Trail& trail);
std::optional<Trail> ReadTrail(contract::ByteReader& reader);

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_TRAIL_H_
