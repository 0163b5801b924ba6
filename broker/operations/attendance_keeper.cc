#include "broker/operations/attendance_keeper.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "broker/journal/commit_and_wait.h"
#include "broker/operations/attendance_record.h"
#include "broker/store/key_layout.h"

namespace envej::operations {
namespace {

store::Transition Storing(const std::string& record) {
  store::Transition transition;
  transition.mutations.push_back({.kind = store::Mutation::Kind::kPut, .key = store::AttendanceKey(), .value = record});
  return transition;
}

absl::Status StatusOf(const store::Outcome& outcome) {
  if (outcome.kind == store::Outcome::Kind::kCommitted) return absl::OkStatus();
  return absl::UnavailableError("the store did not take who called");
}

}  // namespace

AttendanceKeeper::AttendanceKeeper(Parts parts) : parts_(std::move(parts)) {}

absl::Status AttendanceKeeper::Restore(absl::Time now) {
  absl::StatusOr<std::optional<std::string>> stored = parts_.store.Get(store::AttendanceKey());
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) return absl::OkStatus();
  const absl::StatusOr<KeptAttendance> kept = DecodeAttendance(**stored);
  if (!kept.ok()) return kept.status();
  parts_.attendance.Restore(*kept, now);
  kept_ = **std::move(stored);
  return absl::OkStatus();
}

void AttendanceKeeper::Start() { Next(); }

void AttendanceKeeper::Next() {
  parts_.scheduler.After(kEvery, [this] { Round(); });
}

// The next round is begun by the end of this one, so that never more than one commit waits in a store that hangs.
void AttendanceKeeper::Round() {
  std::string record = EncodeAttendance(parts_.attendance.ToKeep());
  if (record == kept_) return Next();
  std::vector<store::Transition> transitions;
  transitions.push_back(Storing(record));
  parts_.store.Commit(std::move(transitions), store::Durability::kSynced, parts_.store.LastPersistedTime(),
                      [this, record = std::move(record)](const std::vector<store::Outcome>& outcomes) {
                        const absl::Status status = StatusOf(outcomes.front());
                        if (status.ok()) kept_ = record;
                        if (!status.ok()) parts_.not_kept(status);
                        Next();
                      });
}

absl::Status AttendanceKeeper::Keep() {
  return StatusOf(journal::CommitAndWait(parts_.store, Storing(EncodeAttendance(parts_.attendance.ToKeep()))));
}

}  // namespace envej::operations
