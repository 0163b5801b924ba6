#ifndef ENVEJ_TESTS_BENCHMARK_WATCHERS_H_
#define ENVEJ_TESTS_BENCHMARK_WATCHERS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "certs/tls_files.h"

namespace envej::benchmark {

// Who watches a broker: a scraper of its metrics, once a second, and an operator's dashboard that is fed all the time.
class Watchers {
 public:
  // Ports on loopback, and with what the dashboard shows who it is.
  struct Watched {
    int metrics_port = 0;
    int pages_port = 0;
    certs::TlsFiles operations;
  };

  // Begins to watch.
  explicit Watchers(const Watched& watched);
  ~Watchers();
  Watchers(const Watchers&) = delete;
  Watchers& operator=(const Watchers&) = delete;

  // Stops watching. An error if either of them was never given anything.
  absl::Status Stop();

 private:
  void Scrape();
  void Follow();

  const Watched watched_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int64_t> scrapes_ = 0;
  std::atomic<int64_t> fed_bytes_ = 0;
  std::thread scraper_;
  std::thread dashboard_;
};

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_WATCHERS_H_
