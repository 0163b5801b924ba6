#include "certs/file_changes.h"

#include <utility>

#include "certs/file_stamp.h"

namespace envej::certs {

FileChanges::FileChanges(std::vector<std::string> paths, std::string stamp)
    : paths_(std::move(paths)), read_stamp_(stamp), seen_stamp_(std::move(stamp)) {}

bool FileChanges::Look(bool at_once) {
  const std::string stamp = StampOf(paths_);
  const bool settled = stamp == std::exchange(seen_stamp_, stamp);
  const bool changed = stamp != read_stamp_;
  unsettled_looks_ = settled ? 0 : unsettled_looks_ + 1;
  ++looks_since_read_;
  const bool try_again = refused_ && looks_since_read_ >= kLooksUntilTriedAgain;
  const bool due = changed && (settled || unsettled_looks_ >= kUnsettledLooks);
  if (!due && !try_again && !at_once) return false;
  read_stamp_ = stamp;
  unsettled_looks_ = 0;
  looks_since_read_ = 0;
  return true;
}

void FileChanges::Taken(std::vector<std::string> paths, std::string stamp) {
  paths_ = std::move(paths);
  read_stamp_ = std::move(stamp);
  refused_ = false;
}

}  // namespace envej::certs
