#include "broker/upkeep/store_files.h"

#include <string>
#include <vector>

#include "absl/strings/str_join.h"

namespace envej::upkeep {
namespace {

constexpr size_t kNamedMost = 10;

}  // namespace

void Erasing::Look(PeriodicTask& task) {
  const absl::Duration now = clock_.Elapsed();
  if (erased_at_.has_value() && now - *erased_at_ < kEraseEvery) return;
  absl::Status status;
  if (storage_nearly_full_ && storage_nearly_full_()) {
    status = absl::ResourceExhaustedError("the disk is nearly full, or nobody can tell");
  } else {
    status = files_.erase_destroyed(task.stopping());
  }
  if (status.ok()) {
    erased_at_ = now;
    log_.Info("destroyed_content_erased");
  } else if (!absl::IsCancelled(status)) {
    log_.Error(
        "destroyed_content_not_erased",
        {{"error", status.ToString()},
         {"next", "destroyed content is still on the disk; it is tried again each hour: make room, or mend it"}});
  }
}

void VerifyStore(const StoreFiles& files, const std::function<void(bool damaged)>& damaged, PeriodicTask& task,
                 const Log& log) {
  const store::TableVerification found = files.verify(
      [&task](uint64_t bytes) { return task.Rest(absl::Seconds(static_cast<double>(bytes) / kVerifyBytes)); });
  if (!found.damaged.empty()) {
    std::vector<std::string> named = found.damaged;
    if (named.size() > kNamedMost) named.resize(kNamedMost);
    log.Error(
        "store_damaged",
        {{"damaged_files", static_cast<int64_t>(found.damaged.size())},
         {"names", absl::StrJoin(named, " ")},
         {"next",
          "the disk has changed what was written: run envej-broker journal verify, check the disk, and restore the "
          "newest backup; what can be read is served meanwhile"}});
  } else if (found.finished) {
    log.Info("store_verified",
             {{"files", static_cast<int64_t>(found.files)}, {"bytes", static_cast<int64_t>(found.bytes)}});
  }
  if (damaged && (found.finished || !found.damaged.empty())) damaged(!found.damaged.empty());
}

}  // namespace envej::upkeep
