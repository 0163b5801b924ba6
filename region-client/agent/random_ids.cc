#include "region-client/agent/random_ids.h"

#include <openssl/rand.h>

namespace envej::region {
absl::StatusOr<std::string> RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
    return absl::InternalError("no random bytes can be had");
  }
  return bytes;
}

}  // namespace envej::region
