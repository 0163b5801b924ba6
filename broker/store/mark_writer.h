#ifndef ENVEJ_BROKER_STORE_MARK_WRITER_H_
#define ENVEJ_BROKER_STORE_MARK_WRITER_H_

#include <memory>
#include <optional>
#include <thread>

#include "absl/status/status.h"
#include "broker/mutex.h"
#include "broker/store/high_water_mark.h"

namespace envej::store {

// Writes the high-water mark on a thread of its own, while its user syncs something else.
//
// Thread safety: one user at a time.
class MarkWriter {
 public:
  explicit MarkWriter(std::unique_ptr<HighWaterMarkFile> file);
  ~MarkWriter();
  MarkWriter(const MarkWriter&) = delete;
  MarkWriter& operator=(const MarkWriter&) = delete;

  // Starts to write. Each Begin is followed by one Wait before the next.
  void Begin(HighWaterMark mark);
  // What became of it: OK once it is on the disk.
  absl::Status Wait();

 private:
  void Run();

  const std::unique_ptr<HighWaterMarkFile> file_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::optional<HighWaterMark> due_ ENVEJ_GUARDED_BY(mutex_);
  std::optional<absl::Status> result_ ENVEJ_GUARDED_BY(mutex_);
  bool stopping_ ENVEJ_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_MARK_WRITER_H_
