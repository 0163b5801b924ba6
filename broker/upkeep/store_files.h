#ifndef ENVEJ_BROKER_UPKEEP_STORE_FILES_H_
#define ENVEJ_BROKER_UPKEEP_STORE_FILES_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "broker/clock.h"
#include "broker/log.h"
#include "broker/store/table_verification.h"
#include "broker/upkeep/periodic_task.h"

namespace envej::upkeep {

// What an engine can do to its files, as store/rocksdb_store.h says.
struct StoreFiles {
  std::function<absl::Status(std::atomic<bool>& stopping)> erase_destroyed;
  std::function<store::TableVerification(const std::function<bool(uint64_t bytes)>& rest)> verify;
};

// Has destroyed content erased from the disk: within kEraseEvery and the time that it takes, well within the 24 hours
// that are promised; the log says so each time. What fails, or waits because the disk is nearly full, is tried again at
// the next look, and is an error in the log. Not thread safe.
class Erasing {
 public:
  static constexpr absl::Duration kLookEvery = absl::Hours(1);
  static constexpr absl::Duration kEraseEvery = absl::Hours(12);
  static constexpr absl::Duration kFirst = absl::Minutes(10);  // after the start

  // All must outlive it.
  Erasing(const StoreFiles& files, std::function<bool()> storage_nearly_full, const Clock& clock, const Log& log)
      : files_(files), storage_nearly_full_(std::move(storage_nearly_full)), clock_(clock), log_(log) {}

  // Erases if it is time.
  void Look(PeriodicTask& task);

 private:
  const StoreFiles& files_;
  const std::function<bool()> storage_nearly_full_;
  const Clock& clock_;
  const Log& log_;
  std::optional<absl::Duration> erased_at_;
};

// Verifies the checksums of all that lies in tables, at kVerifyBytes a second, and tells what it found: in the log, and
// `damaged`, called once if it got to the end or found damage. Damage does not stop the broker: what can be read is
// served. The journal's records are among it; whether they are one chain, `envej-broker journal verify` says.
void VerifyStore(const StoreFiles& files, const std::function<void(bool damaged)>& damaged, PeriodicTask& task,
                 const Log& log);

inline constexpr absl::Duration kVerifyFirst = absl::Minutes(30);  // after the start
inline constexpr absl::Duration kVerifyEvery = absl::Hours(24);
inline constexpr double kVerifyBytes = 32 << 20;

}  // namespace envej::upkeep

#endif  // ENVEJ_BROKER_UPKEEP_STORE_FILES_H_
