#include "broker/store/record_codec.h"

#include <zlib.h>

#include "absl/status/status.h"
#include "proto/contract/byte_codec.h"

namespace envej::store {
namespace {

constexpr size_t kVersionBytes = 1;
constexpr size_t kChecksumBytes = 4;

uint32_t Checksum(absl::string_view bytes) {
  return static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace

std::string Frame(uint8_t version, absl::string_view payload) {
  std::string value;
  value.reserve(kVersionBytes + payload.size() + kChecksumBytes);
  value.push_back(static_cast<char>(version));
  value.append(payload.data(), payload.size());
  const uint32_t checksum = Checksum(value);
  for (int shift = 24; shift >= 0; shift -= 8) value.push_back(static_cast<char>((checksum >> shift) & 0xff));
  return value;
}

absl::StatusOr<Framed> Unframe(absl::string_view value, uint8_t newest) {
  if (value.size() < kVersionBytes + kChecksumBytes) return absl::DataLossError("a stored value is cut short");
  const absl::string_view checked = value.substr(0, value.size() - kChecksumBytes);
  contract::ByteReader checksum(value.substr(checked.size()));
  if (checksum.Uint32() != Checksum(checked)) {
    return absl::DataLossError("a stored value does not match its checksum");
  }
  const auto version = static_cast<uint8_t>(checked[0]);
  if (version > newest) {
    return absl::FailedPreconditionError("a stored value was written by a newer version of this program");
  }
  return Framed{.version = version, .payload = std::string(checked.substr(kVersionBytes))};
}

absl::StatusOr<std::string> UnframeOf(absl::string_view value, uint8_t version) {
  absl::StatusOr<Framed> framed = Unframe(value, version);
  if (!framed.ok()) return framed.status();
  if (framed->version == version) return std::move(framed->payload);
  return WrittenInAnOldForm();
}

absl::Status WrittenInAnOldForm() {
  return absl::FailedPreconditionError(
      "a stored value was written by an older version of this program, in a form that is not read any more");
}

}  // namespace envej::store
