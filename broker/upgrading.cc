#include "broker/upgrading.h"

#include <cstdint>

#include "broker/inbox/upgrade.h"

namespace envej {
namespace {

constexpr uint64_t kRecordsALine = 100 * inbox::kUpgradeStep;

}  // namespace

absl::Status Upgrade(store::OrderedStore& store, const Log& log) {
  bool begun = false;
  return inbox::UpgradeStore(store, [&](const inbox::UpgradeProgress& progress) {
    const bool is_told = !begun || progress.done || progress.records % kRecordsALine == 0;
    begun = true;
    if (!is_told) return;
    log.Info(progress.done ? "store_upgraded" : "store_upgrading",
             {{"from", int64_t{progress.from}},
              {"to", int64_t{progress.to}},
              {"records", static_cast<int64_t>(progress.records)},
              {"changed", static_cast<int64_t>(progress.changed)},
              {"unreadable", static_cast<int64_t>(progress.unreadable)}});
  });
}

}  // namespace envej
