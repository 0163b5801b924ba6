#include "broker/upkeep.h"

#include <cstdint>
#include <functional>
#include <utility>

#include "broker/upkeep/journal_pruning.h"

namespace envej {
namespace {

using upkeep::PeriodicTask;

std::function<uint64_t()> MirroredUpTo(const std::shared_ptr<journal::Mirror>& mirror) {
  if (mirror == nullptr) return nullptr;
  return [mirror] { return mirror->mirrored_up_to(); };
}

}  // namespace

Upkeep::Upkeep(Parts parts)
    : parts_(std::move(parts)),
      time_(parts_.clock),
      storage_(parts_.options.data_directory, parts_.options.storage.reserve_bytes, parts_.clock,
               [this](const absl::StatusOr<uint64_t>& free_bytes, bool nearly_full, bool changed) {
                 TellStorage(free_bytes, nearly_full, changed);
               }),
      pruner_(parts_.store, {.keep = parts_.options.journal.keep, .mirrored_up_to = MirroredUpTo(parts_.mirror)}),
      erasing_(
          parts_.files, [this] { return storage_nearly_full(); }, parts_.clock, parts_.log) {
  pruning_.emplace(CautiousTime::kSettle, upkeep::kPruneEvery, parts_.clock,
                   [this](PeriodicTask& task) { upkeep::PruneJournal(pruner_, time_, task, parts_.log); });
  erasing_task_.emplace(upkeep::Erasing::kFirst, upkeep::Erasing::kLookEvery, parts_.clock,
                        [this](PeriodicTask& task) { erasing_.Look(task); });
  verifying_.emplace(upkeep::kVerifyFirst, upkeep::kVerifyEvery, parts_.clock, [this](PeriodicTask& task) {
    upkeep::VerifyStore(
        parts_.files, [this](bool damaged) { parts_.metrics.SetStoreDamaged(damaged); }, task, parts_.log);
  });
}

void Upkeep::TellStorage(const absl::StatusOr<uint64_t>& free_bytes, bool nearly_full, bool changed) const {
  parts_.metrics.SetStorage(free_bytes.value_or(0), nearly_full);
  if (!changed) return;
  if (!free_bytes.ok()) {
    parts_.log.Error("storage_unknown", {{"error", free_bytes.status().ToString()},
                                         {"next",
                                          "new notices are refused, since the disk of data_directory may be full: "
                                          "mend that; the rest goes on as long as it can"}});
    return;
  }
  const auto free_mib = static_cast<int64_t>(*free_bytes >> 20);
  const auto reserve_mib = static_cast<int64_t>(parts_.options.storage.reserve_bytes >> 20);
  if (nearly_full) {
    parts_.log.Error("storage_nearly_full", {{"free_mib", free_mib},
                                             {"reserve_mib", reserve_mib},
                                             {"next",
                                              "new notices are refused until a quarter more than the reserve is free: "
                                              "make room on the disk of data_directory; the rest goes on"}});
  } else {
    parts_.log.Info("storage_free", {{"free_mib", free_mib}, {"reserve_mib", reserve_mib}});
  }
}

void Upkeep::Stop() {
  pruning_->Stop();
  erasing_task_->Stop();
  verifying_->Stop();
  storage_.Stop();
}

}  // namespace envej
