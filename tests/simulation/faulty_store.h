#ifndef ENVEJ_TESTS_SIMULATION_FAULTY_STORE_H_
#define ENVEJ_TESTS_SIMULATION_FAULTY_STORE_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "broker/store/ordered_store.h"
#include "tests/simulation/coverage.h"
#include "tests/simulation/medium.h"
#include "tests/simulation/random.h"

namespace envej::simulation {

// The store as the broker sees it: what is committed waits until Step says so, and meets the faults that it is armed
// with. Counts which transition met which fault.
//
// Thread safety: none.
class FaultyStore final : public store::OrderedStore {
 public:
  FaultyStore(Medium& medium, Coverage& coverage) : medium_(medium), coverage_(coverage) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) override;
  absl::StatusOr<store::ScanResult> Scan(const store::ScanRange& range) override;
  void Commit(std::vector<store::Transition> transitions, store::Durability durability, absl::Time now,
              CommitCallback done) override;
  std::function<void()> Watch(absl::string_view prefix, std::function<void(absl::string_view key)> put) override;
  absl::Time LastPersistedTime() const override { return medium_.store().LastPersistedTime(); }
  uint64_t LastDurableBatch() const override { return medium_.store().LastDurableBatch(); }
  uint64_t StartEpoch() const override { return medium_.store().StartEpoch(); }

  // The next batch with this transition meets this fault, which is none of a clock's.
  void Arm(Row row, Fault fault) { armed_ = Armed{.row = row, .fault = fault}; }
  std::optional<Row> armed() const { return armed_.has_value() ? std::optional(armed_->row) : std::nullopt; }
  // Nothing fails any more.
  void Disarm() {
    armed_.reset();
    failing_read_.reset();
  }
  // What is wrong with the clock; kNone if nothing is.
  void SetClock(Fault clock) { clock_ = clock; }
  // The read after so many more fails, and only that.
  void FailReadAfter(uint64_t reads) { failing_read_ = reads; }

  // Carries out up to `commits` of what waits, as one batch. False if nothing waits, or the store has failed.
  bool Step(size_t commits);
  size_t waiting() const { return queue_.size(); }

  // The store is of no use until power is lost.
  bool failed() const { return failed_; }
  // The machine loses power now, and this remains.
  const std::optional<Remains>& must_lose_power() const { return must_lose_power_; }
  // What is answered now does not reach the caller.
  bool loses_answers() const { return loses_answers_; }

  // Batches that were carried out, over all openings; and up to which of them all was synced.
  uint64_t carried() const { return carried_; }
  uint64_t durable() const { return durable_; }

  absl::Status LosePower(Remains remains, Random& random);
  // All is destroyed, and a store made of a copy.
  absl::Status Restore(const Copy& copy, const Restoring& restoring);

 private:
  struct Armed {
    Row row;
    Fault fault;
  };
  struct Waiting {
    store::PendingCommit commit;
    std::vector<std::vector<Row>> rows;  // of each transition
  };

  absl::Status ReadFault();
  void BeginAnew();
  // The fault that a batch of these is to meet.
  Fault FaultFor(const std::vector<Waiting>& gathered);
  void TurnAway(std::vector<Waiting>& gathered, store::Outcome::Kind kind);
  void Fail(std::vector<Waiting>& gathered, Fault fault);
  void Carry(std::vector<Waiting>& gathered, Fault fault);
  void Count(const std::vector<Waiting>& gathered, Fault fault);
  void Count(const std::vector<Row>& rows, Fault fault);

  Medium& medium_;
  Coverage& coverage_;
  std::deque<Waiting> queue_;
  std::optional<Armed> armed_;
  std::optional<Armed> met_;  // with the batch under way
  Fault clock_ = Fault::kNone;
  std::optional<uint64_t> failing_read_;
  std::vector<Row> unsynced_;  // answered, and not synced yet
  bool failed_ = false;
  bool loses_answers_ = false;
  std::optional<Remains> must_lose_power_;
  uint64_t carried_ = 0;
  uint64_t durable_ = 0;
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_FAULTY_STORE_H_
