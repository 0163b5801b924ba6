#include "broker/upkeep/storage_watch.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace envej::upkeep {

StorageWatch::StorageWatch(std::string directory, uint64_t reserve_bytes, const Clock& clock, Report report)
    : directory_(std::move(directory)),
      reserve_bytes_(reserve_bytes),
      report_(std::move(report)),
      task_((Look(), kInterval), kInterval, clock, [this](PeriodicTask&) { Look(); }) {}

void StorageWatch::Look() {
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(directory_, error);
  absl::StatusOr<uint64_t> free_bytes = uint64_t{space.available};
  if (error) {
    free_bytes = absl::UnavailableError(
        absl::StrCat("cannot tell what is free on the disk of ", directory_, ": ", error.message()));
  } else {
    filled_ = space.available < (filled_ ? reserve_bytes_ + reserve_bytes_ / 4 : reserve_bytes_);
  }
  const bool nearly_full = filled_ || !free_bytes.ok();
  const bool changed = nearly_full_.exchange(nearly_full) != nearly_full || free_bytes.status() != told_ || !looked_;
  looked_ = true;
  told_ = free_bytes.status();
  if (report_) report_(free_bytes, nearly_full, changed);
}

}  // namespace envej::upkeep
