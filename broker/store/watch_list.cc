#include "broker/store/watch_list.h"

#include <utility>

#include "absl/strings/match.h"

namespace envej::store {

std::function<void()> WatchList::Add(absl::string_view prefix, Put put) {
  auto watch = std::make_shared<Watch>(Watch{.prefix = std::string(prefix), .put = std::move(put)});
  {
    MutexLock lock(shared_->mutex);
    shared_->watches.push_back(watch);
    shared_->count = shared_->watches.size();
  }
  return [shared = shared_, watch] {
    MutexLock lock(shared->mutex);
    shared->watches.remove(watch);
    shared->count = shared->watches.size();
  };
}

void WatchList::Notify(const std::vector<BatchWrite>& writes) {
  if (shared_->count == 0) return;
  MutexLock lock(shared_->mutex);
  for (const BatchWrite& write : writes) {
    if (!write.value) continue;
    for (const std::shared_ptr<Watch>& watch : shared_->watches) {
      if (absl::StartsWith(write.key, watch->prefix)) watch->put(write.key);
    }
  }
}

void WatchList::Clear() {
  MutexLock lock(shared_->mutex);
  shared_->watches.clear();
  shared_->count = 0;
}

}  // namespace envej::store
