#ifndef ENVEJ_TESTS_SIMULATION_STEP_THROUGH_H_
#define ENVEJ_TESTS_SIMULATION_STEP_THROUGH_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/faulty_store.h"

namespace envej::simulation {

// The store for what waits for its answers, as the broker's own threads do: a commit is carried out, with all that
// waits before it, until it is answered. One that is dropped by a crash is answered as one whose fate nobody knows.
class StepThrough final : public store::OrderedStore {
 public:
  explicit StepThrough(FaultyStore& store) : store_(store) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) override { return store_.Get(key); }
  absl::StatusOr<store::ScanResult> Scan(const store::ScanRange& range) override { return store_.Scan(range); }

  void Commit(std::vector<store::Transition> transitions, store::Durability durability, absl::Time now,
              CommitCallback done) override {
    const auto waits = std::make_shared<CommitCallback>(std::move(done));
    store_.Commit(std::move(transitions), durability, now, [waits](std::vector<store::Outcome> outcomes) {
      if (const CommitCallback answer = std::exchange(*waits, nullptr)) answer(std::move(outcomes));
    });
    while (*waits && store_.Step(1)) {
    }
    const CommitCallback dropped = std::exchange(*waits, nullptr);
    if (dropped)
      dropped({store::Outcome{.kind = store::Outcome::Kind::kIndeterminate, .inclusion = {}, .position = {}}});
  }

  std::function<void()> Watch(absl::string_view prefix, std::function<void(absl::string_view key)> put) override {
    return store_.Watch(prefix, std::move(put));
  }
  absl::Time LastPersistedTime() const override { return store_.LastPersistedTime(); }
  uint64_t LastDurableBatch() const override { return store_.LastDurableBatch(); }
  uint64_t StartEpoch() const override { return store_.StartEpoch(); }

 private:
  FaultyStore& store_;
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_STEP_THROUGH_H_
