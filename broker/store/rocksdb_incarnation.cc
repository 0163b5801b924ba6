#include "broker/store/rocksdb_incarnation.h"

#include <openssl/rand.h>

#include "broker/store/batch_record.h"

namespace envej::store {

absl::StatusOr<std::string> NameIncarnation() {
  std::string incarnation(kIncarnationBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(incarnation.data()), static_cast<int>(incarnation.size())) != 1) {
    return absl::UnavailableError("the random source failed");
  }
  return incarnation;
}

}  // namespace envej::store
