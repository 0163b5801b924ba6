#ifndef ENVEJ_REGION_CLIENT_AGENT_OUTBOX_INDEX_H_
#define ENVEJ_REGION_CLIENT_AGENT_OUTBOX_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

namespace envej::region {

// What is in the outbox of each notice, in memory: some hundred bytes for each item.
//
// Thread safety: any number of threads.
class OutboxIndex {
 public:
  void Add(const std::string& notice_id, uint64_t number) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (numbers_[notice_id].insert(number).second) ++size_;
  }
  void Remove(const std::string& notice_id, uint64_t number) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = numbers_.find(notice_id);
    if (found == numbers_.end()) return;
    size_ -= found->second.erase(number);
    if (found->second.empty()) numbers_.erase(found);
  }
  // In their order.
  std::set<uint64_t> Of(const std::string& notice_id) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = numbers_.find(notice_id);
    return found == numbers_.end() ? std::set<uint64_t>() : found->second;
  }
  bool Has(const std::string& notice_id, uint64_t number) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = numbers_.find(notice_id);
    return found != numbers_.end() && found->second.contains(number);
  }
  size_t size() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return size_;
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::set<uint64_t>> numbers_;
  size_t size_ = 0;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_OUTBOX_INDEX_H_
