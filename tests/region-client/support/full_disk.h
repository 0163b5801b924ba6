#ifndef ENVEJ_TESTS_REGION_CLIENT_SUPPORT_FULL_DISK_H_
#define ENVEJ_TESTS_REGION_CLIENT_SUPPORT_FULL_DISK_H_

#include <sys/resource.h>

#include <csignal>

namespace envej::region {

// While it lives, no file of this process grows past `bytes`, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit = {.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_ = {};
};

}  // namespace envej::region

#endif  // ENVEJ_TESTS_REGION_CLIENT_SUPPORT_FULL_DISK_H_
