#ifndef ENVEJ_REGION_CLIENT_LINE_FILE_H_
#define ENVEJ_REGION_CLIENT_LINE_FILE_H_

#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/status.h"

namespace envej::region {

// Of a receipt, or an answer with one and its proof.
inline constexpr size_t kLongestLine = size_t{64} << 10;

// Gives each line of a file that is not empty to `take`, without its end; lines are numbered from 1. Holds one line in
// memory. An error is one line that says what of the file cannot be used; what `take` says of a line becomes one.
absl::Status ForEachLine(const std::string& path,
                         const std::function<absl::Status(size_t number, const std::string& line)>& take);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_LINE_FILE_H_
