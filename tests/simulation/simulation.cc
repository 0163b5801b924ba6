#include "tests/simulation/simulation.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "proto/contract/rejection.h"

namespace envej::simulation {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);
constexpr std::array<const char*, 3> kMunicipalities = {"0101", "0147", "0851"};
constexpr std::array<const char*, 2> kRegions = {"1081", "1084"};
constexpr int kRestRounds = 200;

contract::ContentCommitment CommitmentTo(const std::string& content) {
  return {.key_id = "key", .value = contract::Sha256(content)};
}

inbox::Submission MakeSubmission(const store::NoticeKey& key, const std::string& content) {
  inbox::Submission submission;
  submission.notice = key;
  submission.actor = contract::Sha256(key.region_code);
  inbox::Submit submit;
  submit.discharge_date = "2027-01-15";
  submit.commitments = {CommitmentTo(content)};
  submission.what = submit;
  submission.keep = inbox::KeepAsItIs(content);
  return submission;
}

inbox::LeaseName LeaseOf(const KnownNotice& notice, const std::string& token) {
  return {.region_code = notice.key.region_code, .id = notice.key.id, .revision = 1, .token = token};
}

}  // namespace

Simulation::Simulation(uint64_t seed) : random_(seed), clock_(kStart) { Open(); }

void Simulation::Open() {
  ++life_;
  failing_ = false;
  inboxes_ = std::make_unique<inbox::Inboxes>(store_, clock_, scheduler_, inbox::Inboxes::Options{});
  inboxes_->Start();
}

void Simulation::Run(int steps) {
  for (int step = 0; step < steps && model_.violations().empty(); ++step) {
    Step();
    if (!failing_) model_.CheckStore(store_);
  }
  if (model_.violations().empty()) ComeToRest();
  if (model_.violations().empty()) model_.CheckJournal(store_);
}

void Simulation::Step() {
  const uint64_t choice = Random(1000);
  if (choice < 170) {
    SubmitNew();
  } else if (choice < 230) {
    SubmitAgain();
  } else if (choice < 260) {
    SubmitOther();
  } else if (choice < 380) {
    Pull(Random(2) == 0 ? absl::ZeroDuration() : absl::Seconds(20));
  } else if (choice < 480) {
    ConcludeSome(/*acknowledge=*/true, /*newest=*/true);
  } else if (choice < 520) {
    ConcludeSome(/*acknowledge=*/true, /*newest=*/false);
  } else if (choice < 550) {
    ConcludeSome(/*acknowledge=*/false, /*newest=*/true);
  } else if (choice < 580) {
    ExtendSome();
  } else if (choice < 830) {
    if (store_.Step(1 + Random(4))) Count("batch");
  } else if (choice < 940) {
    const absl::Duration pause = absl::Milliseconds(static_cast<int64_t>(Random(8000)));
    clock_.Advance(pause);
    scheduler_.Advance(pause);
    Count("time passes");
  } else if (choice < 955) {
    clock_.Set(clock_.Now() + absl::Seconds(static_cast<int64_t>(Random(600)) - 300));
    Count("clock jumps");
  } else if (choice < 970) {
    scheduler_.Advance(absl::Seconds(30));  // tasks run although the clock stands still
    Count("clock stops");
  } else if (choice < 985) {
    Crash();
  } else if (!failing_) {
    store_.FailNextBatch(/*applied=*/Random(2) == 0);
    failing_ = true;
    Count("write fails");
  } else {
    Crash();  // a failed store ends the process
  }
}

void Simulation::Crash() {
  inboxes_.reset();
  scheduler_.DropAll();
  store_.Crash(Random(4));
  Open();
  Count("crash");
}

void Simulation::SubmitNew() {
  const store::NoticeKey key{
      .municipality_code = kMunicipalities[Random(kMunicipalities.size())],
      .region_code = kRegions[Random(kRegions.size())],
      .id = *contract::NoticeId::Parse(absl::StrFormat("00000000-0000-4000-8000-%012d", next_id_++))};
  Submit(model_.Add(key, absl::StrCat("content of ", key.id.ToString(), " for ", key.municipality_code)));
  Count("submit");
}

void Simulation::SubmitAgain() {
  KnownNotice* notice = RandomNotice([](const KnownNotice&) { return true; });
  if (notice == nullptr) return;
  Submit(*notice);
  Count("submit again");
}

void Simulation::SubmitOther() {
  KnownNotice* notice = RandomNotice([](const KnownNotice& known) { return known.receipt.has_value(); });
  if (notice == nullptr) return;
  inboxes_->SubmitAll({MakeSubmission(notice->key, "other content")},
                      [this, notice, life = life_](std::vector<absl::StatusOr<inbox::Accepted>> answers) {
                        if (life == life_) model_.SubmittedOther(*notice, answers.at(0));
                      });
  Count("submit other content");
}

