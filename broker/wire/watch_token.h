#ifndef ENVEJ_BROKER_WIRE_WATCH_TOKEN_H_
#define ENVEJ_BROKER_WIRE_WATCH_TOKEN_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace envej::wire {

// Where a region's stream of changes goes on: a batch of one store's journal. Opaque to callers, and authorises
// nothing: whose changes are told comes from the certificate.
struct WatchToken {
  std::string store_incarnation;  // 16 bytes
  uint64_t next_batch = 1;

  bool operator==(const WatchToken&) const = default;
};

std::string EncodeWatchToken(const WatchToken& token);
// Nothing if the text is no token.
std::optional<WatchToken> DecodeWatchToken(absl::string_view text);

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_WATCH_TOKEN_H_
