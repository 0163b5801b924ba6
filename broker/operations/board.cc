#include "broker/operations/board.h"

#include <algorithm>
#include <utility>

#include "absl/time/civil_time.h"
#include "broker/store/key_layout.h"

namespace envej::operations {
namespace {

using inbox::Record;
using inbox::State;
using journal::EventType;

bool CanBeHandedOut(const Record* record) {
  return record != nullptr && record->state == State::kWaiting && !record->held_until.has_value();
}

// It can be handed out again, and neither came in by this nor was leased.
bool IsPutBack(const inbox::Change& change) {
  if (change.before == nullptr || !CanBeHandedOut(change.after)) return false;
  return change.before->state != State::kLeased && !CanBeHandedOut(change.before);
}

// Something can be handed out.
bool HasWaiting(const StandingInbox& standing) { return standing.waiting > standing.held; }

void CountTotals(const inbox::Change& change, InboxTotals& totals) {
  for (const inbox::Decision::Told& told : change.told) {
    switch (told.type) {
      case EventType::kAccepted:
        ++totals.accepted[change.notice.region_code];
        break;
      case EventType::kWithdrawn:
        ++totals.accepted[change.notice.region_code];
        if (told.detail < totals.withdrawn.size()) ++totals.withdrawn[told.detail];
        break;
      case EventType::kLeased:
        ++totals.fetched;
        break;
      case EventType::kAcknowledged:
        ++totals.acknowledged;
        break;
      case EventType::kReturned:
        if (told.detail < totals.returned.size()) ++totals.returned[told.detail];
        break;
      default:
        break;
    }
  }
}

std::optional<absl::Time> FirstOf(const StandingInbox::Times& times) {
  if (times.empty()) return std::nullopt;
  return absl::FromUnixMicros(times.begin()->first);
}

// The earlier of what there is.
std::optional<absl::Time> Earlier(const std::optional<absl::Time>& one, const std::optional<absl::Time>& other) {
  if (!one.has_value() || !other.has_value()) return one.has_value() ? one : other;
  return std::min(*one, *other);
}

}  // namespace

Board::Board(Parts parts)
    : parts_(std::move(parts)), day_began_(absl::InfinitePast()), day_ends_(absl::InfinitePast()) {
  const MutexLock lock(mutex_);
  RollDay(parts_.clock.Now());
}

void Board::Begin(Standing standing) {
  const MutexLock lock(mutex_);
  for (auto& [code, inbox] : standing.inboxes) inboxes_[code].standing = std::move(inbox);
  for (const auto& [code, at] : standing.last_fetches) inboxes_[code].last_fetch_at = at;
}

void Board::Serve() {
  const MutexLock lock(mutex_);
  serving_when_ = parts_.clock.Elapsed();
}

void Board::SetConsumers(Consumers consumers) {
  const MutexLock lock(mutex_);
  consumers_ = std::move(consumers);
}

void Board::RollDay(absl::Time now) {
  if (day_began_ <= now && now < day_ends_) return;
  const absl::CivilDay day = absl::ToCivilDay(now, parts_.copenhagen);
  const absl::Time begins = absl::FromCivil(day, parts_.copenhagen);
  const bool goes_back = begins == day_before_began_;
  for (auto& [code, inbox] : inboxes_) {
    if (goes_back) inbox.today += inbox.day_before;
    inbox.day_before = goes_back ? DayCounts() : std::exchange(inbox.today, {});
  }
  day_before_began_ = goes_back ? absl::InfinitePast() : day_began_;
  day_began_ = begins;
  day_ends_ = absl::FromCivil(day + 1, parts_.copenhagen);
}

void Board::Take(const inbox::Change& change) {
  {
    const MutexLock lock(mutex_);
    RollDay(parts_.clock.Now());
    Inbox& inbox = inboxes_[change.notice.municipality_code];
    const bool had_waited = HasWaiting(inbox.standing);
    if (change.before != nullptr) inbox.standing.Remove(change.notice, *change.before);
    if (change.after != nullptr) inbox.standing.Add(change.notice, *change.after);
    if (!had_waited && IsPutBack(change)) inbox.put_back_at = change.at;
    if (CanBeHandedOut(change.after) && change.after->entered_at < inbox.oldest.from) {
      inbox.oldest.from = change.after->entered_at;
      inbox.oldest.lowered = true;
      inbox.oldest.found = inbox.oldest.from;
    }
    CountTotals(change, inbox.totals);
    for (const inbox::Decision::Told& told : change.told) {
      inbox.today.Count(told.type);
      if (told.type == EventType::kLeased) inbox.last_fetch_at = std::max(inbox.last_fetch_at, change.at);
    }
  }
  Measure(change);
}

void Board::Measure(const inbox::Change& change) const {
  if (change.after == nullptr) return;
  const absl::Duration since_accepted = change.at - change.after->newest.accepted_at;
  for (const inbox::Decision::Told& told : change.told) {
    if (told.type == EventType::kAccepted || told.type == EventType::kWithdrawn) {
      parts_.durations.accepted.Add();
    } else if (told.type == EventType::kLeased && change.after->lease_count == 1) {
      parts_.durations.accepted_to_fetched.Add(since_accepted);
      parts_.metrics.ObserveFetched(since_accepted);
    } else if (told.type == EventType::kAcknowledged) {
      parts_.durations.acknowledged.Add();
      parts_.durations.accepted_to_acknowledged.Add(since_accepted);
      parts_.metrics.ObserveAcknowledged(since_accepted);
    }
  }
}

void Board::Add(const Before& before) {
  const MutexLock lock(mutex_);
  RollDay(parts_.clock.Now());
  ran_until_ = before.ran_until;
  for (const auto& [code, journalled] : before.inboxes) {
    Inbox& inbox = inboxes_[code];
    inbox.last_fetch_at = std::max(inbox.last_fetch_at, journalled.last_fetch_at);
    if (before.day_began == day_began_) inbox.today += journalled.counts;
    if (before.day_began == day_before_began_) inbox.day_before += journalled.counts;
  }
}

absl::Time Board::DayBegan() const {
  const MutexLock lock(mutex_);
  return day_began_;
}

std::vector<InboxFigures> Board::ReadAll(const std::set<std::string>& besides) {
  std::set<std::string> codes = besides;
  {
    const MutexLock lock(mutex_);
    for (const auto& [code, inbox] : inboxes_) codes.insert(code);
  }
  return Read(codes);
}

InboxFigures Board::ReadOne(const std::string& municipality_code) { return Read({municipality_code}).front(); }

std::map<std::string, InboxTotals> Board::Totals() const {
  std::map<std::string, InboxTotals> totals;
  const MutexLock lock(mutex_);
  for (const auto& [code, inbox] : inboxes_) totals.emplace(code, inbox.totals);
  return totals;
}

LatePage Board::ListLate(const std::string& municipality_code, const std::optional<LateNotice>& after,
                         size_t most) const {
  LatePage page;
  const MutexLock lock(mutex_);
  for (const auto& [code, inbox] : inboxes_) {
    if (!municipality_code.empty() && code != municipality_code) continue;
    const LateIndex& late = inbox.standing.late;
    page.left_out += late.left_out();
    if (after.has_value() && code < after->notice.municipality_code) continue;
    const bool goes_on = after.has_value() && code == after->notice.municipality_code;
    if (late.Read(code, goes_on ? &*after : nullptr, most, page.notices)) page.more = true;
  }
  return page;
}

std::vector<InboxFigures> Board::Read(const std::set<std::string>& codes) {
  for (const std::string& code : codes) FindOldest(code);
  const absl::Time now = parts_.clock.Now();
  std::vector<InboxFigures> all;
  Consumers consumers;
  absl::Time ran_until;
  absl::Duration served;
  {
    const MutexLock lock(mutex_);
    RollDay(now);
    consumers = consumers_;
    ran_until = ran_until_;
    if (serving_when_.has_value()) served = parts_.clock.Elapsed() - *serving_when_;
    const Inbox none;
    for (const std::string& code : codes) {
      const auto found = inboxes_.find(code);
      const Inbox& inbox = found == inboxes_.end() ? none : found->second;
      all.push_back(FiguresOf(code, inbox));
    }
  }
  const std::map<std::string, size_t> waiting = consumers ? consumers() : std::map<std::string, size_t>();
  for (InboxFigures& figures : all) {
    const auto pulls = waiting.find(figures.municipality_code);
    if (pulls != waiting.end()) figures.consumers = pulls->second;
    Judge(figures, now, ran_until, served);
  }
  return all;
}

// What was delivered lies before the first key as long as it was not compacted away: so the store is asked from where
// the oldest was found last, and passes only what was delivered since.
void Board::FindOldest(const std::string& municipality_code) {
  absl::Time from;
  {
    const MutexLock lock(mutex_);
    const auto inbox = inboxes_.find(municipality_code);
    if (inbox == inboxes_.end()) return;
    const StandingInbox& standing = inbox->second.standing;
    Oldest& oldest = inbox->second.oldest;
    if (!HasWaiting(standing) || parts_.clock.Elapsed() - oldest.found_when < kOldestFor) return;
    oldest.lowered = false;
    oldest.found_when = parts_.clock.Elapsed();
    from = oldest.from;
  }
  const store::ItemKey first{.notice = {.municipality_code = municipality_code, .region_code = "0000", .id = {}}};
  const absl::StatusOr<store::ScanResult> scan =
      parts_.store.Scan({.from = store::WaitingKey(from, first),
                         .to = store::EndOfPrefix(store::WaitingPrefix(municipality_code)),
                         .entries = 1});
  if (!scan.ok()) return;
  const bool found = !scan->entries.empty();
  const absl::StatusOr<store::WaitingEntry> entry =
      found ? store::ParseWaitingKey(scan->entries.front().key) : absl::NotFoundError("nothing waits");
  const MutexLock lock(mutex_);
  Oldest& oldest = inboxes_[municipality_code].oldest;
  if (oldest.lowered) return;
  oldest.found.reset();
  if (!entry.ok()) return;
  oldest.from = entry->entered_at;
  oldest.found = entry->entered_at;
}

InboxFigures Board::FiguresOf(const std::string& municipality_code, const Inbox& inbox) {
  const StandingInbox& standing = inbox.standing;
  InboxFigures figures;
  figures.municipality_code = municipality_code;
  figures.waiting = standing.waiting;
  figures.held = standing.held;
  figures.leased = standing.leased;
  figures.parked = standing.parked;
  figures.missing = standing.missing;
  figures.overdue = standing.overdue;
  figures.undelivered = standing.undelivered;
  if (HasWaiting(standing)) {
    figures.oldest_waiting_at = inbox.oldest.found;
    if (inbox.put_back_at != absl::InfinitePast()) figures.put_back_at = inbox.put_back_at;
  }
  figures.oldest_entered_at = Earlier(figures.oldest_waiting_at, FirstOf(standing.apart));
  figures.oldest_leased_at = FirstOf(standing.leases);
  if (inbox.last_fetch_at != absl::InfinitePast()) figures.last_fetch_at = inbox.last_fetch_at;
  figures.today = inbox.today;
  return figures;
}

// What lies in the future was stamped by a clock that was ahead, and says nothing.
void Board::Judge(InboxFigures& figures, absl::Time now, absl::Time ran_until, absl::Duration served) const {
  const std::string municipality = MunicipalityUri(figures.municipality_code);
  figures.last_seen_at = parts_.attendance.LastSeen(municipality, now);
  figures.last_pull_at = parts_.attendance.LastPull(municipality, now);
  if (!figures.oldest_waiting_at.has_value()) return;
  absl::Time since = std::max(*figures.oldest_waiting_at, figures.last_pull_at.value_or(absl::InfinitePast()));
  for (const std::optional<absl::Time>& later : {figures.last_fetch_at, figures.put_back_at}) {
    if (later.has_value() && *later <= now) since = std::max(since, *later);
  }
  if (now - since < kSilentAfter) return;
  const absl::Duration before_start = std::max(ran_until - since, absl::ZeroDuration());
  if (served >= kSilenceGrace) {
    if (before_start + served >= kSilentAfter) figures.silent_since = since;
  } else {
    const bool is_before_known = ran_until != absl::InfinitePast();
    figures.silence_unknown = !is_before_known || before_start + kSilenceGrace >= kSilentAfter;
  }
}

}  // namespace envej::operations
