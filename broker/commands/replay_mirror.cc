#include "broker/commands/replay_mirror.h"

#include <algorithm>
#include <vector>

#include "broker/journal/journal_source.h"
#include "broker/journal/mirror_folder.h"

namespace envej::commands {

absl::StatusOr<Reached> ReplayMirror(store::OfflineStore& store, const store::BatchHead& from,
                                     const std::string& folder, const journal::CheckSignatureFunction& check,
                                     absl::Time now, const std::function<void(uint64_t batch)>& progress) {
  const auto open = [&folder](uint64_t from_batch) { return journal::SourceOfMirror(folder, from_batch); };
  absl::StatusOr<Reached> reached = ReplayJournal(store, from, open, check, now, progress);
  if (!reached.ok()) return reached;
  const absl::StatusOr<std::vector<journal::MirroredRange>> ranges = journal::ListCheckpoints(folder);
  if (!ranges.ok()) return ranges.status();
  for (const journal::MirroredRange& range : *ranges) {
    reached->mirror_end = std::max(reached->mirror_end, range.last_batch);
  }
  return reached;
}

}  // namespace envej::commands
