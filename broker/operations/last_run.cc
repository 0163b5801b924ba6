#include "broker/operations/last_run.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "broker/journal/commit_and_wait.h"
#include "broker/store/key_layout.h"

namespace envej::operations {

absl::Time RanUntil(const store::OrderedStore& store, absl::Time now) {
  return std::min(store.LastPersistedTime(), now);
}

// Only a batch that writes something carries a time: so what every store has is written again as it is.
absl::Status NoteEnd(store::OrderedStore& store, absl::Time now) {
  const absl::StatusOr<std::optional<std::string>> schema = store.Get(store::SchemaKey());
  if (!schema.ok()) return schema.status();
  if (!schema->has_value()) return absl::FailedPreconditionError("the store names no schema");
  store::Transition transition;
  transition.conditions.push_back({.key = store::SchemaKey(), .value = **schema});
  transition.mutations.push_back({.kind = store::Mutation::Kind::kPut, .key = store::SchemaKey(), .value = **schema});
  const store::Outcome outcome = journal::CommitAndWait(store, std::move(transition), now);
  if (outcome.kind == store::Outcome::Kind::kCommitted) return absl::OkStatus();
  return absl::UnavailableError("the store did not take until when the broker ran");
}

}  // namespace envej::operations
