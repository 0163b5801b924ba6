#include "region-client/at_once.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace envej::region {

void ForEachAtOnce(size_t count, size_t at_once, const std::function<void(size_t index)>& act) {
  std::atomic<size_t> next = 0;
  const auto take = [&] {
    for (size_t index = next++; index < count; index = next++) act(index);
  };
  std::vector<std::thread> threads;
  const size_t most = std::min(at_once, count);
  threads.reserve(most);
  try {
    while (threads.size() < most) threads.emplace_back(take);
  } catch (const std::system_error&) {  // the system gives no thread
    take();
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace envej::region
