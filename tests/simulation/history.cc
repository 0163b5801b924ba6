#include "tests/simulation/history.h"

#include <algorithm>
#include <limits>

#include "broker/store/batch_record.h"
#include "proto/contract/limits.h"

namespace envej::simulation {
namespace {

using inbox::IsUnderWay;
using inbox::Late;
using inbox::State;
using journal::Event;
using journal::EventType;

constexpr uint32_t kTries = 20;
constexpr size_t kActorDigits = 4;  // of the certificate, in a hop

bool IsByAnOperator(const Event& event) {
  return event.type == EventType::kReturnProposed ||
         (event.type == EventType::kReturned &&
          event.detail == static_cast<uint32_t>(inbox::ReturnReason::kNotDeliverable));
}

inbox::Hop HopOf(const Event& event) {
  return {.type = event.type,
          .at = event.at,
          .revision = event.item.revision,
          .detail = event.detail,
          .actor = event.actor.substr(0, kActorDigits)};
}

// Whoever would have returned it has to say so again of what it has become; but nothing becomes of it by being late.
bool VoidsProposal(EventType type) {
  return type != EventType::kReturnProposed && type != EventType::kOverdue && type != EventType::kUndelivered;
}

}  // namespace

void History::Restart() {
  batch_ = 0;
  hash_.clear();
  time_ = absl::InfinitePast();
  stories_.clear();
  forgotten_.clear();
  forgotten_until_ = absl::InfinitePast();
  backup_batch_ = 0;
  restores_ = 0;
  restored_at_ = absl::InfinitePast();
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
    bool is_restored = false;
    for (const std::string& bytes : record->events) {
      const absl::StatusOr<Event> event = journal::DecodeEvent(bytes);
      if (!event.ok()) return findings_.Add("an event cannot be read");
      is_restored = is_restored || event->type == EventType::kRestored;
      Happened(*event);
      events_.push_back(*event);
    }
    if (batch_ != 0 && is_restored != (record->store_incarnation != incarnation_)) {
      findings_.Add("a restored store takes itself for the lost one, or another for a restored one");
    }
    incarnation_ = record->store_incarnation;
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
  if (IsByAnOperator(event)) {
    const bool is_one = std::any_of(Operators().begin(), Operators().end(),
                                    [&](const std::string& each) { return event.actor == ActorOf(each); });
    if (!is_one) findings_.Add("returned as undeliverable by nobody of operations", notice);
    return;
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
  if (event.type == EventType::kRestored) return Restored(event);
  const std::string key = store::RecordKey(event.item.notice);
  const bool is_new = stories_.try_emplace(key).second;
  if (is_new) stories_[key].first_batch = batch_ + 1;
  CheckActor(event);
  HappenedTo(stories_[key], event, is_new);
  const auto story = stories_.find(key);
  if (story == stories_.end()) return;
  story->second.hops.push_back(HopOf(event));
  if (VoidsProposal(event.type)) story->second.proposer.clear();
}

void History::HappenedTo(Story& story, const Event& event, bool is_new) {
  const store::NoticeKey& notice = event.item.notice;
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
      Concluded(story, event);
      break;
    case EventType::kReturned:
      if (IsByAnOperator(event)) {
        ReturnedByOperations(story, event);
      } else {
        Concluded(story, event);
      }
      break;
    case EventType::kReturnProposed:
      ReturnProposed(story, event);
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
    case EventType::kMissing:
      Missing(story, event);
      break;
    case EventType::kForgotten:
      return Forgotten(Story(story), event);
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
  if (event.commitment != CommitmentTo(said.content)) findings_.Add("an event commits to other content");
  if (IsAnew(story, event)) {
    story.discharge_day_ends = said.discharge_day_ends;
    if (story.is_withdrawal) findings_.Add("what was withdrawn was accepted anew", event.item.notice);
    return AcceptedAnew(story, event);
  }
  if (is_new != (said.kind == Said::Kind::kSubmit) || said.is_withdrawal()) {
    findings_.Add("a submission and a revision were mistaken for one another", event.item.notice);
  }
  if (!is_new && event.item.revision <= story.revision)
    findings_.Add("a stale revision was accepted", event.item.notice);
  if (!is_new && (story.is_withdrawal || story.state == State::kWithdrawn || story.state == State::kUndelivered)) {
    findings_.Add("what had ended was revised", event.item.notice);
  }
  if (is_new && said.created_at <= forgotten_until_ + contract::kClockSkew) {
    findings_.Add("what may have been forgotten was accepted as new", event.item.notice);
  }
  // What may have been in a store that is lost may be in somebody's hands.
  if (is_new) story.was_leased = said.created_at <= restored_at_ + contract::kClockSkew;
  const KnownNotice& notice = notices_.at(store::RecordKey(event.item.notice));
  const auto before = notice.said.find(story.revision);
  const bool same_date =
      !story.date_lost && before != notice.said.end() && before->second.discharge_date == said.discharge_date;
  Enter(story, event);
  if (!same_date) story.late.erase(static_cast<uint32_t>(Late::kPastDischarge));
  story.discharge_day_ends = said.discharge_day_ends;
  story.date_lost = false;
  story.accepted_at = story.last = event.at;
  story.accepted_batch = batch_ + 1;
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
  if (IsAnew(story, event) && story.is_withdrawal) return AcceptedAnew(story, event);
  if (!is_new && event.item.revision <= story.revision) findings_.Add("a stale withdrawal", event.item.notice);
  if (story.is_withdrawal) findings_.Add("withdrawn twice", event.item.notice);
  Enter(story, event);
  story.accepted_at = story.last = event.at;
  story.accepted_batch = batch_ + 1;
  if (is_new) story.was_leased = event.at < restored_at_ + contract::kClockSkew + kRemembered;
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
  story.last = event.at;
  story.had = event.item.revision;
  story.concluded.insert(event.token);
  if (event.type == EventType::kReturned) {
    story.state = State::kReturned;
    return;
  }
  story.state = story.is_withdrawal ? State::kWithdrawn : State::kAcknowledged;
  story.delivered = event.item.revision;
  story.delivered_token = event.token;
}

void History::Forgotten(const Story& story, const Event& event) {
  const store::NoticeKey& notice = event.item.notice;
  const absl::Time from = std::max(story.last, story.discharge_day_ends) + kRemembered;
  if (IsUnderWay(story.state)) findings_.Add("what is under way was forgotten", notice);
  if (event.at < from) findings_.Add("it was forgotten too early", notice);
  if (sure_time_ < from) findings_.Add("it was forgotten because a clock was put forward", notice);
  forgotten_.insert(store::RecordKey(notice));
  forgotten_until_ = std::max(forgotten_until_, story.accepted_at);
  stories_.erase(store::RecordKey(notice));
}

}  // namespace envej::simulation
