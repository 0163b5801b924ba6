#include "broker/inbox/pull_queue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/contract/rejection.h"

namespace envej::inbox {
namespace {

using contract::Reason;

// The earlier of two keys, where an empty one is none.
std::string Earlier(const std::string& key, const std::string& other) {
  return other.empty() ? key : std::min(key, other);
}

}  // namespace

PullQueue::PullQueue(store::OrderedStore& store, Operations& operations, Scheduler& scheduler,
                     std::function<absl::Time()> now, const PullBounds& bounds, ContentCheck check,
                     UnreadableReports& reports)
    : store_(store),
      operations_(operations),
      scheduler_(scheduler),
      now_(std::move(now)),
      bounds_(bounds),
      contents_(store, operations, std::move(check)),
      reports_(reports) {
  end_watch_ = store_.Watch(store::WaitingPrefix(), [this](absl::string_view key) { OnPut(key); });
}

PullQueue::~PullQueue() { end_watch_(); }

PullQueue::Inbox& PullQueue::InboxOf(const std::string& municipality_code) {
  Inbox& inbox = inboxes_[municipality_code];
  if (inbox.head.empty()) inbox.head = store::WaitingPrefix(municipality_code);
  return inbox;
}

bool PullQueue::HasPlace(const Inbox& inbox, bool waits) const {
  if (!waits) return inbox.passing < bounds_.each_inbox;
  return inbox.waiting == 0 || (inbox.waiting < bounds_.each_inbox && waiting_ < bounds_.all);
}

uint64_t PullQueue::Pull(PullRequest request, PullDone done) {
  const std::string municipality_code = request.municipality_code;
  const absl::Duration wait = request.wait;
  uint64_t handle = 0;
  bool draining = false;
  {
    MutexLock lock(mutex_);
    draining = draining_;
    Inbox& inbox = InboxOf(municipality_code);
    const bool waits = wait > absl::ZeroDuration();
    if (!draining && HasPlace(inbox, waits)) {
      handle = next_handle_++;
      Pending pending{.municipality_code = municipality_code, .over = !waits};
      if (waits) pending.deadline = scheduler_.After(wait, [this, handle] { OnDeadline(handle); });
      pending_.emplace(handle, std::move(pending));
      ++(waits ? inbox.waiting : inbox.passing);
      if (waits) ++waiting_;
      inbox.pulls.push_back({.handle = handle, .request = std::move(request), .done = done});
    }
  }
  if (handle == 0) {
    done(contract::Refusal(draining ? Reason::kBrokerStopping : Reason::kBrokerBusy));
    return 0;
  }
  Serve(municipality_code);
  return handle;
}

void PullQueue::Forget(uint64_t handle) {
  const auto pending = pending_.find(handle);
  if (pending == pending_.end()) return;
  Inbox& inbox = InboxOf(pending->second.municipality_code);
  if (pending->second.deadline != 0) {
    scheduler_.Cancel(pending->second.deadline);
    --inbox.waiting;
    --waiting_;
  } else {
    --inbox.passing;
  }
  pending_.erase(pending);
}

void PullQueue::OnDeadline(uint64_t handle) {
  std::string municipality_code;
  {
    MutexLock lock(mutex_);
    const auto pending = pending_.find(handle);
    if (pending == pending_.end()) return;
    pending->second.over = true;
    municipality_code = pending->second.municipality_code;
  }
  Serve(municipality_code);
}

void PullQueue::Cancel(uint64_t handle) {
  PullDone done;
  {
    MutexLock lock(mutex_);
    const auto pending = pending_.find(handle);
    if (pending == pending_.end()) return;
    Inbox& inbox = InboxOf(pending->second.municipality_code);
    const auto pull = std::find_if(inbox.pulls.begin(), inbox.pulls.end(),
                                   [&](const WaitingPull& waiting) { return waiting.handle == handle; });
    Forget(handle);
    if (pull == inbox.pulls.end()) return;  // being served: what it leases comes back when the leases run out
    done = std::move(pull->done);
    inbox.pulls.erase(pull);
  }
  done(absl::CancelledError("the caller went away"));
}

void PullQueue::Drain() {
  std::vector<PullDone> waiting;
  {
    MutexLock lock(mutex_);
    draining_ = true;
    for (auto& [code, inbox] : inboxes_) {
      for (WaitingPull& pull : inbox.pulls) {
        Forget(pull.handle);
        waiting.push_back(std::move(pull.done));
      }
      inbox.pulls.clear();
    }
  }
  for (const PullDone& done : waiting) done(contract::Refusal(Reason::kBrokerStopping));
}

std::map<std::string, size_t> PullQueue::Waiting() {
  std::map<std::string, size_t> waiting;
  MutexLock lock(mutex_);
  for (const auto& [code, inbox] : inboxes_) {
    if (inbox.waiting > 0) waiting.emplace(code, inbox.waiting);
  }
  return waiting;
}

void PullQueue::OnPut(absl::string_view waiting_key) {
  const absl::StatusOr<store::WaitingEntry> entry = store::ParseWaitingKey(waiting_key);
  if (!entry.ok()) return;
  const std::string& municipality_code = entry->item.notice.municipality_code;
  const std::string key(waiting_key);
  MutexLock lock(mutex_);
  Inbox& inbox = InboxOf(municipality_code);
  inbox.head = std::min(inbox.head, key);
  if (inbox.busy) inbox.hint = Earlier(key, inbox.hint);
  if (!inbox.busy && !inbox.pulls.empty()) ServeLater(municipality_code);
}

void PullQueue::ServeLater(const std::string& municipality_code) {
  Inbox& inbox = InboxOf(municipality_code);
  if (std::exchange(inbox.served_later, true)) return;
  scheduler_.After(absl::ZeroDuration(), [this, municipality_code] {
    {
      MutexLock lock(mutex_);
      InboxOf(municipality_code).served_later = false;
    }
    Serve(municipality_code);
  });
}

void PullQueue::Serve(const std::string& municipality_code) {
  auto serving = std::make_shared<Serving>();
  std::string head;
  const absl::Time now = now_();
  {
    MutexLock lock(mutex_);
    Inbox& inbox = InboxOf(municipality_code);
    if (inbox.busy || inbox.pulls.empty()) return;
    inbox.busy = true;
    inbox.hint.clear();
    serving->pull = std::move(inbox.pulls.front());
    inbox.pulls.pop_front();
    if (!serving->pull.goes_on) inbox.head = Earlier(inbox.head, inbox.passed_over.TakeDue(now));
    head = inbox.head;
  }
  const absl::Status found = Find(serving->pull.request, head, *serving);
  if (!found.ok()) {
    Answer(*serving, head, found);
  } else if (serving->operations.empty() && serving->more) {
    GoOn(*serving);
  } else if (serving->operations.empty()) {
    NothingFound(*serving);
  } else {
    operations_.Run(serving->operations, now_(),
                    [this, serving](std::vector<Result> results) { Leased(*serving, std::move(results)); });
  }
}

absl::Status PullQueue::Find(const PullRequest& request, const std::string& head, Serving& serving) {
  const std::string end = store::EndOfPrefix(store::WaitingPrefix(request.municipality_code));
  const absl::Time expires_at = now_() + request.lease;
  size_t bytes = 0;
  size_t looks = 0;
  serving.next = head;
  do {
    const size_t wanted = std::min(request.max_notices - serving.operations.size(), kLooks - looks);
    const absl::StatusOr<store::ScanResult> scan = store_.Scan({.from = serving.next, .to = end, .entries = wanted});
    if (!scan.ok()) return scan.status();
    for (const store::KeyValue& waiting : scan->entries) {
      const absl::StatusOr<store::WaitingEntry> entry = store::ParseWaitingKey(waiting.key);
      absl::StatusOr<std::optional<std::string>> content =
          entry.ok() ? contents_.Read(waiting.key, *entry) : entry.status();
      if (IsUnreadable(content.status())) PassOver(request.municipality_code, waiting.key, content.status());
      if (!content.ok() && !IsUnreadable(content.status())) return content.status();
      if (!content.ok() || !content->has_value()) {
        ++looks;
        continue;
      }
      bytes += (*content)->size();
      if (!serving.operations.empty() && bytes > request.max_bytes) {
        serving.next = waiting.key;
        return absl::OkStatus();
      }
      std::string token = absl::StrCat(store_.StartEpoch(), "-", next_token_.fetch_add(1));
      serving.operations.push_back(
          {.notice = entry->item.notice,
           .happening =
               TakeLease{.revision = entry->item.revision, .token = std::move(token), .expires_at = expires_at},
           .actor = request.actor,
           .keep = nullptr});
      serving.keys.push_back(waiting.key);
      serving.contents.push_back(**std::move(content));
    }
    serving.more = scan->more;
    serving.next = scan->more ? store::KeyAfter(scan->entries.back().key) : end;
  } while (serving.more && serving.operations.size() < request.max_notices && looks < kLooks);
  return absl::OkStatus();
}

void PullQueue::PassOver(const std::string& municipality_code, const std::string& waiting_key,
                         const absl::Status& why) {
  const absl::StatusOr<store::WaitingEntry> entry = store::ParseWaitingKey(waiting_key);
  const absl::Time now = now_();
  {
    MutexLock lock(mutex_);
    InboxOf(municipality_code).passed_over.Add(waiting_key, now);
  }
  reports_.Tell(entry.ok() ? std::optional(entry->item) : std::nullopt, why, now);
}

void PullQueue::NothingFound(Serving& serving) {
  std::vector<PullDone> over;
  {
    MutexLock lock(mutex_);
    Inbox& inbox = PutBack(serving, serving.next);
    if (inbox.hint.empty()) {
      const auto first_over = std::stable_partition(
          inbox.pulls.begin(), inbox.pulls.end(),
          [&](const WaitingPull& pull) ENVEJ_REQUIRES(mutex_) { return !pending_.at(pull.handle).over; });
      for (auto pull = first_over; pull != inbox.pulls.end(); ++pull) {
        Forget(pull->handle);
        over.push_back(std::move(pull->done));
      }
      inbox.pulls.erase(first_over, inbox.pulls.end());
    } else {
      ServeLater(serving.pull.request.municipality_code);  // something came in meanwhile
    }
    if (serving.pull.done) over.push_back(std::move(serving.pull.done));
  }
  for (const PullDone& done : over) done(std::vector<PulledItem>());
}

void PullQueue::Leased(Serving& serving, std::vector<Result> results) {
  const std::string& municipality_code = serving.pull.request.municipality_code;
  std::vector<PulledItem> items;
  std::string head = serving.next;
  absl::Status failure;
  for (size_t index = results.size(); index-- > 0;) {
    if (const absl::Status why = WhyUnreadable(results[index]); !why.ok()) {
      PassOver(municipality_code, serving.keys[index], why);
    } else if (!results[index].status.ok()) {
      head = serving.keys[index];  // still waits there
      failure = results[index].status;
    }
  }
  for (size_t index = 0; index < results.size(); ++index) {
    if (!results[index].changed) continue;
    const store::NoticeKey& notice = serving.operations[index].notice;
    items.push_back({.item = {.notice = notice, .revision = results[index].record.newest.revision},
                     .record = std::move(results[index].record),
                     .content = std::move(serving.contents[index])});
  }
  if (!items.empty()) {
    Answer(serving, head, std::move(items));
  } else if (!failure.ok()) {
    Answer(serving, head, failure);
  } else {
    GoOn(serving);
  }
}

void PullQueue::GoOn(Serving& serving) {
  PullDone gone;
  {
    MutexLock lock(mutex_);
    Inbox& inbox = PutBack(serving, serving.next);
    if (!serving.pull.done) inbox.pulls.front().goes_on = true;
    ServeLater(serving.pull.request.municipality_code);
    gone = std::move(serving.pull.done);
  }
  if (gone) gone(contract::Refusal(Reason::kBrokerStopping));  // or the caller went away, and does not hear it
}

void PullQueue::Answer(Serving& serving, const std::string& head, absl::StatusOr<std::vector<PulledItem>> answer) {
  {
    MutexLock lock(mutex_);
    Inbox& inbox = InboxOf(serving.pull.request.municipality_code);
    inbox.busy = false;
    inbox.head = Earlier(head, inbox.hint);
    Forget(serving.pull.handle);
    if (!inbox.pulls.empty()) ServeLater(serving.pull.request.municipality_code);
  }
  serving.pull.done(std::move(answer));
}

PullQueue::Inbox& PullQueue::PutBack(Serving& serving, const std::string& head) {
  Inbox& inbox = InboxOf(serving.pull.request.municipality_code);
  inbox.busy = false;
  inbox.head = Earlier(head, inbox.hint);
  if (!draining_ && pending_.contains(serving.pull.handle)) {
    WaitingPull& waiting = inbox.pulls.emplace_front();
    waiting.handle = serving.pull.handle;
    waiting.request = serving.pull.request;
    waiting.done = std::exchange(serving.pull.done, nullptr);
  } else {
    Forget(serving.pull.handle);
  }
  return inbox;
}

}  // namespace envej::inbox
