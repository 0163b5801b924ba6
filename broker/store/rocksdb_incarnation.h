#ifndef ENVEJ_BROKER_STORE_ROCKSDB_INCARNATION_H_
#define ENVEJ_BROKER_STORE_ROCKSDB_INCARNATION_H_

#include <string>

#include "absl/status/statusor.h"

namespace envej::store {

// The name of a store that is made or restored: kIncarnationBytes by chance, so that no other has it. UNAVAILABLE if
// the random source fails.
absl::StatusOr<std::string> NameIncarnation();

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_ROCKSDB_INCARNATION_H_
