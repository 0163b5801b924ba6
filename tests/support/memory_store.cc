#include "tests/support/memory_store.h"

#include <utility>

#include "absl/status/status.h"
#include "broker/store/key_layout.h"

namespace envej::store {
namespace {

constexpr absl::string_view kIncarnation = "memory-store-000";
static_assert(kIncarnation.size() == kIncarnationBytes);

}  // namespace

MemoryStore::MemoryStore(MemoryStoreMode mode, absl::string_view broker)
    : mode_(mode), broker_(broker), head_(FirstHead(kIncarnation)) {}

absl::StatusOr<std::optional<std::string>> MemoryStore::Get(absl::string_view key) {
  if (absl::Status health = Health(); !health.ok()) return health;
  const auto entry = state_.find(std::string(key));
  if (entry == state_.end()) return std::optional<std::string>();
  return std::optional<std::string>(entry->second);
}

absl::StatusOr<ScanResult> MemoryStore::Scan(const ScanRange& range) {
  if (absl::Status health = Health(); !health.ok()) return health;
  ScanResult result;
  size_t bytes = 0;
  for (auto entry = state_.lower_bound(range.from); entry != state_.end() && entry->first < range.to; ++entry) {
    bytes += entry->first.size() + entry->second.size();
    const bool full = result.entries.size() >= range.entries || (!result.entries.empty() && bytes > range.bytes);
    if (full) {
      result.more = true;
      break;
    }
    result.entries.push_back(KeyValue{.key = entry->first, .value = entry->second});
  }
  return result;
}

void MemoryStore::Commit(std::vector<Transition> transitions, Durability durability, absl::Time now,
                         CommitCallback done) {
  PendingCommit commit{
      .transitions = std::move(transitions), .durability = durability, .now = now, .done = std::move(done)};
  if (failed_) return commit.done(SameOutcome(commit, Outcome::Kind::kIndeterminate));
  if (commit.transitions.size() > kCommitTransitions) {
    return commit.done(SameOutcome(commit, Outcome::Kind::kRefused));
  }
  queue_.push_back(std::move(commit));
  if (mode_ == MemoryStoreMode::kStepped || running_) return;
  running_ = true;
  while (Step(1)) {
  }
  running_ = false;
}

std::function<void()> MemoryStore::Watch(absl::string_view prefix, std::function<void(absl::string_view key)> put) {
  return watches_.Add(prefix, std::move(put));
}

absl::Time MemoryStore::LastPersistedTime() const { return head_.time; }
uint64_t MemoryStore::LastDurableBatch() const {
  return unsynced_.empty() ? head_.batch : unsynced_.front().head_before.batch;
}
uint64_t MemoryStore::StartEpoch() const { return epoch_; }

bool MemoryStore::Step(size_t commits) {
  std::vector<PendingCommit> gathered;
  size_t transitions = 0;
  while (!queue_.empty() && gathered.size() < commits) {
    transitions += queue_.front().transitions.size();
    if (!gathered.empty() && transitions > kCommitTransitions) break;
    gathered.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  if (gathered.empty()) return false;
  RunBatch(std::move(gathered));
  return true;
}

void MemoryStore::RunBatch(std::vector<PendingCommit> commits) {
  const std::optional<BatchFault> fault = std::exchange(fault_, std::nullopt);
  const ReadFunction read = [&](absl::string_view key) -> absl::StatusOr<std::optional<std::string>> {
    if (fault == BatchFault::kRead) return absl::UnavailableError("a read failed");
    return Get(key);
  };
  absl::StatusOr<Batch> batch = BuildBatch(read, head_, broker_, commits);
  if (failed_ || fault.has_value() || !batch.ok()) {
    if (batch.ok() && (fault == BatchFault::kSync || fault == BatchFault::kAnswer)) {
      batch->synced = fault == BatchFault::kAnswer;
      Apply(*batch);
    }
    failed_ = true;
    for (PendingCommit& commit : commits) commit.done(SameOutcome(commit, Outcome::Kind::kIndeterminate));
    return;
  }
  Apply(*batch);
  watches_.Notify(batch->writes);
  for (size_t index = 0; index < commits.size(); ++index) commits[index].done(std::move(batch->outcomes[index]));
}

void MemoryStore::Apply(const Batch& batch) {
  if (batch.writes.empty()) return;
  Unsynced undo{.changes = {}, .head_before = head_};
  for (const BatchWrite& write : batch.writes) {
    const auto entry = state_.find(write.key);
    undo.changes.push_back(Change{
        .key = write.key, .before = entry == state_.end() ? std::nullopt : std::optional<std::string>(entry->second)});
    if (write.value) {
      state_.insert_or_assign(write.key, *write.value);
    } else if (entry != state_.end()) {
      state_.erase(entry);
    }
  }
  unsynced_.push_back(std::move(undo));
  head_ = batch.head;
  if (batch.synced) unsynced_.clear();
}

void MemoryStore::Damage(const std::string& key, const std::optional<std::string>& value) {
  if (value.has_value()) {
    state_.insert_or_assign(key, *value);
  } else {
    state_.erase(key);
  }
}

void MemoryStore::Crash(size_t unsynced_kept) {
  queue_.clear();
  watches_.Clear();
  fault_.reset();
  failed_ = false;
  while (unsynced_.size() > unsynced_kept) {
    const Unsynced& undo = unsynced_.back();
    for (const Change& change : undo.changes) {
      if (change.before) {
        state_.insert_or_assign(change.key, *change.before);
      } else {
        state_.erase(change.key);
      }
    }
    head_ = undo.head_before;
    unsynced_.pop_back();
  }
  unsynced_.clear();
  ++epoch_;
}

absl::Status MemoryStore::Become(std::map<std::string, std::string> entries) {
  Crash();
  state_.clear();
  state_.insert(entries.begin(), entries.end());
  const absl::StatusOr<BatchHead> head = DecodeBatchHead(entries[HeadKey()]);
  if (!head.ok()) return head.status();
  const absl::StatusOr<uint64_t> epoch = DecodeEpoch(entries[EpochKey()]);
  if (!epoch.ok()) return epoch.status();
  head_ = *head;
  epoch_ = *epoch + 1;
  return absl::OkStatus();
}

absl::Status MemoryStore::Health() const {
  if (failed_) return absl::UnavailableError("a write failed; the store must be opened again");
  return absl::OkStatus();
}

}  // namespace envej::store
