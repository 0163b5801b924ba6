#ifndef ENVEJ_BROKER_INBOX_PULL_QUEUE_H_
#define ENVEJ_BROKER_INBOX_PULL_QUEUE_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/inbox/content.h"
#include "broker/inbox/operation.h"
#include "broker/inbox/passed_over.h"
#include "broker/inbox/scheduler.h"
#include "broker/inbox/unreadable_reports.h"
#include "broker/mutex.h"
#include "broker/store/ordered_store.h"

namespace envej::inbox {

struct PullRequest {
  std::string municipality_code;
  std::string actor;  // fingerprint of the certificate with which it calls
  size_t max_notices = 1;
  size_t max_bytes = 1;  // of content; the first item is handed out even when it alone is larger
  absl::Duration wait;   // for the first item
  absl::Duration lease;
};

// One leased item.
struct PulledItem {
  store::ItemKey item;
  Record record;
  std::string content;
};

// How many pulls may wait for a first notice. Whatever waits elsewhere, an inbox at which none waits has a place for
// one; so no inbox can take all places of another.
struct PullBounds {
  size_t all = 1000;  // over all inboxes; those first ones count, and are let in beyond it
  size_t each_inbox = 100;
};

using PullDone = std::function<void(absl::StatusOr<std::vector<PulledItem>>)>;

// The pulls at each inbox, served one at a time in the order in which they came, oldest notices first.
//
// Each inbox remembers its head: no waiting notice has a key before it that can be handed out. A pull starts there, so
// that what was delivered before costs nothing; a hint of the store about an earlier key moves the head back.
//
// What is stored of an item may be damaged or missing. Such an item is passed over and told of (UnreadableReports); it
// stays waiting, is never leased, and keeps no other from being handed out. It is looked at again by the first pull
// that is served PassedOver::kLookAgain after it was passed over, or sooner when a hint moves the head back behind it.
// Beyond the items that it hands out, a pull looks at no more than kLooks before it lets others have the thread: it
// then goes on from there.
//
// A pull beyond the bounds is refused with BROKER_BUSY. One that does not wait (`wait` is zero) takes no waiting place:
// it is only behind those that are served before it, and at most as many of these as may wait are at each inbox.
//
// Thread safety: as Inboxes.
class PullQueue {
 public:
  static constexpr size_t kLooks = 100;

  PullQueue(store::OrderedStore& store, Operations& operations, Scheduler& scheduler, std::function<absl::Time()> now,
            const PullBounds& bounds, ContentCheck check, UnreadableReports& reports);
  ~PullQueue();

  uint64_t Pull(PullRequest request, PullDone done);
  // The pull is forgotten if it still waits; its callback is then called with CANCELLED.
  void Cancel(uint64_t handle);
  void Drain();
  // How many pulls wait, by municipality, where any does.
  std::map<std::string, size_t> Waiting();

 private:
  struct WaitingPull {
    uint64_t handle = 0;
    PullRequest request;
    PullDone done;
    bool goes_on = false;  // from where it was, past what it could not have
  };
  struct Inbox {
    std::string head;           // no waiting key before it, but those passed over
    std::string hint;           // the earliest key put since the scan under way began; empty if none
    bool busy = false;          // a scan or its leases are under way
    bool served_later = false;  // a task to serve it waits in the scheduler
    PassedOver passed_over;     // keys of items that could not be read
    std::deque<WaitingPull> pulls;
    size_t waiting = 0;  // not answered yet, and may wait for a notice
    size_t passing = 0;  // not answered yet, and may not
  };
  struct Pending {
    std::string municipality_code;
    bool over = false;      // answer as soon as nothing is found
    uint64_t deadline = 0;  // the task that says so; 0 if it does not wait
  };
  // A pull taken from its queue, and what was found for it.
  struct Serving {
    WaitingPull pull;
    std::vector<Operation> operations;
    std::vector<std::string> keys;      // the waiting key of each
    std::vector<std::string> contents;  // and its content
    std::string next;                   // no waiting key between the last of them and this, but those passed over
    bool more = false;                  // there may be waiting keys from there on
  };

  Inbox& InboxOf(const std::string& municipality_code) ENVEJ_REQUIRES(mutex_);
  void OnPut(absl::string_view waiting_key);
  void OnDeadline(uint64_t handle);
  bool HasPlace(const Inbox& inbox, bool waits) const ENVEJ_REQUIRES(mutex_);
  // Ends what is kept of a pull besides its place in the queue.
  void Forget(uint64_t handle) ENVEJ_REQUIRES(mutex_);
  void ServeLater(const std::string& municipality_code) ENVEJ_REQUIRES(mutex_);
  // Serves the first pull of the inbox, if nobody is at it: finds, leases, answers.
  void Serve(const std::string& municipality_code);
  absl::Status Find(const PullRequest& request, const std::string& head, Serving& serving);
  void PassOver(const std::string& municipality_code, const std::string& waiting_key, const absl::Status& why);
  void NothingFound(Serving& serving);
  void Leased(Serving& serving, std::vector<Result> results);
  // Nothing of what was looked at is to be had, and more may be.
  void GoOn(Serving& serving);
  void Answer(Serving& serving, const std::string& head, absl::StatusOr<std::vector<PulledItem>> answer);
  // The pull waits again, at the front; unless its caller went away or the queue drains: then it keeps its callback.
  Inbox& PutBack(Serving& serving, const std::string& head) ENVEJ_REQUIRES(mutex_);

  store::OrderedStore& store_;
  Operations& operations_;
  Scheduler& scheduler_;
  const std::function<absl::Time()> now_;
  const PullBounds bounds_;
  ContentReader contents_;
  UnreadableReports& reports_;
  std::atomic<uint64_t> next_token_{1};

  Mutex mutex_;
  std::map<std::string, Inbox> inboxes_ ENVEJ_GUARDED_BY(mutex_);
  std::map<uint64_t, Pending> pending_ ENVEJ_GUARDED_BY(mutex_);  // not answered yet, by handle
  size_t waiting_ ENVEJ_GUARDED_BY(mutex_) = 0;                   // at all inboxes
  uint64_t next_handle_ ENVEJ_GUARDED_BY(mutex_) = 1;
  bool draining_ ENVEJ_GUARDED_BY(mutex_) = false;
  std::function<void()> end_watch_;
};

}  // namespace envej::inbox

#endif  // ENVEJ_BROKER_INBOX_PULL_QUEUE_H_
