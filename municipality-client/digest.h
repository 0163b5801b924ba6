#ifndef ENVEJ_MUNICIPALITY_CLIENT_DIGEST_H_
#define ENVEJ_MUNICIPALITY_CLIENT_DIGEST_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace envej::municipality_client {

// SHA-256 of the bytes, 64 lower-case hexadecimal digits.
std::string Sha256Hex(absl::string_view bytes);

// HMAC-SHA-256 of the bytes under the key's bytes, 64 lower-case hexadecimal digits.
std::string HmacSha256Hex(absl::string_view key, absl::string_view bytes);

// 32 lower-case hexadecimal digits that nobody can guess. INTERNAL if the system gives no randomness.
absl::StatusOr<std::string> RandomHex();

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_DIGEST_H_
