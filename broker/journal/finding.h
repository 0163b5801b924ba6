#ifndef ENVEJ_BROKER_JOURNAL_FINDING_H_
#define ENVEJ_BROKER_JOURNAL_FINDING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace envej::journal {

// Something that does not hold, and where.
struct Finding {
  uint64_t batch = 0;
  uint64_t last_batch = 0;        // where it is several; else that batch
  std::optional<uint32_t> event;  // which of the batch's, from 0, where that can be told
  std::string what;               // without identifiers
};

// What was found, bounded.
class Findings {
 public:
  static constexpr size_t kKept = 100;

  void Add(Finding finding) {
    ++count_;
    if (kept_.size() < kKept) kept_.push_back(std::move(finding));
  }

  const std::vector<Finding>& kept() const { return kept_; }
  uint64_t count() const { return count_; }

 private:
  std::vector<Finding> kept_;
  uint64_t count_ = 0;
};

}  // namespace envej::journal

#endif  // ENVEJ_BROKER_JOURNAL_FINDING_H_
