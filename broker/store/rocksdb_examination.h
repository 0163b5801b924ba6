#ifndef ENVEJ_BROKER_STORE_ROCKSDB_EXAMINATION_H_
#define ENVEJ_BROKER_STORE_ROCKSDB_EXAMINATION_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "broker/store/batch_record.h"
#include "broker/store/high_water_mark.h"
#include "broker/store/ordered_store.h"
#include "broker/store/rocksdb_engine.h"

namespace envej::store {

// Where a store lies on the disk.
struct StorePaths {
  explicit StorePaths(const std::string& directory);

  std::string directory;
  std::string engine;          // RocksDB's directory
  std::string mark;            // the high-water mark
  std::string mark_in_making;  // the mark while the store is made; nothing is answered before it gets its name
  std::string restoring;       // a store while it is restored; as long as it is there, nothing else here is a store
};

// What an examination found.
struct Finding {
  enum class Kind {
    kNew,         // nothing is there
    kUnfinished,  // a store that was being made, and never answered anything
    kSound,
  };
  Kind kind = Kind::kNew;
  HighWaterMark mark;             // unless new
  std::optional<BatchHead> head;  // of a sound store
  uint64_t epoch = 0;             // that a sound store holds
  std::string log_damage;         // why the end of its log cannot be read; empty if it can
};

// Looks at a store before anything of it is touched: replays its log in memory and holds it against the high-water mark
// and the chain of its newest journal records. DATA_LOSS or FAILED_PRECONDITION, in one text that says what is
// missing and how to recover, if anything of what was answered as durable is gone; every byte is as before.
//
// A log that cannot be read to its end makes a store that is sound all the same when what is readable reaches the mark:
// a machine that loses power writes the pages of the end, which was never synced, in any order or not at all. Beside
// them at most the one batch may be gone that no mark names yet.
absl::StatusOr<Finding> Examine(const StorePaths& paths, const RocksDbSizes& sizes, rocksdb::Env* env);

// Whether a store with this head, start epoch and journal holds all that the mark names, and its newest kChainChecked
// records are an unbroken chain. The epoch may be above the mark's: an opening stopped before it wrote its mark.
// `journal_value` gives the stored value of a batch's journal record.
using JournalValue = std::function<absl::StatusOr<std::optional<std::string>>(uint64_t batch)>;
inline constexpr uint64_t kChainChecked = 1000;
static_assert(kChainChecked <= kJournalKept, "or a pruned journal would not open");
absl::Status CheckAgainstMark(const HighWaterMark& mark, const std::optional<BatchHead>& head, uint64_t epoch,
                              const JournalValue& journal_value);

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_ROCKSDB_EXAMINATION_H_
