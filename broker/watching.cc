#include "broker/watching.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "broker/operations/last_run.h"
#include "broker/operations/standing.h"

namespace envej {

using operations::Standing;

Watching::Watching(Parts parts)
    : parts_(std::move(parts)),
      attendance_keeper_({.store = parts_.store,
                          .scheduler = parts_.scheduler,
                          .attendance = attendance_,
                          .not_kept =
                              [this](const absl::Status& why) {
                                parts_.log.Warning("attendance_not_kept",
                                                   {{"error", why.ToString()},
                                                    {"next",
                                                     "it is tried again in a minute; a crash until then forgets "
                                                     "who was seen since it was last kept"}});
                              }}),
      board_({.store = parts_.store,
              .attendance = attendance_,
              .durations = parts_.durations,
              .metrics = parts_.metrics,
              .clock = parts_.clock,
              .copenhagen = parts_.copenhagen}),
      board_metrics_(
          std::make_shared<operations::BoardMetrics>(operations::BoardMetrics::Parts{.board = board_,
                                                                                     .attendance = attendance_,
                                                                                     .trust = parts_.trust,
                                                                                     .clock = parts_.clock,
                                                                                     .suspended = parts_.suspended})) {}

absl::Status Watching::Begin() {
  const absl::Duration began = parts_.clock.Elapsed();
  last_batch_before_ = parts_.store.LastDurableBatch();
  // What came in was stamped by a time that is never behind what the store has.
  const absl::Time now = std::max(parts_.clock.Now(), parts_.store.LastPersistedTime());
  absl::StatusOr<Standing> standing = operations::CountStanding(parts_.store, now);
  if (!standing.ok()) return standing.status();
  parts_.log.Info("standing_counted", {{"under_way", static_cast<int64_t>(standing->under_way)},
                                       {"records_read", static_cast<int64_t>(standing->records_read)},
                                       {"unreadable", static_cast<int64_t>(standing->unreadable)},
                                       {"milliseconds", absl::ToInt64Milliseconds(parts_.clock.Elapsed() - began)}});
  board_.Begin(*std::move(standing));
  RestoreAttendance();
  parts_.metrics.Add(board_metrics_);
  return absl::OkStatus();
}

void Watching::RestoreAttendance() {
  const absl::Status restored = attendance_keeper_.Restore(parts_.clock.Now());
  if (restored.ok()) return;
  parts_.log.Error("attendance_unreadable", {{"error", restored.ToString()},
                                             {"next",
                                              "nothing is known of participants and of their certificates until each "
                                              "calls: see envej-ops participants"}});
}

inbox::Changed Watching::changed() {
  return [this](const inbox::Change& change) { board_.Take(change); };
}

void Watching::Start(inbox::Inboxes& inboxes) {
  board_.SetConsumers([&inboxes] { return inboxes.WaitingPulls(); });
  const absl::Time day_began = board_.DayBegan();
  const auto take = [this, day_began](const std::map<std::string, operations::JournalledInbox>& read,
                                      const absl::Status& whole) {
    // Where a lease may be missing, nothing from before the start makes an inbox silent.
    const absl::Time ran_until = whole.ok() ? parts_.ran_until : absl::InfinitePast();
    board_.Add({.day_began = day_began, .ran_until = ran_until, .inboxes = read});
    if (whole.ok()) return;
    parts_.log.Error("today_not_counted", {{"error", whole.ToString()},
                                           {"next",
                                            "what was counted of today before the start is too little, and an inbox is "
                                            "silent ten minutes after the start at the earliest; run envej-broker "
                                            "journal verify"}});
  };
  today_.emplace(parts_.store, parts_.scheduler,
                 operations::TodayReader::Options{.from = day_began,
                                                  .fetches_from = parts_.ran_until - operations::kLateFrom,
                                                  .last_batch = last_batch_before_,
                                                  .read = take});
  today_->Start();
  attendance_keeper_.Start();
}

void Watching::See(const certs::Identity& caller, const certs::Certificate& certificate, absl::Time now) {
  attendance_.See(caller, certificate, now);
}

void Watching::SeePull(const certs::Identity& caller, absl::Time now) {
  attendance_.SeePull(certs::ParticipantUri(caller), now);
}

void Watching::NoteEnd() {
  if (const absl::Status kept = attendance_keeper_.Keep(); !kept.ok()) {
    parts_.log.Error("attendance_not_kept", {{"error", kept.ToString()},
                                             {"next", "the next start knows who was seen a minute before the stop"}});
  }
  const absl::Status noted = operations::NoteEnd(parts_.store, parts_.clock.Now());
  if (noted.ok()) return;
  parts_.log.Error(
      "end_not_noted",
      {{"error", noted.ToString()}, {"next", "inboxes that are silent may be told some minutes after the next start"}});
}

void Watching::Stop() {
  board_.SetConsumers(nullptr);
  parts_.metrics.SetJournal(nullptr, nullptr);
  parts_.metrics.SetOldestCommit(nullptr);
}

void TellTrust(const trust::TrustFiles& taken, const std::string& configuration_hash, operations::Metrics& metrics) {
  metrics.SetConfiguration(configuration_hash, taken.register_hash);
  metrics.SetCertificateExpires(taken.trust->signer().certificate().not_after());
}

void TellStart(const std::string& broker, uint64_t reserve_bytes, store::OrderedStore& store,
               std::function<absl::Duration()> oldest_commit_age, const std::shared_ptr<journal::Mirror>& mirror,
               operations::Metrics& metrics, const Clock& clock) {
  metrics.SetStart(broker, ENVEJ_VERSION, clock.Now());
  metrics.SetReserve(reserve_bytes);
  std::function<uint64_t()> mirrored;
  if (mirror != nullptr) mirrored = [mirror] { return mirror->mirrored_up_to(); };
  metrics.SetJournal([&store] { return store.LastDurableBatch(); }, std::move(mirrored));
  metrics.SetOldestCommit(std::move(oldest_commit_age));
}

}  // namespace envej
