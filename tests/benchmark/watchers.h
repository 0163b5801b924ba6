#ifndef ENVEJ_TESTS_BENCHMARK_WATCHERS_H_
#define ENVEJ_TESTS_BENCHMARK_WATCHERS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
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

  // The sum of one metric over its labels, as it is scraped now.
  static absl::StatusOr<double> Scraped(const Watched& watched, const std::string& metric);

  // Begins to watch.
  explicit Watchers(const Watched& watched);
  ~Watchers();
  Watchers(const Watchers&) = delete;
  Watchers& operator=(const Watchers&) = delete;

  // Waits until both were given something.
  absl::Status AwaitFirst() const;
  // Stops watching. An error if either of them was never given anything.
  absl::Status Stop();

  // To be asked when it was stopped: how long each scrape took, and how much the dashboard was fed.
  const std::vector<double>& scrape_milliseconds() const { return scrape_milliseconds_; }
  int64_t fed_bytes() const { return fed_bytes_; }

 private:
  void Scrape();
  void Follow();

  const Watched watched_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int64_t> scrapes_ = 0;
  std::vector<double> scrape_milliseconds_;  // the scraper's while it runs
  std::atomic<int64_t> fed_bytes_ = 0;
  std::thread scraper_;
  std::thread dashboard_;
};

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_WATCHERS_H_
