#include "broker/upkeep/storage_watch.h"

#include <filesystem>
#include <system_error>
#include <utility>

namespace envej::upkeep {

StorageWatch::StorageWatch(std::string directory, uint64_t reserve_bytes, const Clock& clock, Report report)
    : directory_(std::move(directory)),
      reserve_bytes_(reserve_bytes),
      report_(std::move(report)),
      task_((Look(), kInterval), kInterval, clock, [this](PeriodicTask&) { Look(); }) {}

void StorageWatch::Look() {
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(directory_, error);
  if (error) return;
  const uint64_t least = nearly_full_ ? reserve_bytes_ + reserve_bytes_ / 4 : reserve_bytes_;
  const bool nearly_full = space.available < least;
  const bool changed = nearly_full_.exchange(nearly_full) != nearly_full || !looked_;
  looked_ = true;
  if (report_) report_(space.available, nearly_full, changed);
}

}  // namespace envej::upkeep
