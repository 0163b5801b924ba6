#include "broker/inbox/due_watch.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "broker/inbox/content.h"

namespace envej::inbox {

DueWatch::DueWatch(store::OrderedStore& store, Operations& operations, Scheduler& scheduler,
                   std::function<absl::Time()> now, UnreadableReports& reports, LateReport late)
    : store_(store),
      operations_(operations),
      scheduler_(scheduler),
      now_(std::move(now)),
      reports_(reports),
      late_(std::move(late)),
      from_(store::DuePrefix()) {
  end_watch_ = store_.Watch(store::DuePrefix(), [this](absl::string_view key) { OnPut(key); });
}

DueWatch::~DueWatch() { end_watch_(); }

void DueWatch::Start() { Look(); }

void DueWatch::OnPut(absl::string_view due_key) {
  const std::string key(due_key);
  MutexLock lock(mutex_);
  from_ = std::min(from_, key);
  hint_ = hint_.empty() ? key : std::min(hint_, key);
}

void DueWatch::Look() {
  const absl::Time now = now_();
  std::string from;
  {
    MutexLock lock(mutex_);
    if (const std::string again = passed_over_.TakeDue(now); !again.empty()) from_ = std::min(from_, again);
    from = from_;
    hint_.clear();
  }
  auto found = std::make_shared<Found>(Find(from, now));
  operations_.Run(found->operations, now,
                  [this, found](const std::vector<Result>& results) { Settle(*found, results); });
}

DueWatch::Found DueWatch::Find(const std::string& from, absl::Time now) {
  const std::string to = store::DueUpTo(now);
  const absl::StatusOr<store::ScanResult> scan = store_.Scan({.from = from, .to = to, .entries = kBatch});
  if (!scan.ok()) return {.keys = {}, .operations = {}, .next = from};
  Found found{.keys = {},
              .operations = {},
              .next = scan->more ? store::KeyAfter(scan->entries.back().key) : to,
              .more = scan->more};
  for (const store::KeyValue& due : scan->entries) {
    const absl::StatusOr<store::DueEntry> entry = store::ParseDueKey(due.key);
    if (!entry.ok()) {
      PassOver(due.key, entry.status());
      continue;
    }
    found.keys.push_back(due.key);
    found.operations.push_back({.notice = entry->notice, .happening = PassTime{}, .keep = nullptr});
  }
  return found;
}

void DueWatch::Settle(const Found& found, const std::vector<Result>& results) {
  std::string next = found.next;
  bool failed = false;
  for (size_t index = results.size(); index-- > 0;) {
    if (const absl::Status why = WhyUnreadable(results[index]); !why.ok()) {
      PassOver(found.keys[index], why);
    } else if (!results[index].status.ok()) {
      next = found.keys[index];  // still to be done
      failed = true;
    } else if (results[index].changed && late_) {
      Tell(found.operations[index], results[index]);
    }
  }
  {
    MutexLock lock(mutex_);
    from_ = hint_.empty() ? next : std::min(next, hint_);
  }
  scheduler_.After(found.more && !failed ? absl::ZeroDuration() : kInterval, [this] { Look(); });
}

void DueWatch::Tell(const Operation& operation, const Result& result) const {
  for (const Decision::Told& told : result.told) {
    if (told.type == journal::EventType::kLeaseExpired) continue;
    late_({.item = {.notice = operation.notice, .revision = result.record.newest.revision}, .told = told});
  }
}

void DueWatch::PassOver(const std::string& due_key, const absl::Status& why) {
  const absl::StatusOr<store::DueEntry> entry = store::ParseDueKey(due_key);
  const absl::Time now = now_();
  {
    MutexLock lock(mutex_);
    passed_over_.Add(due_key, now);
  }
  reports_.Tell(entry.ok() ? std::optional(store::ItemKey{.notice = entry->notice}) : std::nullopt, why, now);
}

}  // namespace envej::inbox
