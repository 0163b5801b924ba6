#include "certs/der_reader.h"

#include <cstddef>

namespace envej::certs {
namespace {

constexpr uint8_t kLongForm = 0x80;
constexpr size_t kLengthBytesMost = 3;

uint8_t ByteAt(absl::string_view bytes, size_t index) { return static_cast<uint8_t>(bytes[index]); }

struct Header {
  size_t size = 0;
  size_t contents = 0;
};

std::optional<Header> ReadHeader(absl::string_view bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const uint8_t first = ByteAt(bytes, 1);
  if (first < kLongForm) return Header{2, first};
  const size_t count = first & ~kLongForm;
  if (count == 0 || count > kLengthBytesMost || bytes.size() < 2 + count) return std::nullopt;
  size_t length = 0;
  for (size_t index = 0; index < count; ++index) length = length << 8 | ByteAt(bytes, 2 + index);
  const bool shortest = count == 1 ? length >= kLongForm : length >> (8 * (count - 1)) != 0;
  if (!shortest) return std::nullopt;
  return Header{2 + count, length};
}

}  // namespace

std::optional<absl::string_view> DerReader::Read(uint8_t tag) {
  const std::optional<Header> header = ReadHeader(rest_);
  if (!header.has_value() || ByteAt(rest_, 0) != tag || rest_.size() - header->size < header->contents) {
    return std::nullopt;
  }
  const absl::string_view contents = rest_.substr(header->size, header->contents);
  rest_.remove_prefix(header->size + header->contents);
  return contents;
}

bool DerReader::Read(uint8_t tag, absl::string_view contents) {
  const DerReader before = *this;
  const std::optional<absl::string_view> read = Read(tag);
  if (read.has_value() && *read == contents) return true;
  *this = before;
  return false;
}

}  // namespace envej::certs
