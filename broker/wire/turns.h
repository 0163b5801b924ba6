#ifndef ENVEJ_BROKER_WIRE_TURNS_H_
#define ENVEJ_BROKER_WIRE_TURNS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "broker/mutex.h"

namespace envej::wire {

// Who does the work of calls, so that nobody's work waits behind another participant's. A call's work comes in short
// pieces. Where no other participant had work lately, it is done at once, by the thread that brings it, until one has.
// Otherwise a calm participant with nothing else under way has its first piece done at once; all else waits in the
// participant's own line, and threads that yield to all others take one piece of each line in turn.
//
// Thread-safe. Begin may be called from a piece.
class Turns {
 public:
  // Of the requests whose work is not done. A participant with nothing under way is always let in.
  struct Bounds {
    size_t each_bytes = size_t{16} << 20;  // of one participant
    size_t all_bytes = size_t{128} << 20;
  };
  // One thread less than there are cores: what waits leaves one to all else.
  static constexpr int kThreadsLeast = 1;
  static constexpr int kThreadsMost = 16;

  // Does one piece, in a millisecond or so, and must not block. True if there is more: the call's next piece then comes
  // after it, never beside it.
  using Piece = std::function<bool()>;

  explicit Turns(const Bounds& bounds);
  Turns() : Turns(Bounds()) {}
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;
  // Returns when all work has been done. Nothing may be begun any more.
  ~Turns();

  // False, and nothing is done, if too much waits. `bytes` is about what the work keeps in memory.
  // `calm`: the participant has not sent much lately. `now` is the time since some moment, and never goes back.
  bool Begin(const std::string& participant, size_t bytes, bool calm, absl::Duration now, Piece piece);

  // Who began work within this time is not to be kept waiting.
  static constexpr absl::Duration kLately = absl::Seconds(10);

 private:
  struct Work {
    Piece piece;
    size_t bytes = 0;
  };
  // What one participant has under way.
  struct Line {
    size_t calls = 0;
    size_t bytes = 0;
    std::deque<Work> waiting;
  };
  using Lines = std::map<std::string, Line>;

  // Whether nobody else began work lately. Remembers that this one does.
  bool IsAlone(const std::string& participant, absl::Duration now) ENVEJ_REQUIRES(mutex_);
  // Whether nobody else began work since `passed`.
  bool IsStillAlone(uint64_t passed);
  void Run();
  // After a piece of `work`: it waits again, or is over.
  void Continue(Lines::iterator line, Work work, bool more);

  const Bounds bounds_;
  Mutex mutex_;
  ConditionVariable changed_;
  Lines lines_ ENVEJ_GUARDED_BY(mutex_);                          // of those who have anything under way
  std::deque<Lines::iterator> in_turn_ ENVEJ_GUARDED_BY(mutex_);  // each line with something waiting, once
  size_t bytes_ ENVEJ_GUARDED_BY(mutex_) = 0;
  std::string latest_ ENVEJ_GUARDED_BY(mutex_);                                   // who began work last
  absl::Duration other_at_ ENVEJ_GUARDED_BY(mutex_) = -absl::InfiniteDuration();  // when another one did
  absl::Duration latest_at_ ENVEJ_GUARDED_BY(mutex_) = -absl::InfiniteDuration();
  uint64_t passed_ ENVEJ_GUARDED_BY(mutex_) = 0;  // how often work passed from one participant to another
  bool stopping_ ENVEJ_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_TURNS_H_
