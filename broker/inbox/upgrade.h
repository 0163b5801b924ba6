#ifndef ENVEJ_BROKER_INBOX_UPGRADE_H_
#define ENVEJ_BROKER_INBOX_UPGRADE_H_

#include <cstddef>
#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "broker/store/ordered_store.h"

namespace envej::inbox {

// How far an upgrade is.
struct UpgradeProgress {
  uint32_t from = 0;        // the schema version that the store had
  uint32_t to = 0;          // and the one that it gets
  uint64_t records = 0;     // looked at
  uint64_t changed = 0;     // of them
  uint64_t unreadable = 0;  // of them: left as they are
  bool done = false;
};

inline constexpr size_t kUpgradeStep = 500;  // records in one commit

// Brings a store from an older schema version to store::kSchemaVersion: nothing, if it has that.
//
//   2  What is under way no more has a time at which it is forgotten, and a key for it.
//   3  A record may hold what happened to its notice, and what is proposed (record.h, version 3). Records are left as
//      they are and read in either form: one gets its trail from what happens to it next. The way back is the backup
//      that was made before: a program of schema 2 does not open the store.
//
// Each step is one synced commit, and all of them may be made again: an upgrade that was interrupted, whatever by, goes
// on with the next call. The version is written last. `progress` is called after each step, and at the end; it may be
// empty. Nothing may serve meanwhile. Waits for the store: not for a thread of the store's.
//
// Errors: those of the store, and UNAVAILABLE if it does not take a step: what was done stays.
absl::Status UpgradeStore(store::OrderedStore& store, const std::function<void(const UpgradeProgress&)>& progress);

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_UPGRADE_H_
