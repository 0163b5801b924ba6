#ifndef ENVEJ_PROTO_CONTRACT_NOTICE_ID_H_
#define ENVEJ_PROTO_CONTRACT_NOTICE_ID_H_

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace envej::contract {

// A random UUID (RFC 9562, version 4), 16 bytes. It has no meaning of its own.
class NoticeId {
 public:
  NoticeId() = default;

  // From the canonical lower-case text; nothing unless version and variant are those of a random UUID.
  static std::optional<NoticeId> Parse(absl::string_view text);
  // From 16 bytes, as stored.
  static std::optional<NoticeId> FromBytes(absl::string_view bytes);

  std::string ToString() const;
  std::string ToBytes() const;

  auto operator<=>(const NoticeId&) const = default;

 private:
  std::array<uint8_t, 16> bytes_{};
};

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_NOTICE_ID_H_
