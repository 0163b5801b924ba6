#ifndef ENVEJ_REGION_CLIENT_AGENT_CASE_LOCKS_H_
#define ENVEJ_REGION_CLIENT_AGENT_CASE_LOCKS_H_

#include <array>
#include <bitset>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace envej::region {

// Locks for whatever has a name, such as a case: 64 for all names, so that now and then two names share one. Several
// are taken at once and always in the same order, so nobody waits for ever.
//
// Thread safety: any number of threads.
class CaseLocks {
 public:
  static constexpr size_t kLocks = 64;
  using Set = std::bitset<kLocks>;

  static Set Of(const std::string& name) { return Set().set(std::hash<std::string>()(name) % kLocks); }

  // Held until it goes. The locks must outlive it.
  std::vector<std::unique_lock<std::mutex>> Take(const Set& set) {
    std::vector<std::unique_lock<std::mutex>> held;
    for (size_t index = 0; index < kLocks; ++index) {
      if (set.test(index)) held.emplace_back(mutexes_[index]);
    }
    return held;
  }

 private:
  std::array<std::mutex, kLocks> mutexes_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_CASE_LOCKS_H_
