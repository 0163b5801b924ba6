#include "tests/simulation/faulty_store.h"

#include <algorithm>
#include <utility>

#include "tests/simulation/row_of.h"

namespace envej::simulation {

using store::Outcome;

absl::Status FaultyStore::ReadFault() {
  if (!failing_read_.has_value() || (*failing_read_)-- > 0) return absl::OkStatus();
  failing_read_.reset();
  coverage_.Count("reads failed outside of a commit");
  return absl::UnavailableError("a read failed");
}

absl::StatusOr<std::optional<std::string>> FaultyStore::Get(absl::string_view key) {
  if (absl::Status fault = ReadFault(); !fault.ok()) return fault;
  return medium_.store().Get(key);
}

absl::StatusOr<store::ScanResult> FaultyStore::Scan(const store::ScanRange& range) {
  if (absl::Status fault = ReadFault(); !fault.ok()) return fault;
  return medium_.store().Scan(range);
}

void FaultyStore::Commit(std::vector<store::Transition> transitions, store::Durability durability, absl::Time now,
                         CommitCallback done) {
  Waiting waiting;
  for (const store::Transition& transition : transitions) waiting.rows.push_back(RowsOf(transition));
  waiting.commit = {
      .transitions = std::move(transitions), .durability = durability, .now = now, .done = std::move(done)};
  if (failed_) return waiting.commit.done(store::SameOutcome(waiting.commit, Outcome::Kind::kIndeterminate));
  queue_.push_back(std::move(waiting));
}

std::function<void()> FaultyStore::Watch(absl::string_view prefix, std::function<void(absl::string_view key)> put) {
  return medium_.store().Watch(prefix, std::move(put));
}

bool FaultyStore::Step(size_t commits) {
  if (queue_.empty() || failed_) return false;
  std::vector<Waiting> gathered;
  while (!queue_.empty() && gathered.size() < commits) {
    gathered.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  const Fault fault = FaultFor(gathered);
  switch (fault) {
    case Fault::kCrashBeforeCommit:
      Count(gathered, fault);
      must_lose_power_ = Remains::kAll;
      failed_ = true;
      break;
    case Fault::kRefused:
      TurnAway(gathered, Outcome::Kind::kRefused);
      break;
    case Fault::kRace:
      TurnAway(gathered, Outcome::Kind::kConditionFailed);
      break;
    case Fault::kCrashBeforeSync:
    case Fault::kTorn:
    case Fault::kCrashAfterSync:
    case Fault::kReadFails:
    case Fault::kWriteFails:
    case Fault::kSyncFails:
      Fail(gathered, fault);
      break;
    default:
      Carry(gathered, fault);
  }
  return true;
}

Fault FaultyStore::FaultFor(const std::vector<Waiting>& gathered) {
  if (!armed_.has_value()) return Fault::kNone;
  const bool is_met = std::any_of(gathered.begin(), gathered.end(), [&](const Waiting& waiting) {
    return std::any_of(waiting.rows.begin(), waiting.rows.end(), [&](const std::vector<Row>& rows) {
      return std::find(rows.begin(), rows.end(), armed_->row) != rows.end();
    });
  });
  if (!is_met) return Fault::kNone;
  met_ = std::exchange(armed_, std::nullopt);
  return met_->fault;
}

void FaultyStore::TurnAway(std::vector<Waiting>& gathered, Outcome::Kind kind) {
  Count(gathered, kind == Outcome::Kind::kRefused ? Fault::kRefused : Fault::kRace);
  for (Waiting& waiting : gathered) waiting.commit.done(store::SameOutcome(waiting.commit, kind));
}

void FaultyStore::Fail(std::vector<Waiting>& gathered, Fault fault) {
  Count(gathered, fault);
  switch (fault) {
    case Fault::kReadFails:
      medium_.FailNext(Failing::kRead);
      break;
    case Fault::kWriteFails:
      medium_.FailNext(Failing::kWrite);
      break;
    case Fault::kCrashAfterSync:
      medium_.FailNext(Failing::kAnswer);
      must_lose_power_ = Remains::kAll;
      break;
    case Fault::kCrashBeforeSync:
      medium_.FailNext(Failing::kSync);
      must_lose_power_ = Remains::kNothing;
      break;
    case Fault::kTorn:
      medium_.FailNext(Failing::kSync);
      must_lose_power_ = Remains::kSome;
      break;
    default:
      medium_.FailNext(Failing::kSync);
  }
  loses_answers_ = must_lose_power_.has_value();
  failed_ = true;
  std::vector<store::PendingCommit> commits;
  for (Waiting& waiting : gathered) commits.push_back(std::move(waiting.commit));
  medium_.Carry(std::move(commits));
  if (must_lose_power_.has_value()) return;
  while (!queue_.empty()) {
    store::PendingCommit commit = std::move(queue_.front().commit);
    queue_.pop_front();
    commit.done(store::SameOutcome(commit, Outcome::Kind::kIndeterminate));
  }
}

void FaultyStore::Carry(std::vector<Waiting>& gathered, Fault fault) {
  bool is_synced = false;
  bool is_changed = false;
  std::vector<Row> carried;
  std::vector<store::PendingCommit> commits;
  ++carried_;
  loses_answers_ = fault == Fault::kAnswerLost;
  for (Waiting& waiting : gathered) {
    is_synced = is_synced || waiting.commit.durability == store::Durability::kSynced;
    store::PendingCommit& commit = commits.emplace_back(std::move(waiting.commit));
    commit.done = [&, rows = std::move(waiting.rows), done = std::move(commit.done)](std::vector<Outcome> outcomes) {
      for (size_t place = 0; place < outcomes.size(); ++place) {
        if (outcomes[place].kind == Outcome::Kind::kConditionFailed) Count(rows[place], Fault::kRace);
        if (outcomes[place].kind != Outcome::Kind::kCommitted) continue;
        is_changed = true;
        carried.insert(carried.end(), rows[place].begin(), rows[place].end());
      }
      done(std::move(outcomes));
    };
  }
  medium_.Carry(std::move(commits));
  loses_answers_ = false;
  coverage_.Count("batches");
  Count(carried, clock_);
  if (fault == Fault::kAnswerLost) {
    std::erase_if(carried, [](Row row) { return !WhyNever(row, Fault::kAnswerLost).empty(); });
    Count(carried, fault);
    // What it was to meet may have come to nothing.
    if (std::find(carried.begin(), carried.end(), met_->row) == carried.end()) armed_ = met_;
  }
  if (is_synced && is_changed) {
    durable_ = carried_;
    unsynced_.clear();
    return;
  }
  unsynced_.insert(unsynced_.end(), carried.begin(), carried.end());
  if (fault == Fault::kForgotten) {
    must_lose_power_ = Remains::kNothing;
    failed_ = true;
  }
}

absl::Status FaultyStore::LosePower(Remains remains, Random& random) {
  for (const Waiting& waiting : queue_) {
    for (const std::vector<Row>& rows : waiting.rows) Count(rows, Fault::kCrashBeforeCommit);
  }
  if (remains == Remains::kNothing) Count(unsynced_, Fault::kForgotten);
  BeginAnew();
  return medium_.LosePower(remains, random);
}

absl::Status FaultyStore::Restore(const Copy& copy, const Restoring& restoring) {
  BeginAnew();
  return medium_.Restore(copy, restoring);
}

void FaultyStore::BeginAnew() {
  queue_.clear();
  unsynced_.clear();
  must_lose_power_.reset();
  failing_read_.reset();
  failed_ = false;
  loses_answers_ = false;
  durable_ = carried_;
}

void FaultyStore::Count(const std::vector<Waiting>& gathered, Fault fault) {
  for (const Waiting& waiting : gathered) {
    for (const std::vector<Row>& rows : waiting.rows) Count(rows, fault);
  }
}

void FaultyStore::Count(const std::vector<Row>& rows, Fault fault) {
  for (const Row row : rows) coverage_.Count(row, fault);
}

}  // namespace envej::simulation
