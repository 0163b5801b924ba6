#ifndef ENVEJ_BROKER_WIRE_JOURNAL_WATCHES_H_
#define ENVEJ_BROKER_WIRE_JOURNAL_WATCHES_H_

#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "broker/inbox/inboxes.h"
#include "broker/inbox/scheduler.h"
#include "broker/mutex.h"
#include "broker/wire/caller.h"
#include "broker/wire/refusals.h"
#include "broker/wire/watch_place.h"
#include "proto/contract/rejection.h"

namespace envej::wire {

// What bounds the streams of one kind.
struct WatchBounds {
  size_t all = 1000;
  size_t each = 50;  // of one participant
};

// Streams that tell what the journal records, to many readers. A stream reads the journal as fast as its reader takes
// it, and looks again for what is new five times a second; it keeps nothing but its place there. `Response` is a
// message with a resume_token and begins_anew. Thread-safe.
template <typename Response>
class JournalWatches {
 public:
  static constexpr absl::Duration kInterval = absl::Milliseconds(200);
  // After so long without anything to tell, a stream tells its token alone: so that the next one need not read it
  // again.
  static constexpr absl::Duration kQuiet = absl::Seconds(30);

  using Reactor = grpc::ServerWriteReactor<Response>;

  // What one stream tells.
  struct Telling {
    std::function<journal::EventFilter()> filter;  // as it is when it is asked
    std::function<void(const journal::Event& event, uint64_t batch, Response& answer)> add;
    bool token_at_once = false;  // the first answer does not wait for anything to tell
  };

  // All must outlive it; the scheduler is stopped before it ends, and no stream is left.
  JournalWatches(inbox::Inboxes& inboxes, inbox::Scheduler& scheduler, const Refusals& refusals, const Clock& clock,
                 const WatchBounds& bounds = {})
      : inboxes_(inboxes), scheduler_(scheduler), refusals_(refusals), clock_(clock), bounds_(bounds) {}
  JournalWatches(const JournalWatches&) = delete;
  JournalWatches& operator=(const JournalWatches&) = delete;

  // Call once.
  void Start() {
    scheduler_.After(kInterval, [this] { Look(); });
  }

  // Ends all streams with BROKER_STOPPING, and takes no more.
  void End() {
    const MutexLock lock(mutex_);
    ended_ = true;
    for (Watcher* const watcher : watchers_) {
      watcher->End(refusals_.OfEntry(contract::Refusal(contract::Reason::kBrokerStopping)));
    }
  }

  // A stream that ends at once.
  static Reactor* Refuse(const grpc::Status& status) { return new Watcher(status); }

  // A stream for a caller who may have one. Refused: WATCH_TOKEN_INVALID, BROKER_BUSY, BROKER_STOPPING.
  Reactor* Watch(const Caller& caller, const std::string& resume_token, WatchFrom from, Telling telling) {
    absl::StatusOr<WatchPlace> place = FindWatchPlace(inboxes_, resume_token, from);
    if (!place.ok()) return Refuse(refusals_.OfCall(caller, place.status()));
    const MutexLock lock(mutex_);
    if (ended_) return Refuse(refusals_.OfCall(caller, contract::Refusal(contract::Reason::kBrokerStopping)));
    size_t& of_participant = of_participant_[caller.identity.code];
    if (watchers_.size() >= bounds_.all || of_participant >= bounds_.each) {
      return Refuse(refusals_.OfCall(caller, contract::Refusal(contract::Reason::kBrokerBusy)));
    }
    ++of_participant;
    auto* const watcher = new Watcher(*this, caller, *std::move(place), std::move(telling));
    watchers_.insert(watcher);
    watcher->Look();
    return watcher;
  }

 private:
  // One stream. Deletes itself when gRPC is done with it. Guarded by the watches' lock but for gRPC's callbacks.
  class Watcher final : public Reactor {
   public:
    // Ends at once: the watch is refused.
    explicit Watcher(const grpc::Status& refused) : watches_(nullptr) { this->Finish(refused); }
    Watcher(JournalWatches& watches, const Caller& caller, WatchPlace place, Telling telling)
        : watches_(&watches),
          caller_(caller),
          token_(std::move(place.token)),
          telling_(std::move(telling)),
          begins_anew_(place.begins_anew),
          told_at_(telling_.token_at_once ? -absl::InfiniteDuration() : watches.clock_.Elapsed()) {}

    // Tells what is new, unless what was told before is still on its way.
    void Look() {
      if (writing_ || ended_) return;
      const absl::StatusOr<journal::Changes> changes =
          watches_->inboxes_.ReadEvents(telling_.filter(), token_.next_batch);
      if (!changes.ok()) return End(watches_->refusals_.OfCall(*caller_, changes.status()));
      token_.next_batch = changes->next_batch;
      begins_anew_ = begins_anew_ || changes->begins_later;
      const absl::Duration now = watches_->clock_.Elapsed();
      if (changes->events.empty() && !begins_anew_ && now - told_at_ < kQuiet) {
        if (changes->more) LookSoon();
        return;
      }
      answer_.Clear();
      for (size_t index = 0; index < changes->events.size(); ++index) {
        telling_.add(changes->events[index], changes->batches[index], answer_);
      }
      answer_.set_resume_token(EncodeWatchToken(token_));
      answer_.set_begins_anew(std::exchange(begins_anew_, false));
      told_at_ = now;
      writing_ = true;
      this->StartWrite(&answer_);
    }

    void End(const grpc::Status& status) {
      if (std::exchange(ended_, true)) return;
      this->Finish(status);
    }

    void OnWriteDone(bool sent) override {
      const MutexLock lock(watches_->mutex_);
      writing_ = false;
      if (sent) Look();
    }

    void OnCancel() override {
      if (watches_ == nullptr) return;
      const MutexLock lock(watches_->mutex_);
      End(grpc::Status::CANCELLED);
    }

    void OnDone() override {
      if (watches_ != nullptr) watches_->Forget(*this, caller_->identity.code);
      delete this;
    }

   private:
    // Of a long journal nothing may be this stream's: others come in between.
    void LookSoon() {
      if (std::exchange(looks_soon_, true)) return;
      watches_->scheduler_.After(absl::ZeroDuration(), [watches = watches_, self = this] {
        const MutexLock lock(watches->mutex_);
        if (!watches->watchers_.contains(self)) return;
        self->looks_soon_ = false;
        self->Look();
      });
    }

    JournalWatches* const watches_;
    const std::optional<Caller> caller_;
    WatchToken token_;
    const Telling telling_;
    Response answer_;
    bool begins_anew_ = false;
    absl::Duration told_at_;
    bool looks_soon_ = false;
    bool writing_ = false;
    bool ended_ = false;
  };

  void Look() {
    {
      const MutexLock lock(mutex_);
      if (ended_) return;
      for (Watcher* const watcher : watchers_) watcher->Look();
    }
    Start();
  }

  void Forget(Watcher& watcher, const std::string& participant) {
    const MutexLock lock(mutex_);
    watchers_.erase(&watcher);
    if (--of_participant_[participant] == 0) of_participant_.erase(participant);
  }

  inbox::Inboxes& inboxes_;
  inbox::Scheduler& scheduler_;
  const Refusals& refusals_;
  const Clock& clock_;
  const WatchBounds bounds_;
  Mutex mutex_;
  bool ended_ ENVEJ_GUARDED_BY(mutex_) = false;
  std::set<Watcher*> watchers_ ENVEJ_GUARDED_BY(mutex_);
  std::map<std::string, size_t> of_participant_ ENVEJ_GUARDED_BY(mutex_);  // how many
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_JOURNAL_WATCHES_H_
