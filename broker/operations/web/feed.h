#ifndef ENVEJ_BROKER_OPERATIONS_WEB_FEED_H_
#define ENVEJ_BROKER_OPERATIONS_WEB_FEED_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "broker/clock.h"
#include "broker/mutex.h"
#include "broker/operations/answers.h"
#include "broker/operations/web/snapshot.h"
#include "broker/operations/web/web_limits.h"

namespace envej::operations {

// What the pages are told as it happens: a snapshot, made once for all that listen, and only while somebody does. On a
// thread of its own. Thread-safe.
class Feed {
 public:
  // One that listens, for as long as it lives.
  class Listener {
   public:
    explicit Listener(Feed& feed) : feed_(feed) {}
    ~Listener() { feed_.Leave(); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

   private:
    Feed& feed_;
  };

  struct Snapshot {
    uint64_t version = 0;
    std::string json;  // an object: `at`, when it was made, and what SnapshotMaker gives
  };

  // All that is referred to must outlive it.
  Feed(Answers& answers, const WebLimits& limits, const Clock& clock);
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  // Null if as many listen as may.
  std::unique_ptr<Listener> Listen() ENVEJ_EXCLUDES(mutex_);

  // The newest snapshot, as soon as it is newer than `version` (0 for any), for at most `most`; nothing if there was
  // none. For those who listen.
  std::optional<Snapshot> Await(uint64_t version, absl::Duration most) ENVEJ_EXCLUDES(mutex_);

  // When it was last seen what there is to tell; the infinite past until then.
  absl::Time checked_at() const ENVEJ_EXCLUDES(mutex_);

  // Ends all waiting, for good.
  void Stop() ENVEJ_EXCLUDES(mutex_);
  bool is_stopped() const ENVEJ_EXCLUDES(mutex_);

  // A snapshot's name for a client that comes again, and what version that is: 0 for any other text.
  std::string IdOf(uint64_t version) const;
  uint64_t VersionOf(absl::string_view id) const;

 private:
  void Leave() ENVEJ_EXCLUDES(mutex_);
  void Run() ENVEJ_EXCLUDES(mutex_);

  const WebLimits& limits_;
  const Clock& clock_;
  const std::string start_;  // tells this feed's snapshots from those of one before
  SnapshotMaker maker_;      // of the thread alone

  mutable Mutex mutex_;
  ConditionVariable changed_;
  bool stopping_ ENVEJ_GUARDED_BY(mutex_) = false;
  size_t listeners_ ENVEJ_GUARDED_BY(mutex_) = 0;
  bool is_fresh_ ENVEJ_GUARDED_BY(mutex_) = false;
  Snapshot snapshot_ ENVEJ_GUARDED_BY(mutex_);
  absl::Time checked_at_ ENVEJ_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::thread thread_;
};

}  // namespace envej::operations

#endif  // ENVEJ_BROKER_OPERATIONS_WEB_FEED_H_
