#include "broker/inbox/index_moves.h"

#include <algorithm>
#include <string>

#include "broker/inbox/operation.h"

namespace envej::inbox {

std::vector<store::BatchWrite> MoveIndexes(const store::NoticeKey& notice, const std::optional<Record>& before,
                                           const Record& after) {
  const std::vector<std::string> old_keys =
      before.has_value() ? IndexKeys(notice, *before) : std::vector<std::string>();
  const std::vector<std::string> new_keys = IndexKeys(notice, after);
  std::vector<store::BatchWrite> writes;
  for (const std::string& key : old_keys) {
    if (std::find(new_keys.begin(), new_keys.end(), key) == new_keys.end()) {
      writes.push_back({.key = key, .value = std::nullopt});
    }
  }
  for (const std::string& key : new_keys) {
    if (std::find(old_keys.begin(), old_keys.end(), key) == old_keys.end()) writes.push_back({.key = key, .value = ""});
  }
  return writes;
}

}  // namespace envej::inbox
