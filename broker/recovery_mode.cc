#include "broker/recovery_mode.h"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "broker/store/batch_record.h"
#include "broker/store/key_layout.h"
#include "proto/contract/whole_microseconds.h"

namespace envej {

using journal::RecoveryMark;

std::string AcceptancePath(const std::string& data_directory) { return data_directory + "/recovery.accepted"; }

std::string AcceptanceOf(absl::string_view store_incarnation) {
  return absl::StrCat(absl::BytesToHexString(store_incarnation), "\n");
}

absl::Status RecoveryMode::Start() {
  absl::StatusOr<std::optional<RecoveryMark>> mark = journal::ReadRecoveryMark(parts_.store);
  if (!mark.ok()) return mark.status();
  const bool is_recovering = mark->has_value() && (*mark)->end == RecoveryMark::End::kNotYet;
  parts_.metrics.SetRecovering(is_recovering);
  if (!is_recovering) {
    std::error_code ignored;  // one that was taken up before a crash
    std::filesystem::remove(AcceptancePath(parts_.data_directory), ignored);
    return absl::OkStatus();
  }
  const absl::StatusOr<std::optional<std::string>> value = parts_.store.Get(store::HeadKey());
  if (!value.ok()) return value.status();
  const absl::StatusOr<store::BatchHead> head = store::DecodeBatchHead(value->value_or(""));
  if (!head.ok()) return head.status();
  mark_ = **std::move(mark);
  acceptance_ = AcceptanceOf(head->store_incarnation);
  began_ = parts_.clock.Elapsed();
  parts_.hold_pulls(true);
  parts_.log.Warning(
      "recovering",
      {{"reached_batch", static_cast<int64_t>(mark_.reached_batch)},
       {"known_end", static_cast<int64_t>(mark_.known_end)},
       {"missing", static_cast<int64_t>(mark_.missing)},
       {"next",
        mark_.wait.has_value()
            ? absl::StrCat("pulls are refused for ", absl::FormatDuration(*mark_.wait),
                           ", or until operations accept what is missing")
            : "pulls are refused until operations accept what is missing: envej-broker recovery status, accept"}});
  LookAgain();
  return absl::OkStatus();
}

void RecoveryMode::LookAgain() {
  parts_.scheduler.After(kLookEvery, [this] { Look(); });
}

void RecoveryMode::Look() {
  if (IsAccepted()) return End(RecoveryMark::End::kAccepted);
  if (mark_.wait.has_value() && parts_.clock.Elapsed() - began_ >= *mark_.wait) {
    return End(RecoveryMark::End::kAfterWaiting);
  }
  LookAgain();
}

bool RecoveryMode::IsAccepted() const {
  std::ifstream file(AcceptancePath(parts_.data_directory), std::ios::binary);
  if (!file.is_open()) return false;
  std::string text(acceptance_.size() + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  return text == acceptance_;
}

void RecoveryMode::End(RecoveryMark::End end) {
  RecoveryMark ended = mark_;
  ended.end = end;
  ended.ended_at = contract::WholeMicroseconds(parts_.clock.Now());
  store::Transition transition;
  transition.conditions.push_back({.key = store::RecoveryKey(), .value = journal::EncodeRecoveryMark(mark_)});
  transition.mutations.push_back(
      {.kind = store::Mutation::Kind::kPut, .key = store::RecoveryKey(), .value = journal::EncodeRecoveryMark(ended)});
  std::vector<store::Transition> transitions;
  transitions.push_back(std::move(transition));
  parts_.store.Commit(std::move(transitions), store::Durability::kSynced, ended.ended_at,
                      [this, end](const std::vector<store::Outcome>& outcomes) { Ended(outcomes.front(), end); });
}

void RecoveryMode::Ended(const store::Outcome& outcome, RecoveryMark::End end) {
  if (outcome.kind != store::Outcome::Kind::kCommitted) return LookAgain();
  mark_.end = end;
  parts_.hold_pulls(false);
  parts_.metrics.SetRecovering(false);
  parts_.log.Info("recovered", {{"by", end == RecoveryMark::End::kAccepted ? "operations" : "waiting"}});
  std::error_code ignored;  // the store says it too
  std::filesystem::remove(AcceptancePath(parts_.data_directory), ignored);
}

}  // namespace envej
