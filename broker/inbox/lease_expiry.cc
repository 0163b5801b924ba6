#include "broker/inbox/lease_expiry.h"

#include <algorithm>
#include <utility>

namespace envej::inbox {

LeaseExpiry::LeaseExpiry(store::OrderedStore& store, Operations& operations, Scheduler& scheduler,
                         std::function<absl::Time()> now)
    : store_(store),
      operations_(operations),
      scheduler_(scheduler),
      now_(std::move(now)),
      from_(store::LeasedPrefix()) {
  end_watch_ = store_.Watch(store::LeasedPrefix(), [this](absl::string_view key) { OnPut(key); });
}

LeaseExpiry::~LeaseExpiry() { end_watch_(); }

void LeaseExpiry::Start() { Look(); }

void LeaseExpiry::OnPut(absl::string_view leased_key) {
  const std::string key(leased_key);
  MutexLock lock(mutex_);
  from_ = std::min(from_, key);
  hint_ = hint_.empty() ? key : std::min(hint_, key);
}

void LeaseExpiry::Look() {
  const absl::Time now = now_();
  const std::string to = store::LeasedUpTo(now);
  std::string from;
  {
    MutexLock lock(mutex_);
    from = from_;
    hint_.clear();
  }
  const absl::StatusOr<store::ScanResult> scan = store_.Scan({.from = from, .to = to, .entries = kBatch});
  std::vector<Operation> operations;
  if (scan.ok()) {
    for (const store::KeyValue& leased : scan->entries) {
      const absl::StatusOr<store::LeasedEntry> entry = store::ParseLeasedKey(leased.key);
      if (!entry.ok()) continue;
      operations.push_back({.notice = entry->item.notice, .happening = ExpireLease{}, .content = {}});
    }
  }
  const bool more = scan.ok() && scan->more;
  const std::string next = !scan.ok() ? from : more ? scan->entries.back().key : to;
  operations_.Run(std::move(operations), now, [this, from, next, more](std::vector<Result> results) {
    const bool all = std::all_of(results.begin(), results.end(), [](const Result& result) { return result.status.ok(); });
    {
      MutexLock lock(mutex_);
      from_ = all ? next : from;
      if (!hint_.empty()) from_ = std::min(from_, hint_);
    }
    scheduler_.After(all && more ? absl::ZeroDuration() : kInterval, [this] { Look(); });
  });
}

}  // namespace envej::inbox
