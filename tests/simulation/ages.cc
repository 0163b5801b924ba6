// Half a year and more: what is over is forgotten, and what comes of it later.

#include "broker/inbox/forgetting.h"
#include "broker/store/key_layout.h"
#include "tests/simulation/simulation.h"

namespace envej::simulation {
namespace {

const absl::Duration kLook = inbox::Forgetting::kSettle + inbox::Forgetting::kInterval;
constexpr int kLooks = 8;

absl::Duration Days(uint64_t days) { return absl::Hours(24 * static_cast<int64_t>(days)); }

bool IsOver(const Story& story) { return !inbox::IsUnderWay(story.state); }

}  // namespace

absl::Time Simulation::SureTime() const {
  if (scheduler_.elapsed() - opened_waited_ < inbox::Forgetting::kSettle) return absl::InfinitePast();
  return std::min(clock_.clock().Now(), opened_at_ + (clock_.clock().Elapsed() - opened_elapsed_));
}

void Simulation::LetMonthsPass() {
  clock_.Pass(Days(150 + random_.Below(90)));
  if (random_.OneIn(4)) clock_.Jump(random_);
  store_.SetClock(clock_.fault());
  scheduler_.Skip(random_.OneIn(3) ? absl::Minutes(1) : kLook);
}

void Simulation::HandInForgotten() {
  KnownNotice* const forgotten = line_.Any(line_.promises().is_forgotten);
  if (forgotten == nullptr) return;
  if (random_.OneIn(2)) clock_.Jump(random_);
  store_.SetClock(clock_.fault());
  regions_.HandInAgain(*forgotten);
}

void Simulation::ProvokeForgetting() {
  KnownNotice* const over = AnyWith(IsOver);
  if (over == nullptr) return ProvokeConclusion(random_.OneIn(2));
  const bool is_replayed = random_.OneIn(5);
  if (is_replayed) TakeBackup();
  if (random_.OneIn(8)) regions_.ReviseOne(*over);
  clock_.Pass(Days(218 + random_.Below(8)));
  // What is quicker than the forgetting.
  if (random_.OneIn(4)) regions_.AcknowledgeOutcomeOf(*over);
  if (random_.OneIn(4)) regions_.WithdrawOne(*over);
  if (random_.OneIn(6)) clock_.Stop();
  if (random_.OneIn(4)) clock_.Jump(random_);
  store_.SetClock(clock_.fault());
  scheduler_.Skip(kLook);
  if (is_replayed) LoseAfterMirroring();
}

void Simulation::CheckForgotten() {
  clock_.Pass(inbox::Forgetting::kLookAgain);
  scheduler_.Skip(kLook);
  for (int look = 0; look < kLooks; ++look) {
    Settle();
    scheduler_.Advance(inbox::Forgetting::kInterval);
  }
  Settle();
  const absl::StatusOr<store::ScanResult> left =
      medium_->store().Scan({.from = store::ForgetPrefix(), .to = store::ForgetUpTo(SureTime()), .entries = 1});
  if (!left.ok() || !left->entries.empty()) line_.findings().Add("what is to be forgotten stays");
}

}  // namespace envej::simulation
