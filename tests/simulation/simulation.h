#ifndef ENVEJ_TESTS_SIMULATION_SIMULATION_H_
#define ENVEJ_TESTS_SIMULATION_SIMULATION_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "broker/inbox/inboxes.h"
#include "tests/simulation/model.h"
#include "tests/support/manual_clock.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/memory_store.h"

namespace envej::simulation {

// How often each thing happened.
using Counts = std::map<std::string, uint64_t>;

// One run: the inboxes over a store that forgets what was not synced, with random clients, a clock that jumps, and
// crashes. Everything follows from the seed.
class Simulation {
 public:
  explicit Simulation(uint64_t seed);

  // Does `steps` random things, then lets everything come to rest without faults and checks that every accepted
  // notice was delivered. Stops at the first violation.
  void Run(int steps);

  const std::vector<std::string>& violations() const { return model_.violations(); }
  const Counts& counts() const { return counts_; }

 private:
  void Open();
  void Step();

  void SubmitNew();
  void SubmitAgain();
  void SubmitOther();
  void Pull(absl::Duration wait);
  void ConcludeSome(bool acknowledge, bool newest);
  void ExtendSome();
  void Crash();
  void ComeToRest();

  void Submit(KnownNotice& notice);
  void PullFrom(const std::string& municipality_code, absl::Duration wait);
  void Conclude(KnownNotice& notice, const std::string& token, bool acknowledge);
  KnownNotice* RandomNotice(const std::function<bool(const KnownNotice&)>& wanted);
  uint64_t Random(uint64_t below) { return random_() % below; }
  void Count(const std::string& what) { ++counts_[what]; }

  std::mt19937_64 random_;
  store::MemoryStore store_{store::MemoryStoreMode::kStepped};
  ManualClock clock_;
  ManualScheduler scheduler_;
  std::unique_ptr<inbox::Inboxes> inboxes_;
  uint64_t life_ = 0;  // of the broker: answers from an earlier one reach nobody
  bool failing_ = false;
  uint64_t next_id_ = 1;
  Model model_;
  Counts counts_;
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_SIMULATION_H_
