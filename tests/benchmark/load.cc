#include "tests/benchmark/load.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "broker/mutex.h"

namespace envej::benchmark {
namespace {

using MonotonicTime = std::chrono::steady_clock::time_point;

double SecondsBetween(MonotonicTime from, MonotonicTime to) { return std::chrono::duration<double>(to - from).count(); }

// The callers' common loop. Each caller's times are its own, so that nothing is locked while it goes on.
class Loop {
 public:
  Loop(const std::vector<std::unique_ptr<Caller>>& callers, absl::Duration duration)
      : callers_(callers),
        milliseconds_(callers.size()),
        begin_(std::chrono::steady_clock::now()),
        end_(begin_ + absl::ToChronoNanoseconds(duration)),
        running_(callers.size()) {}

  absl::StatusOr<Figures> Run() {
    for (size_t caller = 0; caller < callers_.size(); ++caller) Next(caller);
    {
      MutexLock lock(mutex_);
      while (running_ > 0) ended_.Wait(mutex_);
      if (!failure_.ok()) return failure_;
    }
    const double seconds = SecondsBetween(begin_, std::chrono::steady_clock::now());
    std::vector<double> all;
    for (const std::vector<double>& times : milliseconds_) all.insert(all.end(), times.begin(), times.end());
    const auto calls = static_cast<double>(all.size());
    return Figures{.calls = calls,
                   .calls_per_second = calls / seconds,
                   .median_milliseconds = Quantile(all, 0.5),
                   .p99_milliseconds = Quantile(all, 0.99)};
  }

 private:
  void Next(size_t caller) {
    const MonotonicTime sent = std::chrono::steady_clock::now();
    callers_[caller]->Call([this, caller, sent](const grpc::Status& status) { Answered(caller, sent, status); });
  }

  void Answered(size_t caller, MonotonicTime sent, const grpc::Status& status) {
    const MonotonicTime now = std::chrono::steady_clock::now();
    milliseconds_[caller].push_back(SecondsBetween(sent, now) * 1000);
    if (status.ok() && now < end_) return Next(caller);
    MutexLock lock(mutex_);
    failure_.Update(ToStatus(status));
    if (--running_ == 0) ended_.NotifyOne();
  }

  const std::vector<std::unique_ptr<Caller>>& callers_;
  std::vector<std::vector<double>> milliseconds_;
  const MonotonicTime begin_;
  const MonotonicTime end_;
  Mutex mutex_;
  ConditionVariable ended_;
  size_t running_ ENVEJ_GUARDED_BY(mutex_);
  absl::Status failure_ ENVEJ_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<Figures> RunLoad(const std::vector<std::unique_ptr<Caller>>& callers, absl::Duration duration) {
  return Loop(callers, duration).Run();
}

double Quantile(std::vector<double> values, double fraction) {
  if (values.empty()) return 0;
  const auto last = static_cast<double>(values.size() - 1);
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(std::lround(last * fraction));
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

absl::Status ToStatus(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

}  // namespace envej::benchmark
