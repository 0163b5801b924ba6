#ifndef ENVEJ_TESTS_SIMULATION_ROCKSDB_MEDIUM_H_
#define ENVEJ_TESTS_SIMULATION_ROCKSDB_MEDIUM_H_

#include <rocksdb/env.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/store/rocksdb_store.h"
#include "tests/simulation/medium.h"
#include "tests/support/losing_disk.h"

namespace envej::simulation {

// The broker's own engine over a disk that forgets what was not synced, high-water mark included. Each batch is one
// commit, and nothing else goes on meanwhile, so that a seed is the same run again.
class RocksDbMedium final : public Medium {
 public:
  static std::unique_ptr<Medium> Make(uint64_t seed);
  ~RocksDbMedium() override;

  store::OrderedStore& store() override { return *store_; }
  void Carry(std::vector<store::PendingCommit> commits) override;
  void FailNext(Failing failing) override { failing_ = failing; }
  absl::Status LosePower(Remains remains, Random& random) override;
  absl::Status Restore(const Copy& copy, const Restoring& restoring) override;

 private:
  RocksDbMedium(const std::string& folder, uint64_t seed);

  absl::Status Open();
  // The power goes while the store opens, and comes back; true if it opened before that, and is open.
  bool OpenAndLosePower(Random& random);
  void Arm(bool is_synced);
  // All that was written stays, whatever becomes of the power.
  void KeepAll();
  // That the store stopped at the failure, and wrote nothing after it.
  absl::Status CheckFailStop();

  const std::string folder_;
  support::LosingDisk disk_;
  std::unique_ptr<rocksdb::Env> env_;
  std::unique_ptr<store::RocksDbStore> store_;
  std::optional<Failing> failing_;
  std::string directory_;    // of the present store
  uint64_t restored_ = 0;    // times
  uint64_t durable_ = 0;     // the newest batch that was synced
  bool mark_waits_ = false;  // for the next sync, beside which it is written
  uint64_t fail_stops_ = 0;  // since then
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_ROCKSDB_MEDIUM_H_
