#include "proto/contract/byte_codec.h"

#include <utility>

namespace envej::contract {
namespace {

constexpr uint64_t kSignBit = uint64_t{1} << 63;

template <typename Integer>
void AppendBigEndian(std::string& bytes, Integer value) {
  for (int shift = static_cast<int>(sizeof(Integer)) * 8 - 8; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((value >> shift) & 0xff));
  }
}

template <typename Integer>
Integer FromBigEndian(absl::string_view bytes) {
  Integer value = 0;
  for (const char byte : bytes) value = static_cast<Integer>((value << 8) | static_cast<uint8_t>(byte));
  return value;
}

}  // namespace

void ByteWriter::Uint8(uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
void ByteWriter::Uint32(uint32_t value) { AppendBigEndian(bytes_, value); }
void ByteWriter::Uint64(uint64_t value) { AppendBigEndian(bytes_, value); }

void ByteWriter::Time(absl::Time value) { Uint64(static_cast<uint64_t>(absl::ToUnixMicros(value)) ^ kSignBit); }

void ByteWriter::Bytes(absl::string_view value) {
  Uint32(static_cast<uint32_t>(value.size()));
  Raw(value);
}

void ByteWriter::Raw(absl::string_view value) { bytes_.append(value.data(), value.size()); }

uint8_t ByteReader::Uint8() {
  const absl::string_view bytes = Take(1);
  return bytes.empty() ? uint8_t{0} : static_cast<uint8_t>(bytes[0]);
}

uint32_t ByteReader::Uint32() { return FromBigEndian<uint32_t>(Take(4)); }
uint64_t ByteReader::Uint64() { return FromBigEndian<uint64_t>(Take(8)); }

absl::Time ByteReader::Time() {
  const uint64_t value = Uint64();
  return ok_ ? absl::FromUnixMicros(static_cast<int64_t>(value ^ kSignBit)) : absl::UnixEpoch();
}

std::string ByteReader::Bytes() { return Raw(Uint32()); }
std::string ByteReader::Raw(size_t count) { return std::string(Take(count)); }
absl::string_view ByteReader::Rest() { return Take(rest_.size()); }

absl::string_view ByteReader::Take(size_t count) {
  if (!ok_ || count > rest_.size()) {
    ok_ = false;
    return {};
  }
  const absl::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

}  // namespace envej::contract
