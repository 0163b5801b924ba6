// Backups, the journal's checkpoints and their mirror, and what becomes of a store that is destroyed and restored.

#include <utility>

#include "broker/commands/check_store.h"
#include "broker/commands/new_incarnation.h"
#include "broker/commands/replay_journal.h"
#include "broker/journal/checkpoint_writer.h"
#include "broker/journal/verification.h"
#include "tests/simulation/simulation.h"
#include "tests/simulation/step_through.h"

namespace envej::simulation {
namespace {

constexpr char kBroker[] = "broker-1";
constexpr uint64_t kRecoverFor = 12;  // steps

absl::StatusOr<Copy> CopyOf(store::OrderedStore& store) {
  const absl::StatusOr<store::ScanResult> all =
      store.Scan({.from = "", .to = "\x7f", .entries = 1'000'000, .bytes = size_t{1} << 30});
  if (!all.ok()) return all.status();
  Copy copy;
  for (const store::KeyValue& entry : all->entries) copy.entries.emplace(entry.key, entry.value);
  const absl::StatusOr<store::BatchHead> head = store::DecodeBatchHead(copy.entries[store::HeadKey()]);
  if (!head.ok()) return head.status();
  copy.head = *head;
  copy.start_epoch = store.StartEpoch();
  return copy;
}

absl::Status Signed(const contract::SignedCheckpoint&) { return absl::OkStatus(); }

}  // namespace

// Where something is written and not synced, it could be of another history.
void Simulation::TakeBackup() {
  if (store_.failed() || store_.carried() == 0 || store_.carried() != store_.durable()) return;
  absl::StatusOr<Copy> copy = CopyOf(medium_->store());
  if (!copy.ok()) return line_.findings().Add(absl::StrCat("no backup can be made: ", copy.status().message()));
  backup_ = *std::move(copy);
  coverage_.Count("backups");
}

void Simulation::WriteCheckpoint() {
  if (store_.failed()) return;
  StepThrough store(store_);
  const auto signer = [] {
    return journal::CheckpointSigner{
        .sign = [](absl::string_view) -> absl::StatusOr<std::string> { return std::string("signed"); },
        .certificate = "certificate"};
  };
  const absl::StatusOr<bool> written =
      journal::CheckpointWriter(store, kBroker, signer).WriteNext(line_.broker_clock());
  if (written.value_or(false)) coverage_.Count("checkpoints");
  if (absl::IsDataLoss(written.status())) {
    line_.findings().Add(absl::StrCat("no checkpoint can be made: ", written.status().message()));
  }
}

void Simulation::MirrorJournal() {
  if (store_.failed()) return;
  const absl::Status taken = copies_.Take(medium_->store());
  if (!taken.ok()) line_.findings().Add(absl::StrCat("the journal cannot be mirrored: ", taken.message()));
}

absl::StatusOr<store::HighWaterMark> Simulation::MakeRestored(store::OfflineStore& store) {
  const absl::Time now = line_.broker_clock();
  commands::Reached reached{.head = backup_->head, .mirror_end = 0, .unfitting = 0, .why_not_further = {}};
  const std::string& former = backup_->head.store_incarnation;
  if (copies_.Has(former)) {
    absl::StatusOr<commands::Reached> replayed = commands::ReplayJournal(
        store, backup_->head, [&](uint64_t) { return copies_.Open(former); }, Signed, now);
    if (!replayed.ok()) return replayed.status();
    reached = *std::move(replayed);
  }
  const auto open = [this](const std::string& incarnation) -> absl::StatusOr<std::unique_ptr<journal::JournalSource>> {
    if (!copies_.Has(incarnation)) return nullptr;
    return copies_.Open(incarnation);
  };
  const absl::Status taken = commands::TakeFormerCheckpoints(store, open, Signed);
  if (!taken.ok()) return taken;
  if (reached.unfitting != 0) line_.findings().Add("an event of the journal fits no notice");
  if (!reached.why_not_further.empty()) line_.findings().Add(reached.why_not_further);
  coverage_.Count("batches replayed", reached.head.batch - backup_->head.batch);
  std::string incarnation(store::kIncarnationBytes, '\0');
  for (char& byte : incarnation) byte = static_cast<char>(random_.Below(256));
  journal::RecoveryMark recovery;
  recovery.backup_batch = backup_->head.batch;
  const absl::StatusOr<commands::NewIncarnation> begun = commands::Begin(
      store, reached,
      {.store_incarnation = incarnation, .broker = kBroker, .now = now, .backup_epoch = backup_->start_epoch},
      std::move(recovery));
  if (!begun.ok()) return begun.status();
  const commands::StoreView view{.get = [&store](absl::string_view key) { return store.Get(key); },
                                 .scan = [&store](const store::ScanRange& range) { return store.Scan(range); }};
  const absl::StatusOr<commands::CheckedStore> checked = commands::CheckStore(view);
  if (!checked.ok()) return checked.status();
  coverage_.Count("notices missing", checked->missing);
  return begun->mark;
}

void Simulation::DestroyAndRestore() {
  if (!backup_.has_value()) return;
  if (!store_.failed()) {
    ReadHistory();
    CheckToldOutside();
  }
  if (!line_.findings().none()) return;
  line_.Connect(nullptr);
  inboxes_.reset();
  scheduler_.DropAll();
  clock_.SetRight();  // by whoever restores it
  const absl::Status restored =
      store_.Restore(*backup_, [this](store::OfflineStore& store) { return MakeRestored(store); });
  if (!restored.ok()) return line_.findings().Add(absl::StrCat("it cannot be restored: ", restored.message()));
  coverage_.Count("restored");
  late_.clear();
  regions_.ForgetStreams();
  history_.Restart();
  checked_ = 0;
  Open();
  ReadHistory();
  line_.promises().Restored(history_, medium_->store());
  line_.HoldPulls(true);
  recovers_until_ = steps_ + kRecoverFor;
  regions_.SendAgainAll();
  AfterStep();
}

void Simulation::ProvokeMissing(Row row) {
  const auto is_wanted = [row](const Story& story) {
    if (row == Row::kWithdrawMissing) return story.is_withdrawal;
    return !story.is_withdrawal && (row == Row::kSubmitMissing) == (story.revision == 1);
  };
  KnownNotice* const missing =
      AnyWith([&](const Story& story) { return story.state == inbox::State::kMissing && is_wanted(story); });
  if (missing != nullptr) {
    if (random_.OneIn(6)) clock_.Jump(random_);
    if (random_.OneIn(6)) clock_.Stop();
    store_.SetClock(clock_.fault());
    if (!random_.OneIn(8)) return regions_.SendAgain(*missing);
    // What came again is replayed in its turn.
    Settle();
    TakeBackup();
    regions_.SendAgain(*missing);
    return LoseAfterMirroring();
  }
  KnownNotice* const delivered =
      AnyWith([](const Story& story) { return story.delivered > 0 && !story.is_withdrawal; });
  KnownNotice* const waiting =
      AnyWith([](const Story& story) { return story.state == inbox::State::kWaiting && !story.is_withdrawal; });
  if (row == Row::kWithdrawMissing && delivered == nullptr) return ProvokeConclusion(/*acknowledge=*/true);
  if (row == Row::kReviseMissing && waiting == nullptr) return regions_.SubmitNew();
  Settle();
  TakeBackup();
  if (row == Row::kWithdrawMissing) {
    regions_.WithdrawOne(*delivered);
  } else if (row == Row::kReviseMissing) {
    regions_.ReviseOne(*waiting);
  } else {
    regions_.SubmitNew();
  }
  LoseAfterMirroring();
}

void Simulation::LoseAfterMirroring() {
  Settle();
  WriteCheckpoint();
  MirrorJournal();
  AfterStep();
  if (!store_.failed()) DestroyAndRestore();
}

void Simulation::CheckJournalOf(store::OrderedStore& store) {
  journal::Expectation expectation;
  expectation.check_signature = Signed;
  const absl::StatusOr<std::optional<journal::RecoveryMark>> mark = journal::ReadRecoveryMark(store);
  if (!mark.ok()) return line_.findings().Add("the store does not say what it was before");
  if (mark->has_value()) expectation.former = (*mark)->former;
  const absl::StatusOr<std::optional<std::string>> value = store.Get(store::HeadKey());
  const absl::StatusOr<store::BatchHead> head = store::DecodeBatchHead(value.ok() ? value->value_or("") : "");
  if (!head.ok()) return line_.findings().Add("the store's head cannot be read");
  expectation.known.push_back({.batch = head->batch,
                               .hash = head->hash,
                               .store_incarnation = head->store_incarnation,
                               .named_by = "the store's head"});
  const std::unique_ptr<journal::JournalSource> source =
      journal::SourceOf([&store](const store::ScanRange& range) { return store.Scan(range); });
  const journal::Verification verified = journal::VerifyJournal(*source, expectation);
  if (!verified.status.ok() || verified.findings.count() != 0) {
    const std::string what =
        verified.findings.kept().empty() ? verified.status.ToString() : verified.findings.kept().front().what;
    line_.findings().Add(absl::StrCat("the journal does not hold: ", what));
  }
}

}  // namespace envej::simulation
