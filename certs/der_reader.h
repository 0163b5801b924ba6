#ifndef ENVEJ_CERTS_DER_READER_H_
#define ENVEJ_CERTS_DER_READER_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace envej::certs {

// Reads DER (ITU-T X.690) element by element, for structures whose every part is known beforehand. Lengths are
// definite, in their shortest form and below 2^24; whatever else is no element. What is read points into the bytes
// given, which must outlive it. Never fails otherwise than by giving nothing, whatever the bytes.
class DerReader {
 public:
  explicit DerReader(absl::string_view bytes) : rest_(bytes) {}

  // The contents of the next element if it has this one-byte tag; otherwise nothing, and the reader stays where it is.
  std::optional<absl::string_view> Read(uint8_t tag);
  // Whether the next element has this tag and just these contents; if so, it is read.
  bool Read(uint8_t tag, absl::string_view contents);

  bool AtEnd() const { return rest_.empty(); }

 private:
  absl::string_view rest_;
};

// Tags (X.690, section 8.1.2).
inline constexpr uint8_t kDerInteger = 0x02;
inline constexpr uint8_t kDerBitString = 0x03;
inline constexpr uint8_t kDerOctetString = 0x04;
inline constexpr uint8_t kDerNull = 0x05;
inline constexpr uint8_t kDerObjectIdentifier = 0x06;
inline constexpr uint8_t kDerSequence = 0x30;
inline constexpr uint8_t kDerSet = 0x31;
// Context-specific, [number].
constexpr uint8_t DerPrimitive(uint8_t number) { return static_cast<uint8_t>(0x80 | number); }
constexpr uint8_t DerConstructed(uint8_t number) { return static_cast<uint8_t>(0xa0 | number); }

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_DER_READER_H_
