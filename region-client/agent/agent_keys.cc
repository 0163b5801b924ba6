#include "region-client/agent/agent_keys.h"

#include <utility>

#include "proto/contract/byte_codec.h"

namespace envej::region {
namespace {

constexpr size_t kTimedHeadBytes = 1 + sizeof(uint64_t);

}  // namespace

std::string KeyOf(KeyKind kind, absl::string_view rest) {
  std::string key(1, static_cast<char>(kind));
  key.append(rest.data(), rest.size());
  return key;
}

std::string NumberedKey(KeyKind kind, uint64_t number) {
  contract::ByteWriter writer;
  writer.Uint8(static_cast<uint8_t>(kind));
  writer.Uint64(number);
  return std::move(writer).bytes();
}

std::string TimedKey(KeyKind kind, absl::Time at, absl::string_view rest) {
  contract::ByteWriter writer;
  writer.Uint8(static_cast<uint8_t>(kind));
  writer.Time(at);
  writer.Raw(rest);
  return std::move(writer).bytes();
}

std::string EndOf(KeyKind kind) { return std::string(1, static_cast<char>(static_cast<char>(kind) + 1)); }

uint64_t NumberOf(absl::string_view numbered_key) {
  contract::ByteReader reader(numbered_key.substr(1));
  return reader.Uint64();
}

std::string RestOfTimed(absl::string_view timed_key) { return std::string(timed_key.substr(kTimedHeadBytes)); }

std::string EncodeCount(uint64_t count) {
  contract::ByteWriter writer;
  writer.Uint64(count);
  return std::move(writer).bytes();
}

uint64_t DecodeCount(absl::string_view value) {
  contract::ByteReader reader(value);
  const uint64_t count = reader.Uint64();
  return reader.AtEnd() ? count : 0;
}

}  // namespace envej::region
