#ifndef ENVEJ_TESTS_SUPPORT_SMALL_DISK_H_
#define ENVEJ_TESTS_SUPPORT_SMALL_DISK_H_

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"

namespace envej::support {

// A file system in memory of so many bytes, mounted on a folder as long as this lives. Only root may: else is_there()
// is false, and the folder is as it was.
class SmallDisk {
 public:
  SmallDisk(std::string folder, uint64_t bytes) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    is_there_ = mount("tmpfs", folder_.c_str(), "tmpfs", 0, absl::StrCat("size=", bytes, ",mode=0700").c_str()) == 0;
  }
  ~SmallDisk() {
    if (is_there_) umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_there() const { return is_there_; }
  uint64_t free_bytes() const { return std::filesystem::space(folder_).available; }

  // Lets something else take all but so many bytes; then gives them back.
  bool FillUpTo(uint64_t left) {
    const uint64_t free = free_bytes();
    if (free <= left) return true;
    const int file = open(Ballast().c_str(), O_CREAT | O_WRONLY, 0600);
    const bool filled = file >= 0 && posix_fallocate(file, 0, static_cast<off_t>(free - left)) == 0;
    if (file >= 0) close(file);
    return filled;
  }
  void Empty() { std::filesystem::remove(Ballast()); }

 private:
  std::string Ballast() const { return folder_ + "/ballast"; }

  const std::string folder_;
  bool is_there_ = false;
};

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_SMALL_DISK_H_
