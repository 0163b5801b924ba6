#ifndef ENVEJ_PROTO_CONTRACT_BYTE_CODEC_H_
#define ENVEJ_PROTO_CONTRACT_BYTE_CODEC_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace envej::contract {

// The one way values become bytes, for hashes, events and stored records: big-endian integers of a fixed width, and
// strings after their 32-bit length. Equal values give equal bytes.
class ByteWriter {
 public:
  void Reserve(size_t bytes) { bytes_.reserve(bytes); }
  void Uint8(uint8_t value);
  void Uint32(uint32_t value);
  void Uint64(uint64_t value);
  void Time(absl::Time value);          // whole microseconds since the Unix epoch, sign bit flipped so that bytes sort
  void Bytes(absl::string_view value);  // with its length
  void Raw(absl::string_view value);    // without

  const std::string& bytes() const& { return bytes_; }
  std::string bytes() && { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what a ByteWriter wrote. After the first read past the end, every read gives an empty value and `ok` is
// false: check it once, at the end.
class ByteReader {
 public:
  explicit ByteReader(absl::string_view bytes) : rest_(bytes) {}

  uint8_t Uint8();
  uint32_t Uint32();
  uint64_t Uint64();
  absl::Time Time();
  std::string Bytes();
  std::string Raw(size_t count);
  absl::string_view Rest();  // all that is left; a view of what is read

  bool ok() const { return ok_; }
  bool AtEnd() const { return ok_ && rest_.empty(); }

 private:
  absl::string_view Take(size_t count);

  absl::string_view rest_;
  bool ok_ = true;
};

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_BYTE_CODEC_H_