void Simulation::Submit(KnownNotice& notice) {
  inboxes_->SubmitAll({MakeSubmission(notice.key, notice.content)},
                      [this, &notice, life = life_](std::vector<absl::StatusOr<inbox::Accepted>> answers) {
                        if (life == life_) model_.Submitted(notice, answers.at(0));
                      });
}

void Simulation::Pull(absl::Duration wait) {
  PullFrom(kMunicipalities[Random(kMunicipalities.size())], wait);
  Count("pull");
}

void Simulation::PullFrom(const std::string& municipality_code, absl::Duration wait) {
  inbox::PullRequest request{.municipality_code = municipality_code,
                             .actor = contract::Sha256(municipality_code),
                             .max_notices = 1 + Random(5),
                             .max_bytes = 1000,
                             .wait = wait,
                             .lease = absl::Seconds(5 + static_cast<int64_t>(Random(20)))};
  inboxes_->Pull(std::move(request),
                 [this, municipality_code, life = life_](absl::StatusOr<std::vector<inbox::PulledItem>> items) {
                   if (life != life_ || !items.ok()) return;
                   for (const inbox::PulledItem& item : *items) {
                     model_.Pulled(municipality_code, item);
                     Count("delivered");
                   }
                 });
}

void Simulation::ConcludeSome(bool acknowledge, bool newest) {
  KnownNotice* notice = RandomNotice([](const KnownNotice& known) { return !known.tokens.empty(); });
  if (notice == nullptr) return;
  auto token = notice->tokens.begin();
  std::advance(token, static_cast<std::ptrdiff_t>(Random(notice->tokens.size())));
  Conclude(*notice, newest ? notice->newest_token : *token, acknowledge);
  Count(acknowledge ? "acknowledge" : "return");
}

void Simulation::Conclude(KnownNotice& notice, const std::string& token, bool acknowledge) {
  const Conclusion conclusion{.acknowledged = acknowledge, .token = token};
  const auto done = [this, &notice, conclusion, life = life_](std::vector<absl::StatusOr<absl::Time>> times) {
    if (life == life_) model_.Concluded(notice, conclusion, times.at(0));
  };
  const inbox::InboxCaller caller{.municipality_code = notice.key.municipality_code,
                                  .actor = contract::Sha256(notice.key.municipality_code)};
  const inbox::LeaseName lease = LeaseOf(notice, token);
  if (acknowledge) {
    inboxes_->AcknowledgeAll(caller, {lease}, done);
  } else {
    inboxes_->ReturnAll(caller, {{.lease = lease, .reason = inbox::ReturnReason::kNotResident}}, done);
  }
}

void Simulation::ExtendSome() {
  KnownNotice* notice = RandomNotice([](const KnownNotice& known) { return !known.tokens.empty(); });
  if (notice == nullptr) return;
  inboxes_->Extend(notice->key.municipality_code, {LeaseOf(*notice, notice->newest_token)}, absl::Seconds(15),
                   [](const std::vector<absl::StatusOr<absl::Time>>&) {});
  Count("extend");
}

// No more faults: clients repeat what was not answered, pull until nothing comes, and acknowledge all.
void Simulation::ComeToRest() {
  if (failing_) Crash();
  for (int round = 0; round < kRestRounds; ++round) {
    for (auto& [key, notice] : model_.notices()) {
      if (!notice.receipt.has_value()) Submit(notice);
    }
    for (const char* municipality_code : kMunicipalities) PullFrom(municipality_code, absl::ZeroDuration());
    while (store_.Step()) scheduler_.RunDue();
    for (auto& [key, notice] : model_.notices()) {
      if (!notice.newest_token.empty() && !notice.concluded.has_value()) Conclude(notice, notice.newest_token, true);
    }
    while (store_.Step()) scheduler_.RunDue();
    clock_.Advance(absl::Seconds(30));
    scheduler_.Advance(absl::Seconds(1));
    model_.CheckStore(store_);
    if (!model_.violations().empty()) return;
  }
  for (const auto& [key, notice] : model_.notices()) {
    const absl::StatusOr<inbox::Record> record = inboxes_->Get(notice.key);
    const bool concluded =
        record.ok() && (record->state == inbox::State::kAcknowledged || record->state == inbox::State::kReturned);
    if (!notice.receipt.has_value()) model_.Violate("a notice was never accepted");
    if (!concluded) model_.Violate("an accepted notice was never delivered");
  }
}

KnownNotice* Simulation::RandomNotice(const std::function<bool(const KnownNotice&)>& wanted) {
  std::vector<KnownNotice*> found;
  for (auto& [key, notice] : model_.notices()) {
    if (wanted(notice)) found.push_back(&notice);
  }
  return found.empty() ? nullptr : found[Random(found.size())];
}

}  // namespace envej::simulation
