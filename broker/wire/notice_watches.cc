#include "broker/wire/notice_watches.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "broker/wire/change_messages.h"
#include "broker/wire/watch_token.h"
#include "proto/contract/rejection.h"

namespace envej::wire {

using admission::Method;
using contract::Reason;

namespace {

// Where a stream goes on whose token an earlier incarnation of the store gave: the journal is the same up to that one's
// last batch that is left. A store that this one never was has told nothing that counts.
uint64_t NextAfterRestore(const WatchToken& given, const std::vector<journal::FormerIncarnation>& former) {
  for (const journal::FormerIncarnation& each : former) {
    if (each.store_incarnation == given.store_incarnation) return std::min(given.next_batch, each.last_batch + 1);
  }
  return 1;
}

}  // namespace

// One stream. Deletes itself when gRPC is done with it. Guarded by the watches' lock but for gRPC's callbacks.
class NoticeWatches::Watcher final : public Reactor {
 public:
  // Ends at once: the watch is refused.
  explicit Watcher(const grpc::Status& refused) : watches_(nullptr) { Finish(refused); }
  Watcher(NoticeWatches& watches, Caller caller, WatchToken token, bool begins_anew)
      : watches_(&watches),
        caller_(std::move(caller)),
        token_(std::move(token)),
        begins_anew_(begins_anew),
        told_at_(watches.clock_.Elapsed()) {}

  // Tells what is new, unless what was told before is still on its way.
  void Look() {
    if (writing_ || ended_) return;
    const absl::StatusOr<journal::Changes> changes =
        watches_->inboxes_.ReadChanges(watches_->RegionsOf(caller_->identity), token_.next_batch);
    if (!changes.ok()) return End(watches_->refusals_.OfCall(*caller_, changes.status()));
    token_.next_batch = changes->next_batch;
    begins_anew_ = begins_anew_ || changes->begins_later;
    const absl::Duration now = watches_->clock_.Elapsed();
    if (changes->events.empty() && !begins_anew_ && now - told_at_ < kQuiet) {
      if (changes->more) LookSoon();
      return;
    }
    answer_.Clear();
    for (const journal::Event& event : changes->events) *answer_.add_changes() = ToMessage(event);
    answer_.set_resume_token(EncodeWatchToken(token_));
    answer_.set_begins_anew(std::exchange(begins_anew_, false));
    told_at_ = now;
    writing_ = true;
    StartWrite(&answer_);
  }

  void End(const grpc::Status& status) {
    if (std::exchange(ended_, true)) return;
    Finish(status);
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
    if (watches_ != nullptr) {
      const MutexLock lock(watches_->mutex_);
      watches_->watchers_.erase(this);
      if (--watches_->of_region_[caller_->identity.code] == 0) watches_->of_region_.erase(caller_->identity.code);
    }
    delete this;
  }

 private:
  // Of a long journal nothing may be this region's: others come in between.
  void LookSoon() {
    if (std::exchange(looks_soon_, true)) return;
    watches_->scheduler_.After(absl::ZeroDuration(), [watches = watches_, self = this] {
      const MutexLock lock(watches->mutex_);
      if (!watches->watchers_.contains(self)) return;
      self->looks_soon_ = false;
      self->Look();
    });
  }

  NoticeWatches* const watches_;
  const std::optional<Caller> caller_;
  WatchToken token_;
  v1::WatchNoticesResponse answer_;
  bool begins_anew_ = false;
  absl::Duration told_at_;
  bool looks_soon_ = false;
  bool writing_ = false;
  bool ended_ = false;
};

std::set<std::string> NoticeWatches::RegionsOf(const certs::Identity& caller) const {
  return trust_.Get()->admission().SpeaksFor(caller, clock_.Now());
}

void NoticeWatches::Start() {
  scheduler_.After(kInterval, [this] { Look(); });
}

void NoticeWatches::Look() {
  {
    const MutexLock lock(mutex_);
    if (ended_) return;
    for (Watcher* const watcher : watchers_) watcher->Look();
  }
  Start();
}

void NoticeWatches::End() {
  const MutexLock lock(mutex_);
  ended_ = true;
  for (Watcher* const watcher : watchers_) {
    watcher->End(refusals_.OfEntry(contract::Refusal(Reason::kBrokerStopping)));
  }
}

NoticeWatches::Reactor* NoticeWatches::Watch(grpc::CallbackServerContext& context,
                                             const v1::WatchNoticesRequest& request) {
  const absl::StatusOr<Caller> caller = gate_.Enter(context, Method::kWatchNotices);
  if (!caller.ok()) return new Watcher(refusals_.OfEntry(caller.status()));
  const auto refuse = [&](Reason reason, absl::string_view field = "") {
    const absl::Status refusal = field.empty() ? contract::Refusal(reason) : contract::Refusal(reason, field);
    return new Watcher(refusals_.OfCall(*caller, refusal));
  };
  const absl::StatusOr<std::string> incarnation = inboxes_.StoreIncarnation();
  if (!incarnation.ok()) return new Watcher(refusals_.OfCall(*caller, incarnation.status()));
  WatchToken token{.store_incarnation = *incarnation, .next_batch = 1};
  bool begins_anew = false;
  if (!request.resume_token().empty()) {
    const std::optional<WatchToken> given = DecodeWatchToken(request.resume_token());
    if (!given.has_value()) return refuse(Reason::kWatchTokenInvalid, "resume_token");
    // A store that was empty when the token was given had no name yet.
    begins_anew = !given->store_incarnation.empty() && given->store_incarnation != *incarnation;
    if (begins_anew) {
      const absl::StatusOr<std::vector<journal::FormerIncarnation>> former = inboxes_.FormerIncarnations();
      if (!former.ok()) return new Watcher(refusals_.OfCall(*caller, former.status()));
      token.next_batch = NextAfterRestore(*given, *former);
    } else {
      token.next_batch = given->next_batch;
    }
  }
  const MutexLock lock(mutex_);
  if (ended_) return refuse(Reason::kBrokerStopping);
  size_t& of_region = of_region_[caller->identity.code];
  if (watchers_.size() >= kMost || of_region >= kEachMost) return refuse(Reason::kBrokerBusy);
  ++of_region;
  auto* const watcher = new Watcher(*this, *caller, std::move(token), begins_anew);
  watchers_.insert(watcher);
  watcher->Look();
  return watcher;
}

}  // namespace envej::wire
