#ifndef ENVEJ_TESTS_SIMULATION_OFFLINE_COPY_H_
#define ENVEJ_TESTS_SIMULATION_OFFLINE_COPY_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/store/offline_store.h"

namespace envej::simulation {

// A store in memory that is being made.
class OfflineCopy final : public store::OfflineStore {
 public:
  explicit OfflineCopy(std::map<std::string, std::string> entries) : entries_(std::move(entries)) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    const auto entry = entries_.find(std::string(key));
    if (entry == entries_.end()) return std::optional<std::string>();
    return std::optional<std::string>(entry->second);
  }

  absl::StatusOr<store::ScanResult> Scan(const store::ScanRange& range) const override {
    store::ScanResult result;
    for (auto entry = entries_.lower_bound(range.from); entry != entries_.end() && entry->first < range.to; ++entry) {
      result.more = result.entries.size() == range.entries;
      if (result.more) break;
      result.entries.push_back({.key = entry->first, .value = entry->second});
    }
    return result;
  }

  absl::Status Write(const std::vector<store::BatchWrite>& writes) override {
    for (const store::BatchWrite& write : writes) {
      if (write.value.has_value()) {
        entries_[write.key] = *write.value;
      } else {
        entries_.erase(write.key);
      }
    }
    return absl::OkStatus();
  }

  std::map<std::string, std::string>& entries() { return entries_; }

 private:
  std::map<std::string, std::string> entries_;
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_OFFLINE_COPY_H_
