#include "tests/simulation/simulation.h"

#include <algorithm>
#include <utility>

#include "tests/simulation/invariants.h"

namespace envej::simulation {
namespace {

constexpr absl::Duration kLookEach = absl::Milliseconds(400);  // the broker looks at least once in it for what is due
constexpr int kRestRounds = 80;
constexpr uint64_t kArmedFor = 40;         // steps
constexpr size_t kChanceNoticesMost = 12;  // that come by chance
constexpr uint64_t kPrunedOneIn = 50;      // it takes a thousand batches
constexpr int kSettleMost = 10'000;        // batches

}  // namespace

Simulation::Simulation(uint64_t seed, std::unique_ptr<Medium> medium) : random_(seed), medium_(std::move(medium)) {
  line_.is_newest_lease = [this](const store::NoticeKey& notice, const std::string& token) {
    if (store_.failed()) return false;
    ReadHistory();
    const auto story = history_.stories().find(store::RecordKey(notice));
    return story != history_.stories().end() && story->second.state == inbox::State::kLeased &&
           story->second.token == token;
  };
  line_.region_time = [this] { return clock_.RightTime(); };
  line_.broker_clock = [this] { return clock_.clock().Now(); };
  line_.promises().is_forgotten = [this](const KnownNotice& notice) {
    if (!store_.failed()) ReadHistory();
    return history_.forgotten().contains(store::RecordKey(notice.key));
  };
  Open();
}

Simulation::~Simulation() = default;

void Simulation::Open() {
  inbox::Inboxes::Options options;
  options.pulls = {.all = 6, .each_inbox = 3};
  options.late = [this](const inbox::LateItem& late) { late_.push_back(late); };
  options.thresholds = ThresholdsOf;
  options.report = [this](const inbox::UnreadableItem&) { line_.findings().Add("something cannot be read"); };
  inboxes_ = std::make_unique<inbox::Inboxes>(store_, clock_.clock(), scheduler_, options);
  line_.Connect(inboxes_.get());
  opened_at_ = clock_.clock().Now();
  opened_elapsed_ = clock_.clock().Elapsed();
  opened_waited_ = scheduler_.elapsed();
  inboxes_->Start();
}

std::vector<Simulation::Act> Simulation::Acts() {
  std::vector<Act> acts = {
      {90,
       [this] {
         if (line_.notices().size() < kChanceNoticesMost) regions_.SubmitNew();
       }},
      {20, [this] { regions_.HandInAgain(); }},
      {20, [this] { regions_.SayOther(); }},
      {50, [this] { regions_.Revise(); }},
      {4,
       [this] {
         if (line_.notices().size() < kChanceNoticesMost) regions_.ReviseUnseen();
       }},
      {25, [this] { regions_.Withdraw(); }},
      {15,
       [this] {
         if (line_.notices().size() < kChanceNoticesMost) regions_.WithdrawUnseen();
       }},
      {20, [this] { regions_.AcknowledgeOutcome(); }},
      {15, [this] { operators_.Redrive(); }},
      {20, [this] { operators_.Return(); }},
      {10, [this] { regions_.Watch(); }},
      {10, [this] { regions_.Look(); }},
      {110, [this] { municipalities_.Pull(); }},
      {30, [this] { municipalities_.Extend(); }},
      {60, [this] { municipalities_.Acknowledge(/*newest=*/true); }},
      {20, [this] { municipalities_.Acknowledge(/*newest=*/false); }},
      {25, [this] { municipalities_.Return(/*newest=*/true); }},
      {8, [this] { municipalities_.Return(/*newest=*/false); }},
      {15, [this] { municipalities_.ClaimFalsely(); }},
      {50, [this] { line_.Repeat(); }},
      {260, [this] { store_.Step(1 + random_.Below(4)); }},
      {100, [this] { LetTimePass(absl::ZeroDuration(), absl::Seconds(12)); }},
      {30, [this] { LetTimePass(absl::Seconds(30), absl::Minutes(30)); }},
      {15, [this] { LetTimePass(absl::Hours(1), absl::Hours(26)); }},
      {4, [this] { Neglect(); }},
      {3, [this] { LetMonthsPass(); }},
      {6, [this] { HandInForgotten(); }},
      {6, [this] { TakeBackup(); }},
      {10, [this] { WriteCheckpoint(); }},
      {8, [this] { MirrorJournal(); }},
      {2, [this] { DestroyAndRestore(); }},
      {3, [this] { FailWithAll(24); }},
      {15, [this] { clock_.Jump(random_); }},
      {10, [this] { clock_.SetRight(); }},
      {8, [this] { clock_.Stop(); }},
      {20, [this] { clock_.GoOn(); }},
      {10, [this] { store_.FailReadAfter(random_.Below(8)); }},
      {10, [this] { LosePower(Remains(random_.Below(3))); }},
  };
  // Each run does some things much more than others.
  for (Act& act : acts) {
    if (random_.OneIn(4)) act.weight *= 4;
    if (random_.OneIn(4)) act.weight = (act.weight + 3) / 4;
  }
  return acts;
}

void Simulation::Run(uint64_t steps) {
  const std::vector<Act> acts = Acts();
  uint64_t weights = 0;
  for (const Act& act : acts) weights += act.weight;
  while (steps_ < steps && line_.findings().none()) {
    ++steps_;
    Arm();
    if (store_.armed().has_value() && random_.OneIn(5)) {
      Provoke(*store_.armed());
      AfterStep();
      continue;
    }
    uint64_t chosen = random_.Below(weights);
    for (const Act& act : acts) {
      if (chosen < act.weight) {
        act.run();
        break;
      }
      chosen -= act.weight;
    }
    AfterStep();
  }
  if (line_.findings().none()) ComeToRest();
  if (line_.findings().none()) CheckEnd();
  if (line_.findings().none()) CheckForgotten();
  if (line_.findings().none() && random_.OneIn(kPrunedOneIn)) Prune();
}

void Simulation::Arm() {
  if (store_.armed().has_value() && steps_ < armed_since_ + kArmedFor) return;
  armed_since_ = steps_;
  const auto row = Row(random_.Below(static_cast<uint64_t>(Row::kPruned)));
  const auto last = static_cast<uint64_t>(Fault::kSyncFails);
  const auto fault = Fault(1 + random_.Below(last));
  if (WhyNever(row, fault).empty()) store_.Arm(row, fault);
}

void Simulation::ReadHistory() {
  history_.SetSureTime(SureTime());
  history_.Read(medium_->store());
}

void Simulation::AfterStep() {
  history_.SetSureTime(SureTime());
  if (store_.must_lose_power().has_value()) {
    LosePower(*store_.must_lose_power());
  } else if (store_.failed() && random_.OneIn(4)) {
    LosePower(Remains(random_.Below(3)));
  }
  store_.SetClock(clock_.fault());
  if (steps_ >= recovers_until_) line_.HoldPulls(false);
  if (store_.failed() || store_.carried() == checked_) return;
  checked_ = store_.carried();
  ReadHistory();
  CheckStore(medium_->store(), history_, line_.notices(), line_.findings());
}

void Simulation::LosePower(Remains remains) {
  line_.Connect(nullptr);
  inboxes_.reset();
  scheduler_.DropAll();
  line_.promises().PowerLost(store_.durable());
  const absl::Status opened = store_.LosePower(remains, random_);
  if (!opened.ok()) return line_.findings().Add(absl::StrCat("the store does not open: ", opened.message()));
  coverage_.Count("power lost");
  history_.Restart();
  checked_ = 0;
  Open();
}

void Simulation::Settle() {
  for (int batch = 0; batch < kSettleMost && store_.Step(1 + random_.Below(4)); ++batch) {
    AfterStep();
    scheduler_.RunDue();
  }
}

void Simulation::LetTimePass(absl::Duration least, absl::Duration most) {
  const auto milliseconds = static_cast<uint64_t>((most - least) / absl::Milliseconds(1));
  const absl::Duration time = least + absl::Milliseconds(static_cast<int64_t>(random_.Below(milliseconds)));
  clock_.Pass(time);
  store_.SetClock(clock_.fault());
  // What the broker does again and again it does less often in a long time, as if it had been held up.
  scheduler_.Advance(std::min(time, absl::Seconds(12)));
}

void Simulation::Neglect() {
  const auto rounds = 2 + random_.Below(6);
  const bool long_time = random_.OneIn(4);
  for (uint64_t round = 0; round < rounds * (long_time ? 6 : 1); ++round) {
    LetTimePass(absl::Hours(13), absl::Hours(30));
    Settle();
    AfterStep();
  }
}

void Simulation::FailWithAll(int times) {
  const std::string& municipality_code = random_.OneOf(Municipalities());
  for (int round = 0; round < times; ++round) {
    municipalities_.PullFrom(municipality_code, 5, absl::ZeroDuration());
    Settle();
    AfterStep();
    clock_.Pass(absl::Minutes(12));
    store_.SetClock(clock_.fault());
    for (int look = 0; look < 2; ++look) {
      scheduler_.Advance(2 * kLookEach);
      const bool stops = random_.OneIn(8);
      if (stops) clock_.Stop();
      store_.SetClock(clock_.fault());
      Settle();
      if (stops) clock_.GoOn();
    }
    AfterStep();
  }
}

// No more faults: clients repeat what was not answered, take what waits and acknowledge it, until all is done.
void Simulation::ComeToRest() {
  if (store_.failed()) LosePower(Remains::kAll);
  store_.Disarm();
  clock_.GoOn();
  AfterStep();
  Settle();
  line_.EndFaults();
  regions_.SendAgainAll();
  Settle();
  line_.HoldPulls(false);
  for (int round = 0; round < kRestRounds && line_.findings().none(); ++round) {
    for (size_t call = line_.open(); call > 0; --call) line_.Repeat();
    regions_.HandInAll();
    regions_.SendAgainAll();
    if (round % 8 == 0) operators_.RedriveAll();
    Settle();
    for (const std::string& code : Municipalities()) municipalities_.PullFrom(code, 100, absl::ZeroDuration());
    Settle();
    municipalities_.ConcludeAll();
    Settle();
    if (round > 2 && IsAtRest()) return;
    clock_.Pass(absl::Minutes(15));
    for (int look = 0; look < 3; ++look) {
      scheduler_.Advance(kLookEach);
      Settle();
    }
  }
  if (line_.findings().none()) line_.findings().Add("it does not come to rest");
}

bool Simulation::IsAtRest() {
  return std::all_of(line_.notices().begin(), line_.notices().end(), [&](const auto& entry) {
    const auto story = history_.stories().find(entry.first);
    return story == history_.stories().end() || !inbox::IsUnderWay(story->second.state);
  });
}

void Simulation::CheckToldOutside() {
  history_.CheckReceipts(medium_->store());
  history_.CheckTold(late_);
  for (const auto& [region, streamed] : regions_.streamed()) history_.CheckStreamed(region, streamed);
}

void Simulation::CheckEnd() {
  regions_.AcknowledgeAllOutcomes();
  Settle();
  CheckToldOutside();
  if (coverage_.Of("checkpoints") > 0 || coverage_.Of("restored") > 0) CheckJournalOf(medium_->store());
  for (const auto& [key, notice] : line_.notices()) {
    const auto story = history_.stories().find(key);
    const bool is_handed_in = notice.accepted() > 0;
    if (!is_handed_in || history_.forgotten().contains(key)) continue;
    if (story == history_.stories().end()) {
      line_.findings().Add("an accepted notice has no story", notice.key);
      continue;
    }
    const bool is_acknowledged = story->second.state == inbox::State::kAcknowledged;
    if (is_acknowledged && notice.had != story->second.revision) {
      line_.findings().Add("it was acknowledged by nobody who knows of it", notice.key);
    }
    const bool must_know = story->second.is_withdrawal && notice.had != 0 && story->second.delivered != 0 &&
                           story->second.state != inbox::State::kUndelivered &&
                           story->second.state != inbox::State::kReturned;
    if (must_know && story->second.delivered != story->second.revision) {
      line_.findings().Add("a municipality keeps what was withdrawn", notice.key);
    }
  }
}

}  // namespace envej::simulation
