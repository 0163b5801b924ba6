#include "broker/wire/watch_token.h"

#include "absl/strings/escaping.h"
#include "proto/contract/byte_codec.h"
#include "proto/contract/limits.h"

namespace envej::wire {
namespace {

constexpr uint8_t kVersion = 1;

}  // namespace

std::string EncodeWatchToken(const WatchToken& token) {
  contract::ByteWriter writer;
  writer.Uint8(kVersion);
  writer.Bytes(token.store_incarnation);
  writer.Uint64(token.next_batch);
  return absl::WebSafeBase64Escape(writer.bytes());
}

std::optional<WatchToken> DecodeWatchToken(absl::string_view text) {
  std::string bytes;
  if (text.size() > contract::kPageTokenCharacters || !absl::WebSafeBase64Unescape(text, &bytes)) return std::nullopt;
  contract::ByteReader reader(bytes);
  const uint8_t version = reader.Uint8();
  WatchToken token;
  token.store_incarnation = reader.Bytes();
  token.next_batch = reader.Uint64();
  if (!reader.AtEnd() || version != kVersion || token.next_batch == 0) return std::nullopt;
  return token;
}

}  // namespace envej::wire
