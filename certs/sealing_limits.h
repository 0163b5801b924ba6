#ifndef ENVEJ_CERTS_SEALING_LIMITS_H_
#define ENVEJ_CERTS_SEALING_LIMITS_H_

#include <cstddef>

namespace envej::certs {

// A payload has 1 byte to kSealPayloadBytesMost, a sealed message at most kSealedBytesMost, and 1 to
// kSealRecipientsMost certificates can open it.
inline constexpr size_t kSealPayloadBytesMost = 64 << 10;
inline constexpr size_t kSealedBytesMost = 96 << 10;
inline constexpr size_t kSealRecipientsMost = 8;

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_SEALING_LIMITS_H_
