#ifndef ENVEJ_BROKER_STORE_TABLE_VERIFICATION_H_
#define ENVEJ_BROKER_STORE_TABLE_VERIFICATION_H_

#include <cstdint>
#include <string>
#include <vector>

namespace envej::store {

// What a verification of a store's tables found.
struct TableVerification {
  uint64_t files = 0;  // that were read, and their bytes
  uint64_t bytes = 0;
  std::vector<std::string> damaged;  // names of files
  bool finished = false;             // false: it was ended before
};

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_TABLE_VERIFICATION_H_
