#ifndef ENVEJ_TESTS_SIMULATION_SIMULATION_H_
#define ENVEJ_TESTS_SIMULATION_SIMULATION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/cautious_time.h"
#include "broker/inbox/inboxes.h"
#include "tests/simulation/coverage.h"
#include "tests/simulation/faulty_store.h"
#include "tests/simulation/history.h"
#include "tests/simulation/journal_copies.h"
#include "tests/simulation/line.h"
#include "tests/simulation/medium.h"
#include "tests/simulation/municipalities.h"
#include "tests/simulation/operators.h"
#include "tests/simulation/random.h"
#include "tests/simulation/regions.h"
#include "tests/simulation/wrong_clock.h"
#include "tests/support/manual_scheduler.h"

namespace envej::simulation {

// One run: the inboxes over a store that fails and forgets, with random clients, a clock that jumps, stops and runs
// backwards, and crashes at every place. Everything follows from the seed.
class Simulation {
 public:
  Simulation(uint64_t seed, std::unique_ptr<Medium> medium);
  ~Simulation();

  // Does about `steps` random things, then lets everything come to rest without faults, and checks that every accepted
  // notice found its end. Stops at the first violation.
  void Run(uint64_t steps);

  uint64_t steps() const { return steps_; }
  const std::vector<std::string>& violations() { return line_.findings().all(); }
  const Coverage& coverage() const { return coverage_; }

 private:
  struct Act {
    uint64_t weight;
    std::function<void()> run;
  };

  std::vector<Act> Acts();
  void Open();
  void LosePower(Remains remains);
  // Carries out all that waits, unless something fails.
  void Settle();
  // What follows on every step: power is lost where a fault says so, and the store is held against what was promised.
  void AfterStep();
  void ReadHistory();
  void Arm();

  void LetTimePass(absl::Duration least, absl::Duration most);
  // Days pass, and nobody comes.
  void Neglect();
  // Somebody takes what waits, again and again, and never concludes it.
  void FailWithAll(int times);

  // ages.cc
  // Up to when the clock is to be trusted, whoever put it forward; the infinite past for a while after a start.
  absl::Time SureTime() const;
  void LetMonthsPass();
  void HandInForgotten();
  void ProvokeForgetting();
  // That what is to be forgotten is.
  void CheckForgotten();

  // restores.cc
  void TakeBackup();
  void WriteCheckpoint();
  void MirrorJournal();
  // All is lost but the backup, the mirror and what clients know; the broker is restored from that, and recovers.
  void DestroyAndRestore();
  absl::StatusOr<store::HighWaterMark> MakeRestored(store::OfflineStore& store);
  void ProvokeMissing(Row row);
  void LoseAfterMirroring();
  // That the journal holds, with all the incarnations in it.
  void CheckJournalOf(store::OrderedStore& store);

  // prunings.cc
  void FillJournal(uint64_t batches);
  void Prune();
  bool PruneOne(const CautiousTime& time, bool may_fail);
  void CheckPruned(uint64_t last, absl::Time now);

  // provoke.cc: does what makes this more likely to happen.
  void Provoke(Row row);
  void ProvokeLease();
  void ProvokeConclusion(bool acknowledge);
  void ProvokeWithdrawal();
  void ProvokeWithdrawalsAcknowledgement();
  void ProvokeOutcome(bool under_way);
  void ProvokeTime(absl::Duration least, absl::Duration most);
  void ProvokeRevision(inbox::State state);
  void ProvokeReturnByOperations(bool is_proposed);
  // A notice with such a story; null if there is none.
  KnownNotice* AnyWith(const std::function<bool(const Story&)>& wanted);

  void ComeToRest();
  bool IsAtRest();
  // That what was told outside happened.
  void CheckToldOutside();
  void CheckEnd();

  Random random_;
  Coverage coverage_;
  std::unique_ptr<Medium> medium_;
  FaultyStore store_{*medium_, coverage_};
  WrongClock clock_;
  ManualScheduler scheduler_;
  Line line_{random_, coverage_, store_};
  RegionClients regions_{line_};
  MunicipalityClients municipalities_{line_};
  OperatorClients operators_{line_};
  History history_{line_.notices(), line_.findings()};
  std::unique_ptr<inbox::Inboxes> inboxes_;
  std::vector<inbox::LateItem> late_;
  std::optional<Copy> backup_;
  JournalCopies copies_;
  uint64_t recovers_until_ = 0;  // step
  uint64_t steps_ = 0;
  uint64_t armed_since_ = 0;
  uint64_t checked_ = 0;  // batches
  // When the broker was started last: by its clock, by the time that passed, and by what tasks could have waited.
  absl::Time opened_at_;
  absl::Duration opened_elapsed_;
  absl::Duration opened_waited_;
};

}  // namespace envej::simulation

#endif  // ENVEJ_TESTS_SIMULATION_SIMULATION_H_
