#ifndef ENVEJ_TESTS_SUPPORT_MEMORY_STREAM_H_
#define ENVEJ_TESTS_SUPPORT_MEMORY_STREAM_H_

#include <httplib.h>

#include <algorithm>
#include <string>

#include "absl/strings/string_view.h"

namespace envej::support {

// A stream that gives these bytes, at most `at_once` at a time, and then no more.
class MemoryStream final : public httplib::Stream {
 public:
  explicit MemoryStream(absl::string_view bytes, size_t at_once = 7) : rest_(bytes), at_once_(at_once) {}

  absl::string_view rest() const { return rest_; }

  ssize_t read(char* bytes, size_t size) override {
    const size_t got = std::min({size, at_once_, rest_.size()});
    std::copy_n(rest_.data(), got, bytes);
    rest_.remove_prefix(got);
    return static_cast<ssize_t>(got);
  }
  bool is_readable() const override { return true; }
  bool is_writable() const override { return false; }
  ssize_t write(const char*, size_t) override { return -1; }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return 0; }

 private:
  absl::string_view rest_;
  const size_t at_once_;
};

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_MEMORY_STREAM_H_
