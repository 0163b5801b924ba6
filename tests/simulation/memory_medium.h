#ifndef ENVEJ_TESTS_SIMULATION_MEMORY_MEDIUM_H_
#define ENVEJ_TESTS_SIMULATION_MEMORY_MEDIUM_H_

#include <utility>
#include <vector>

#include "tests/simulation/medium.h"
#include "tests/simulation/offline_copy.h"
#include "tests/support/memory_store.h"

namespace envej::simulation {

// The store in memory that forgets what was not synced: thousands of runs a minute.
class MemoryMedium final : public Medium {
 public:
  store::OrderedStore& store() override { return store_; }

  void Carry(std::vector<store::PendingCommit> commits) override {
    const size_t count = commits.size();
    for (store::PendingCommit& commit : commits) {
      store_.Commit(std::move(commit.transitions), commit.durability, commit.now, std::move(commit.done));
    }
    store_.Step(count);
  }

  void FailNext(Failing failing) override {
    using BatchFault = store::MemoryStore::BatchFault;
    switch (failing) {
      case Failing::kRead:
        return store_.FailNextBatch(BatchFault::kRead);
      case Failing::kWrite:
        return store_.FailNextBatch(BatchFault::kWrite);
      case Failing::kSync:
        return store_.FailNextBatch(BatchFault::kSync);
      case Failing::kAnswer:
        return store_.FailNextBatch(BatchFault::kAnswer);
    }
  }

  absl::Status LosePower(Remains remains, Random& random) override {
    const size_t unsynced = store_.unsynced();
    size_t kept = remains == Remains::kAll ? unsynced : 0;
    if (remains == Remains::kSome && unsynced > 0) kept = random.Below(unsynced);
    store_.Crash(kept);
    return absl::OkStatus();
  }

  absl::Status Restore(const Copy& copy, const Restoring& restoring) override {
    OfflineCopy made(copy.entries);
    const absl::StatusOr<store::HighWaterMark> mark = restoring(made);
    if (!mark.ok()) return mark.status();
    return store_.Become(std::move(made.entries()));
  }

 private:
  store::MemoryStore store_{store::MemoryStoreMode::kStepped};
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_MEMORY_MEDIUM_H_
