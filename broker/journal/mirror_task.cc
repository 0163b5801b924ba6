#include "broker/journal/mirror_task.h"

#include <utility>

namespace envej::journal {
namespace {

// A wait that ends for no reason makes the whole of them shorter, never longer.
constexpr int kStopWaits = 100;

}  // namespace

MirrorTask::MirrorTask(MirrorNext mirror, Options options) : state_(std::make_shared<State>()) {
  state_->mirror = std::move(mirror);
  state_->options = std::move(options);
  thread_ = std::thread([state = state_] { Run(*state); });
}

MirrorTask::~MirrorTask() { Stop(kStopMost); }

void MirrorTask::Wake() {
  bool hangs = false;
  {
    MutexLock lock(state_->mutex);
    hangs = state_->busy && state_->copies == state_->copies_at_wake;
    state_->behind = state_->behind || hangs;
    state_->copies_at_wake = state_->copies;
    state_->woken = true;
    state_->changed.NotifyAll();
  }
  if (hangs && state_->options.hangs) state_->options.hangs();
}

bool MirrorTask::Stop(absl::Duration at_most) {
  bool left_behind = false;
  {
    MutexLock lock(state_->mutex);
    state_->stopping = true;
    state_->changed.NotifyAll();
    for (int wait = 0; wait < kStopWaits && !state_->ended && !state_->left_behind; ++wait) {
      state_->over.WaitFor(state_->mutex, at_most / kStopWaits);
    }
    state_->left_behind = state_->left_behind || !state_->ended;
    left_behind = state_->left_behind;
  }
  if (!thread_.joinable()) return !left_behind;
  if (left_behind) {
    thread_.detach();
  } else {
    thread_.join();
  }
  return !left_behind;
}

void MirrorTask::Run(State& state) {
  bool more = false;
  bool last = false;
  while (!last) {
    {
      MutexLock lock(state.mutex);
      while (!state.woken && !state.stopping && !more) state.changed.Wait(state.mutex);
      state.woken = false;
      last = state.stopping;
    }
    more = Round(state);
  }
  MutexLock lock(state.mutex);
  state.ended = true;
  state.over.NotifyAll();
}

bool MirrorTask::Round(State& state) {
  for (int count = 0; count < kRoundMost; ++count) {
    {
      MutexLock lock(state.mutex);
      if (state.left_behind) return false;
      state.busy = true;
      ++state.copies;
    }
    const absl::StatusOr<bool> copied = state.mirror();
    bool caught_up = false;
    {
      MutexLock lock(state.mutex);
      state.busy = false;
      if (state.left_behind) return false;
      caught_up = state.behind && copied.ok() && !*copied;
      state.behind = !copied.ok() || (state.behind && !caught_up);
    }
    if (!copied.ok() && state.options.failed) state.options.failed(copied.status());
    if (caught_up && state.options.caught_up) state.options.caught_up();
    if (!copied.ok() || !*copied) return false;
  }
  return true;
}

}  // namespace envej::journal
