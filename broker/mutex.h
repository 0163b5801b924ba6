#ifndef ENVEJ_BROKER_MUTEX_H_
#define ENVEJ_BROKER_MUTEX_H_

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"

// What a lock guards, checked by clang's thread safety analysis; nothing on other compilers.
#if defined(__clang__)
#define ENVEJ_THREAD_ANNOTATION(attribute) __attribute__((attribute))
#else
#define ENVEJ_THREAD_ANNOTATION(attribute)
#endif

#define ENVEJ_GUARDED_BY(mutex) ENVEJ_THREAD_ANNOTATION(guarded_by(mutex))
#define ENVEJ_REQUIRES(...) ENVEJ_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define ENVEJ_EXCLUDES(...) ENVEJ_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))

namespace envej {

// std::mutex with annotations. absl::Mutex is not used: Debian's build of it is unknown to ThreadSanitizer.
class ENVEJ_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() ENVEJ_THREAD_ANNOTATION(acquire_capability()) { mutex_.lock(); }
  void Unlock() ENVEJ_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }

 private:
  friend class ConditionVariable;
  std::mutex mutex_;
};

// Holds a mutex for as long as it lives.
class ENVEJ_THREAD_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ENVEJ_THREAD_ANNOTATION(acquire_capability(mutex)) : mutex_(mutex) { mutex_.Lock(); }
  ~MutexLock() ENVEJ_THREAD_ANNOTATION(release_capability()) { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// A condition variable. Waits may end for no reason: wait in a loop that checks.
class ConditionVariable {
 public:
  static constexpr absl::Duration kWaitMost = absl::Hours(24);

  // Lets go of `mutex` while it waits.
  void Wait(Mutex& mutex) ENVEJ_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }

  // As Wait, for at most `timeout` (itself at most kWaitMost); false if that time ran out.
  bool WaitFor(Mutex& mutex, absl::Duration timeout) ENVEJ_REQUIRES(mutex) {
    const auto bounded = absl::ToChronoNanoseconds(std::clamp(timeout, absl::ZeroDuration(), kWaitMost));
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool woken = condition_.wait_for(lock, bounded) == std::cv_status::no_timeout;
    lock.release();
    return woken;
  }

  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace envej

#endif  // ENVEJ_BROKER_MUTEX_H_
