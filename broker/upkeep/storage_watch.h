#ifndef ENVEJ_BROKER_UPKEEP_STORAGE_WATCH_H_
#define ENVEJ_BROKER_UPKEEP_STORAGE_WATCH_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/clock.h"
#include "broker/upkeep/periodic_task.h"

namespace envej::upkeep {

// Watches what is free on the disk of the store. With less than the reserve it is nearly full, and nothing new is to be
// taken; until a quarter more than the reserve is free again.
//
// The reserve is for what must go on: acknowledgements, returns, withdrawals and leases, some 2 KiB each in log, tables
// and journal; and what the engine writes before it may delete anything (store/rocksdb_room.h): with write buffers of
// 32 MiB some 950 MiB. The 2 GiB that the configuration has unless it says otherwise hold all that at once, a hundred
// thousand acknowledgements, and as much again where compactions cannot keep up; with a smaller reserve the write
// buffers are smaller too. What is new grows by 100 MiB a second at the very most, and is looked at every kInterval.
//
// Where it cannot be told what is free, the disk counts as nearly full: what is new is safe with its region.
class StorageWatch {
 public:
  static constexpr absl::Duration kInterval = absl::Milliseconds(500);

  // Told after each look, on the thread of the look; UNAVAILABLE if what is free cannot be told. `changed`: whether
  // nearly_full() or the error is another than before, or this is the first look.
  using Report = std::function<void(const absl::StatusOr<uint64_t>& free_bytes, bool nearly_full, bool changed)>;

  // Looks at once, and then on a thread of its own. The clock must outlive it.
  StorageWatch(std::string directory, uint64_t reserve_bytes, const Clock& clock, Report report);

  // Any thread.
  bool nearly_full() const { return nearly_full_; }

  void Stop() { task_.Stop(); }

 private:
  void Look();

  const std::string directory_;
  const uint64_t reserve_bytes_;
  const Report report_;
  std::atomic<bool> nearly_full_{false};
  bool filled_ = false;  // by what was free at the last look that could tell
  bool looked_ = false;
  absl::Status told_;
  PeriodicTask task_;
};

}  // namespace envej::upkeep

#endif  // ENVEJ_BROKER_UPKEEP_STORAGE_WATCH_H_
