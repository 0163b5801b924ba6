#ifndef ENVEJ_BROKER_STORE_WATCH_LIST_H_
#define ENVEJ_BROKER_STORE_WATCH_LIST_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "broker/mutex.h"
#include "broker/store/batch_builder.h"

namespace envej::store {

// Who wants to hear of puts: few watches, many puts.
//
// Thread safety: all functions may be called from any thread. A `put` runs under the list's lock: it may neither begin
// nor end a watch.
class WatchList {
 public:
  using Put = std::function<void(absl::string_view key)>;

  // The returned function ends the watch; it may outlive the list.
  std::function<void()> Add(absl::string_view prefix, Put put);

  // Tells every watch of each of its keys that `writes` puts, in order.
  void Notify(const std::vector<BatchWrite>& writes);

  // Ends every watch.
  void Clear();

 private:
  struct Watch {
    std::string prefix;
    Put put;
  };
  struct Shared {
    Mutex mutex;
    std::list<std::shared_ptr<Watch>> watches ENVEJ_GUARDED_BY(mutex);
    std::atomic<size_t> count{0};
  };

  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace envej::store

#endif  // ENVEJ_BROKER_STORE_WATCH_LIST_H_
