#ifndef ENVEJ_TESTS_SIMULATION_MEDIUM_H_
#define ENVEJ_TESTS_SIMULATION_MEDIUM_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "broker/store/batch_builder.h"
#include "broker/store/batch_record.h"
#include "broker/store/high_water_mark.h"
#include "broker/store/offline_store.h"
#include "broker/store/ordered_store.h"
#include "tests/simulation/random.h"

namespace envej::simulation {

// Where the next batch fails; the store is of no use afterwards, until it is opened again.
enum class Failing {
  kRead,    // reading for its conditions
  kWrite,   // writing: nothing of it is left
  kSync,    // syncing: it may be kept
  kAnswer,  // it is on the disk, and the machine stops before anybody is told
};

// What a loss of power leaves of what was not synced.
enum class Remains { kNothing, kSome, kAll };

// All that a store holds, as a backup has it.
struct Copy {
  std::map<std::string, std::string> entries;
  store::BatchHead head;
  uint64_t start_epoch = 0;
};

// Makes a restored store of the copy that it is given.
using Restoring = std::function<absl::StatusOr<store::HighWaterMark>(store::OfflineStore& store)>;

// The store that the simulated broker stands on: an engine with a medium that can be made to fail and to forget.
//
// Thread safety: none. Every callback has run, on the calling thread or while it waited, when a call returns.
class Medium {
 public:
  virtual ~Medium() = default;

  // Of the present opening.
  virtual store::OrderedStore& store() = 0;

  // Carries out and answers these commits as one batch.
  virtual void Carry(std::vector<store::PendingCommit> commits) = 0;

  virtual void FailNext(Failing failing) = 0;

  // The machine loses power, and the store is opened again. An error: it does not open, although nothing but power was
  // lost.
  virtual absl::Status LosePower(Remains remains, Random& random) = 0;

  // All that it holds is destroyed, and a store is made of a copy, and opened. Errors: of the restoring and of the
  // opening.
  virtual absl::Status Restore(const Copy& copy, const Restoring& restoring) = 0;
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_MEDIUM_H_
