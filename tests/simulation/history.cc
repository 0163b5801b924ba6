#include "tests/simulation/history.h"

#include <algorithm>
#include <limits>

#include "broker/journal/receipts.h"
#include "broker/store/batch_record.h"

namespace envej::simulation {
namespace {

using inbox::IsUnderWay;
using inbox::Late;
using inbox::State;
using journal::Event;
using journal::EventType;

constexpr uint32_t kTries = 20;
constexpr absl::Duration kDay = absl::Hours(24);

}  // namespace

void History::Restart() {
  batch_ = 0;
  hash_.clear();
  time_ = absl::InfinitePast();
  stories_.clear();
  events_.clear();
}

void History::Read(store::OrderedStore& store) {
  const absl::StatusOr<store::ScanResult> scan = store.Scan({.from = store::JournalKey(batch_ + 1),
                                                             .to = store::EndOfPrefix(store::JournalPrefix()),
                                                             .entries = 100'000,
                                                             .bytes = size_t{1} << 30});
  if (!scan.ok()) return findings_.Add("the journal cannot be read");
  for (const store::KeyValue& entry : scan->entries) {
    const absl::StatusOr<store::BatchRecord> record = store::DecodeBatchRecord(entry.value);
    if (!record.ok()) return findings_.Add("a journal record cannot be read");
    const bool follows = record->batch == batch_ + 1 && (batch_ == 0 || record->previous_hash == hash_);
    if (!follows || entry.key != store::JournalKey(record->batch)) findings_.Add("the journal's chain is broken");
    if (record->time < time_) findings_.Add("the journal's time went back");
    for (const std::string& bytes : record->events) {
      const absl::StatusOr<Event> event = journal::DecodeEvent(bytes);
      if (!event.ok()) return findings_.Add("an event cannot be read");
      Happened(*event);
      events_.push_back(*event);
    }
    batch_ = record->batch;
    hash_ = store::HashOf(*record);
    time_ = record->time;
  }
}

void History::CheckActor(const Event& event) {
  const store::NoticeKey& notice = event.item.notice;
  std::string actor;
  switch (event.type) {
    case EventType::kAccepted:
    case EventType::kWithdrawn:
    case EventType::kOutcomeAcknowledged:
      actor = ActorOf(notice.region_code);
      break;
    case EventType::kLeased:
    case EventType::kAcknowledged:
    case EventType::kReturned:
      actor = ActorOf(notice.municipality_code);
      break;
    case EventType::kRedriven:
      actor = ActorOf(kOperations);
      break;
    default:
      break;
  }
  if (event.actor != actor) findings_.Add("an event does not say truly who did it", notice);
}

const Said* History::NewestSaid(const Event& event) const {
  const auto notice = notices_.find(store::RecordKey(event.item.notice));
  if (notice == notices_.end()) return nullptr;
  const auto said = notice->second.said.find(event.item.revision);
  return said == notice->second.said.end() || said->second.calls == 0 ? nullptr : &said->second;
}

void History::Happened(const Event& event) {
  const store::NoticeKey& notice = event.item.notice;
  const auto [entry, is_new] = stories_.try_emplace(store::RecordKey(notice));
  Story& story = entry->second;
  CheckActor(event);
  const Said* const said = NewestSaid(event);
  if (said == nullptr) return findings_.Add("the journal tells of what nobody handed in", notice);
  if (event.type == EventType::kAccepted) return Accepted(story, event, *said, is_new);
  if (event.type == EventType::kWithdrawn) return Withdrawn(story, event, *said, is_new);
  if (is_new) return findings_.Add("something happened to a notice that was never accepted", notice);
  if (event.item.revision != story.revision) findings_.Add("something happened to an older revision", notice);
  switch (event.type) {
    case EventType::kLeased:
      if (story.state != State::kWaiting) findings_.Add("leased what did not wait", notice);
      if (story.failures >= kTries) findings_.Add("handed out after too many failures", notice);
      if (event.at < story.handed_out_from) findings_.Add("handed out although it was held back", notice);
      story.state = State::kLeased;
      story.token = event.token;
      ++story.leases;
      story.was_leased = true;
      break;
    case EventType::kLeaseExpired:
      LeaseExpired(story, event);
      break;
    case EventType::kParked:
      if (story.failures < kTries) findings_.Add("parked too early", notice);
      story.state = State::kParked;
      break;
    case EventType::kRedriven:
      if (story.state != State::kWaiting && story.state != State::kParked) findings_.Add("redriven", notice);
      story.state = State::kWaiting;
      story.failures = 0;
      story.handed_out_from = absl::InfinitePast();
      break;
    case EventType::kAcknowledged:
    case EventType::kReturned:
      Concluded(story, event);
      break;
    case EventType::kOverdue:
      Overdue(story, event);
      break;
    case EventType::kUndelivered:
      Undelivered(story, event);
      break;
    case EventType::kDestroyed:
      Destroyed(story, event);
      break;
    case EventType::kOutcomeAcknowledged:
      OutcomeAcknowledged(story, event);
      break;
    default:
      findings_.Add("an event of another kind", notice);
  }
}

void History::Enter(Story& story, const Event& event) {
  if (IsUnderWay(story.state) && story.revision != 0) return;
  EnterAnew(story, event);
}

void History::EnterAnew(Story& story, const Event& event) {
  story.entered_at = event.at;
  story.leases = 0;
  story.late.clear();
  story.undelivered = 0;
}

void History::Accepted(Story& story, const Event& event, const Said& said, bool is_new) {
  if (is_new != (said.kind == Said::Kind::kSubmit) || said.is_withdrawal()) {
    findings_.Add("a submission and a revision were mistaken for one another", event.item.notice);
  }
  if (!is_new && event.item.revision <= story.revision)
    findings_.Add("a stale revision was accepted", event.item.notice);
  if (!is_new && (story.is_withdrawal || story.state == State::kWithdrawn || story.state == State::kUndelivered)) {
    findings_.Add("what had ended was revised", event.item.notice);
  }
  if (event.commitment != CommitmentTo(said.content)) findings_.Add("an event commits to other content");
  const KnownNotice& notice = notices_.at(store::RecordKey(event.item.notice));
  const auto before = notice.said.find(story.revision);
  const bool same_date = before != notice.said.end() && before->second.discharge_date == said.discharge_date;
  Enter(story, event);
  if (!same_date) story.late.erase(static_cast<uint32_t>(Late::kPastDischarge));
  story.state = State::kWaiting;
  story.revision = event.item.revision;
  story.token.clear();
  story.failures = 0;
  story.handed_out_from = absl::InfinitePast();
  story.outcome_noted = false;
}

void History::Withdrawn(Story& story, const Event& event, const Said& said, bool is_new) {
  if (!said.is_withdrawal() || event.detail != static_cast<uint32_t>(said.reason)) {
    findings_.Add("withdrawn, or for a reason, as nobody said", event.item.notice);
  }
  if (!is_new && event.item.revision <= story.revision) findings_.Add("a stale withdrawal", event.item.notice);
  if (story.is_withdrawal) findings_.Add("withdrawn twice", event.item.notice);
  Enter(story, event);
  // Whoever was given any of it, acknowledged or not, is told; nobody else is.
  if (story.was_leased) EnterAnew(story, event);
  story.state = story.was_leased ? State::kWaiting : State::kWithdrawn;
  story.is_withdrawal = true;
  story.revision = event.item.revision;
  story.token.clear();
  story.failures = 0;
  story.handed_out_from = absl::InfinitePast();
  story.outcome_noted = false;
}

void History::LeaseExpired(Story& story, const Event& event) {
  if (story.state != State::kLeased || event.token != story.token) {
    findings_.Add("a lease ran out that was none", event.item.notice);
  }
  story.state = State::kWaiting;
  ++story.failures;
  story.handed_out_from = absl::InfinitePast();
  if (story.failures < 2) return;
  const absl::Duration longest =
      std::min(absl::Minutes(10), absl::Seconds(5) * (int64_t{1} << std::min(story.failures - 2, 16u)));
  story.handed_out_from = event.at + longest / 2;
}

void History::Concluded(Story& story, const Event& event) {
  if (story.state != State::kLeased || event.token != story.token) {
    findings_.Add("concluded by nobody who held it", event.item.notice);
  }
  if (event.type == EventType::kReturned) {
    story.state = State::kReturned;
    return;
  }
  story.state = story.is_withdrawal ? State::kWithdrawn : State::kAcknowledged;
  story.delivered = event.item.revision;
  story.delivered_token = event.token;
}

void History::Overdue(Story& story, const Event& event) {
  const store::NoticeKey& notice = event.item.notice;
  const contract::Thresholds thresholds = ThresholdsOf(notice);
  if (!IsUnderWay(story.state)) findings_.Add("overdue, and not under way", notice);
  if (!story.late.insert(event.detail).second) findings_.Add("told twice that it is overdue", notice);
  const absl::Time not_fetched = story.entered_at + thresholds.not_fetched;
  absl::Time from = absl::InfiniteFuture();
  switch (static_cast<Late>(event.detail)) {
    case Late::kNotFetched:
      if (story.leases == 0) from = not_fetched;
      break;
    case Late::kNotAcknowledged:
      from = story.entered_at + thresholds.not_acknowledged;
      break;
    case Late::kPastDischarge:
      if (story.is_withdrawal) break;
      from = std::max(not_fetched, NewestSaid(event)->discharge_day_ends + thresholds.past_discharge);
      break;
  }
  if (event.at < from) findings_.Add("told too early that it is overdue", notice);
}

void History::Undelivered(Story& story, const Event& event) {
  const store::NoticeKey& notice = event.item.notice;
  if (!IsUnderWay(story.state)) findings_.Add("undelivered, and not under way", notice);
  if (event.detail != story.undelivered + 1) findings_.Add("told a wrong number of times of the undelivered", notice);
  const absl::Time from =
      story.undelivered == 0 ? story.entered_at + ThresholdsOf(notice).undelivered : story.undelivered_at + kDay;
  if (event.at < from) findings_.Add("told too early that it is undelivered", notice);
  story.undelivered = event.detail;
  story.undelivered_at = event.at;
}

void History::Destroyed(Story& story, const Event& event) {
  const store::NoticeKey& notice = event.item.notice;
  const contract::Thresholds thresholds = ThresholdsOf(notice);
  const int64_t days = (thresholds.destroyed - thresholds.undelivered) / kDay;
  if (story.state == State::kLeased || !IsUnderWay(story.state)) findings_.Add("destroyed in somebody's hands", notice);
  if (story.undelivered < days) findings_.Add("destroyed without being told of day after day", notice);
  if (event.at < story.undelivered_at + kDay) findings_.Add("destroyed on the day that it was told of", notice);
  if (event.at < story.entered_at + thresholds.destroyed) findings_.Add("destroyed before its time", notice);
  story.state = State::kUndelivered;
}

void History::OutcomeAcknowledged(Story& story, const Event& event) {
  const bool has_outcome = story.state == State::kReturned || story.state == State::kUndelivered ||
                           (IsUnderWay(story.state) && story.undelivered > 0);
  if (!has_outcome) findings_.Add("an outcome was noted before there was one", event.item.notice);
  if (story.outcome_noted) findings_.Add("an outcome was noted twice", event.item.notice);
  story.outcome_noted = true;
  if (IsUnderWay(story.state)) story.state = State::kUndelivered;
}

void History::CheckReceipts(store::OrderedStore& store) {
  journal::ReceiptReader receipts(store);
  for (const auto& [key, notice] : notices_) {
    for (const auto& [revision, said] : notice.said) {
      if (!said.receipt.has_value()) continue;
      const absl::StatusOr<contract::Receipt> receipt =
          receipts.Read({.notice = notice.key, .revision = revision}, said.receipt->position);
      if (!receipt.ok() || *receipt != *said.receipt) findings_.Add("a receipt cannot be rebuilt", notice.key);
    }
  }
}

void History::CheckTold(const std::vector<inbox::LateItem>& late) {
  for (const inbox::LateItem& told : late) {
    const bool happened = std::any_of(events_.begin(), events_.end(), [&](const Event& event) {
      return event.type == told.told.type && event.detail == told.told.detail && event.item == told.item;
    });
    if (!happened) findings_.Add("operations were told of what came not to have happened", told.item.notice);
  }
}

void History::CheckStreamed(const std::string& region_code, const std::vector<Event>& streamed) {
  size_t next = 0;
  for (const Event& event : events_) {
    if (next == streamed.size()) return;
    if (event.item.notice.region_code != region_code) continue;
    const Event& told = streamed[next++];
    if (told.type != event.type || told.item != event.item || told.at != event.at || told.detail != event.detail) {
      return findings_.Add("a region was told of what came not to have happened", event.item.notice);
    }
  }
  if (next < streamed.size()) findings_.Add("a region was told of more than happened");
}

}  // namespace envej::simulation
