#include "broker/wire/turns.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace envej::wire {
namespace {

// Of the threads that do what waits: what is done at once, and the commits, go before.
constexpr int kYieldingPriority = 5;

}  // namespace

Turns::Turns(const Bounds& bounds) : bounds_(bounds) {
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  for (int thread = 0; thread < std::clamp(cores - 1, kThreadsLeast, kThreadsMost); ++thread) {
    threads_.emplace_back([this] { Run(); });
  }
}

Turns::~Turns() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  for (std::thread& thread : threads_) thread.join();
}

// Of two who take turns, the other one began last whenever one begins: so it is enough to know the last other one.
bool Turns::IsAlone(const std::string& participant, absl::Duration now) {
  if (participant != latest_) {
    other_at_ = latest_at_;
    latest_ = participant;
    ++passed_;
  }
  latest_at_ = now;
  return now - other_at_ > kLately;
}

bool Turns::IsStillAlone(uint64_t passed) {
  const MutexLock lock(mutex_);
  return passed_ == passed;
}

bool Turns::Begin(const std::string& participant, size_t bytes, bool calm, absl::Duration now, Piece piece) {
  Work work{.piece = std::move(piece), .bytes = bytes};
  Lines::iterator line;
  bool alone = false;
  uint64_t passed = 0;
  {
    const MutexLock lock(mutex_);
    line = lines_.try_emplace(participant).first;
    const bool is_first = line->second.calls == 0;
    if (!is_first && (line->second.bytes + bytes > bounds_.each_bytes || bytes_ + bytes > bounds_.all_bytes)) {
      return false;
    }
    ++line->second.calls;
    line->second.bytes += bytes;
    bytes_ += bytes;
    alone = IsAlone(participant, now);
    passed = passed_;
    if (!alone && (!is_first || !calm)) {
      line->second.waiting.push_back(std::move(work));
      if (line->second.waiting.size() == 1) in_turn_.push_back(line);
      changed_.NotifyOne();
      return true;
    }
  }
  bool more = work.piece();
  while (more && alone && IsStillAlone(passed)) more = work.piece();
  Continue(line, std::move(work), more);
  return true;
}

void Turns::Continue(Lines::iterator line, Work work, bool more) {
  Work over;  // destroyed without the lock
  const MutexLock lock(mutex_);
  if (more) {
    line->second.waiting.push_back(std::move(work));
    if (line->second.waiting.size() == 1) in_turn_.push_back(line);
    changed_.NotifyOne();
    return;
  }
  over = std::move(work);
  bytes_ -= over.bytes;
  line->second.bytes -= over.bytes;
  if (--line->second.calls == 0) lines_.erase(line);
  if (stopping_ && lines_.empty()) changed_.NotifyAll();
}

void Turns::Run() {
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kYieldingPriority);
  mutex_.Lock();
  while (!stopping_ || !lines_.empty()) {
    if (in_turn_.empty()) {
      changed_.Wait(mutex_);
      continue;
    }
    const Lines::iterator line = in_turn_.front();
    in_turn_.pop_front();
    Work work = std::move(line->second.waiting.front());
    line->second.waiting.pop_front();
    if (!line->second.waiting.empty()) in_turn_.push_back(line);
    mutex_.Unlock();
    const bool more = work.piece();
    Continue(line, std::move(work), more);
    mutex_.Lock();
  }
  mutex_.Unlock();
}

}  // namespace envej::wire
