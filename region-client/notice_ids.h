#ifndef ENVEJ_REGION_CLIENT_NOTICE_IDS_H_
#define ENVEJ_REGION_CLIENT_NOTICE_IDS_H_

#include <cstddef>
#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace envej::region {

inline constexpr size_t kIdsMost = 500;  // of one command

// The ids that a command is about, each once and in their order: `arguments`, or where that is "-" alone, those of
// `in`, one a line. At least one and at most kIdsMost. An error is one line that says what is wrong and repeats no
// input.
absl::StatusOr<std::vector<std::string>> ReadNoticeIds(const std::vector<std::string>& arguments, std::istream& in);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_NOTICE_IDS_H_
