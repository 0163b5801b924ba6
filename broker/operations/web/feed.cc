#include "broker/operations/web/feed.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace envej::operations {

Feed::Feed(Answers& answers, const WebLimits& limits, const Clock& clock)
    : limits_(limits),
      clock_(clock),
      start_(absl::StrCat(absl::Hex(absl::ToUnixMillis(clock.Now())), "-")),
      maker_(answers),
      thread_([this] { Run(); }) {}

Feed::~Feed() {
  Stop();
  thread_.join();
}

std::unique_ptr<Feed::Listener> Feed::Listen() {
  const MutexLock lock(mutex_);
  if (listeners_ >= limits_.feeds) return nullptr;
  if (listeners_++ == 0) changed_.NotifyAll();
  return std::make_unique<Listener>(*this);
}

void Feed::Leave() {
  const MutexLock lock(mutex_);
  if (--listeners_ == 0) is_fresh_ = false;
}

std::optional<Feed::Snapshot> Feed::Await(uint64_t version, absl::Duration most) {
  const absl::Duration deadline = clock_.Elapsed() + most;
  const MutexLock lock(mutex_);
  while (!stopping_ && !(is_fresh_ && snapshot_.version > version)) {
    const absl::Duration left = deadline - clock_.Elapsed();
    if (left <= absl::ZeroDuration() || !changed_.WaitFor(mutex_, left)) break;
  }
  if (stopping_ || !is_fresh_ || snapshot_.version <= version) return std::nullopt;
  return snapshot_;
}

absl::Time Feed::checked_at() const {
  const MutexLock lock(mutex_);
  return checked_at_;
}

void Feed::Stop() {
  const MutexLock lock(mutex_);
  stopping_ = true;
  changed_.NotifyAll();
}

bool Feed::is_stopped() const {
  const MutexLock lock(mutex_);
  return stopping_;
}

std::string Feed::IdOf(uint64_t version) const { return absl::StrCat(start_, version); }

uint64_t Feed::VersionOf(absl::string_view id) const {
  uint64_t version = 0;
  return absl::ConsumePrefix(&id, start_) && absl::SimpleAtoi(id, &version) ? version : 0;
}

void Feed::Run() {
  std::string before;
  mutex_.Lock();
  while (!stopping_) {
    if (listeners_ == 0) {
      changed_.Wait(mutex_);
      continue;
    }
    mutex_.Unlock();
    const absl::Time now = clock_.Now();
    std::string made = maker_.Make(now, clock_.Elapsed());
    mutex_.Lock();
    if (made != before) {
      ++snapshot_.version;
      snapshot_.json =
          absl::StrCat("{\"at\":\"", absl::FormatTime(absl::RFC3339_full, now, absl::UTCTimeZone()), "\",", made, "}");
      before = std::move(made);
    }
    checked_at_ = now;
    is_fresh_ = listeners_ > 0;
    changed_.NotifyAll();
    const absl::Duration next = clock_.Elapsed() + limits_.snapshot_every;
    while (!stopping_ && listeners_ > 0 && clock_.Elapsed() < next) {
      changed_.WaitFor(mutex_, next - clock_.Elapsed());
    }
  }
  mutex_.Unlock();
}

}  // namespace envej::operations
