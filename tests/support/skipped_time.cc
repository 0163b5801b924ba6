// libenvej_skipped_time.so, for LD_PRELOAD: lets time pass at once by the clock that counts what has passed, so that
// what a program does an hour after its start is done when a test says so. Other ways than std::chrono to read that
// clock stay as they are. Nothing of it is linked into any program.
//
// ENVEJ_SKIPPED_TIME names a file: so many minutes are skipped as it has bytes, none while it is not there. It may grow
// at any time, and then whoever waits notices within kSlice that time has passed. ENVEJ_SKIPPED_WALL_CLOCK=1: the wall
// clock skips them too, for whoever reads it by clock_gettime, as Abseil does.

#include <dlfcn.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>

namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kSlice = kSecond / 50;

std::atomic<int64_t> skipped{0};

int ReadRealClock(clockid_t clock, timespec* now) {
  static const auto real = reinterpret_cast<decltype(&clock_gettime)>(dlsym(RTLD_NEXT, "clock_gettime"));
  return real(clock, now);
}

int64_t RealNow() {
  timespec now{};
  ReadRealClock(CLOCK_MONOTONIC, &now);
  return now.tv_sec * kSecond + now.tv_nsec;
}

void Look() {
  static const char* const path = std::getenv("ENVEJ_SKIPPED_TIME");
  struct stat file {};
  const int before = errno;
  if (path != nullptr && stat(path, &file) == 0) skipped = file.st_size * kMinute;
  errno = before;
}

// What was skipped before the program began has not passed since.
[[maybe_unused]] const bool looked = (Look(), true);

}  // namespace

std::chrono::steady_clock::time_point std::chrono::steady_clock::now() noexcept {
  return time_point(nanoseconds(RealNow() + skipped));
}

extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  static const char* const wall = std::getenv("ENVEJ_SKIPPED_WALL_CLOCK");
  const int answer = ReadRealClock(clock, now);
  if (clock == CLOCK_REALTIME && answer == 0 && wall != nullptr && *wall == '1') now->tv_sec += skipped / kSecond;
  return answer;
}

// Waits in slices: one that ended before its time is one that was woken for nothing, which may always happen.
extern "C" int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                                      const timespec* until) {
  static const auto real = reinterpret_cast<decltype(&pthread_cond_clockwait)>(dlsym(RTLD_NEXT, __func__));
  if (clock != CLOCK_MONOTONIC) return real(condition, mutex, clock, until);
  const int64_t in_full = until->tv_sec * kSecond + until->tv_nsec - skipped;
  const int64_t slice = std::min(in_full, RealNow() + kSlice);
  const timespec slice_until{.tv_sec = slice / kSecond, .tv_nsec = slice % kSecond};
  const int ended = real(condition, mutex, clock, &slice_until);
  Look();
  return ended == ETIMEDOUT && slice < in_full ? 0 : ended;
}
