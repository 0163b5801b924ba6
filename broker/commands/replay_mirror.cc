#include "broker/commands/replay_mirror.h"

#include <algorithm>
#include <vector>

#include "broker/journal/journal_source.h"
#include "broker/journal/mirror_folder.h"

namespace envej::commands {

absl::StatusOr<Reached> ReplayMirror(store::OfflineStore& store, const store::BatchHead& from,
                                     const std::string& folder, const journal::CheckSignatureFunction& check,
                                     absl::Time now) {
  absl::StatusOr<Reached> reached = ReplayJournal(
      store, from, [&folder] { return journal::SourceOfMirror(folder); }, check, now);
  if (!reached.ok()) return reached;
  const absl::StatusOr<std::vector<journal::MirroredRange>> ranges = journal::ListCheckpoints(folder);
  if (!ranges.ok()) return ranges.status();
  for (const journal::MirroredRange& range : *ranges) {
    reached->mirror_end = std::max(reached->mirror_end, range.last_batch);
  }
  return reached;
}

}  // namespace envej::commands
