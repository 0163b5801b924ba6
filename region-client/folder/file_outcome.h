#ifndef ENVEJ_REGION_CLIENT_FOLDER_FILE_OUTCOME_H_
#define ENVEJ_REGION_CLIENT_FOLDER_FILE_OUTCOME_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "region-client/folder/file_item.h"

namespace envej::region {

inline constexpr size_t kRefusedShown = 100;

// Something of a file that was refused, and where it stands; 0 for the file as a whole.
struct RefusedItem {
  size_t place = 0;
  FileProblem problem;

  bool operator==(const RefusedItem&) const = default;
};

// What became of a file. Names no citizen.
struct FileOutcome {
  size_t taken = 0;
  size_t repeated = 0;                    // had been taken before
  std::map<std::string, size_t> nothing;  // by reason, from which nothing follows
  std::vector<RefusedItem> refused;

  bool good() const { return refused.empty(); }
};

// As it is written beside the file: a line of JSON, with the first kRefusedShown of what was refused, and when a
// rejected file is wiped.
std::string ToJson(const FileOutcome& outcome, absl::Time now, std::optional<absl::Time> wiped_at = std::nullopt);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_FOLDER_FILE_OUTCOME_H_
