#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "broker/inbox/transitions.h"

namespace envej::inbox {
namespace {

using contract::Thresholds;
using journal::EventType;
using store::Durability;

// What an item can be late with, and when.
struct Deadline {
  Late late;
  absl::Time at;
};

std::array<Deadline, 3> Deadlines(const Record& record, const Thresholds& thresholds) {
  const absl::Time not_fetched = record.entered_at + thresholds.not_fetched;
  const bool has_day = record.kind != ItemKind::kWithdrawal && !record.discharge_date.empty();
  return {{{Late::kNotFetched, record.lease_count == 0 ? not_fetched : absl::InfiniteFuture()},
           {Late::kNotAcknowledged, record.entered_at + thresholds.not_acknowledged},
           {Late::kPastDischarge, has_day ? std::max(not_fetched, record.discharge_day_ends + thresholds.past_discharge)
                                          : absl::InfiniteFuture()}}};
}

bool WasTold(const Record& record, Late late) { return (record.late & BitOf(late)) != 0; }

// When it is next to be told that the item is undelivered, or, when it was told often enough, to be destroyed.
absl::Time UndeliveredAt(const Record& record, const Thresholds& thresholds) {
  return record.undelivered_told == 0 ? record.entered_at + thresholds.undelivered
                                      : record.undelivered_told_at + kUndeliveredToldEvery;
}

// A clock that is far ahead for a moment makes everything old. So what is destroyed was told of day after day before,
// as often as there are days for it, whatever the clock says.
bool IsToBeDestroyed(const Record& record, const Circumstances& circumstances) {
  const Thresholds& thresholds = circumstances.thresholds;
  const int64_t days = (thresholds.destroyed - thresholds.undelivered) / kUndeliveredToldEvery;
  return record.state != State::kLeased && record.undelivered_told >= std::max<int64_t>(days, 1) &&
         circumstances.now >= record.entered_at + thresholds.destroyed &&
         circumstances.now >= UndeliveredAt(record, thresholds);
}

// For how long an item is held back after so many failures: a half and up to as much again, by its id and the count.
absl::Duration Hold(const contract::NoticeId& id, uint32_t failures) {
  if (failures <= 1) return absl::ZeroDuration();
  const absl::Duration longest = std::min(kHoldMost, kHoldLeast * (int64_t{1} << std::min(failures - 2, 16u)));
  const std::string bytes = id.ToBytes();
  const auto chance = static_cast<uint8_t>(bytes[failures % bytes.size()]);
  return longest / 2 + longest / 2 * (static_cast<double>(chance) / 255.0);
}

void EndLease(Record& record, const Circumstances& circumstances, std::vector<Decision::Told>& events) {
  ++record.failure_count;
  events.push_back({EventType::kLeaseExpired});
  if (record.failure_count >= kFailuresMost) {
    record.state = State::kParked;
    events.push_back({EventType::kParked});
    return;
  }
  record.state = State::kWaiting;
  const absl::Duration hold = Hold(circumstances.id, record.failure_count);
  if (hold > absl::ZeroDuration()) record.held_until = circumstances.now + hold;
}

}  // namespace

absl::Time NextDue(const Record& record, const Thresholds& thresholds) {
  absl::Time due = UndeliveredAt(record, thresholds);
  if (record.state == State::kLeased) due = std::min(due, record.lease_expires_at);
  if (record.held_until.has_value()) due = std::min(due, *record.held_until);
  for (const Deadline& deadline : Deadlines(record, thresholds)) {
    if (!WasTold(record, deadline.late)) due = std::min(due, deadline.at);
  }
  return due;
}

absl::Time ForgetAt(const Record& record) {
  const absl::Time outcome = record.outcome_acknowledged_at.value_or(absl::Time());
  if (record.discharge_date.empty() && record.delivered_revision != 0) {  // its day was lost with a store
    return std::max({record.newest.accepted_at + kDischargeDayEndsAtMost, record.concluded_at, outcome}) + kRemembered;
  }
  return std::max({record.newest.accepted_at, record.concluded_at, outcome, record.discharge_day_ends}) + kRemembered;
}

Decision On(const std::optional<Record>& state, const PassTime&, const Circumstances& circumstances) {
  if (!state.has_value() || !IsUnderWay(state->state)) return Decision::Unchanged();
  const absl::Time now = circumstances.now;
  Record next = *state;
  std::vector<Decision::Told> events;
  if (next.state == State::kLeased && now >= next.lease_expires_at) EndLease(next, circumstances, events);
  if (next.held_until.has_value() && now >= *next.held_until) next.held_until.reset();
  for (const Deadline& deadline : Deadlines(next, circumstances.thresholds)) {
    if (WasTold(next, deadline.late) || now < deadline.at) continue;
    next.late |= BitOf(deadline.late);
    events.push_back({EventType::kOverdue, static_cast<uint32_t>(deadline.late)});
  }
  if (IsToBeDestroyed(next, circumstances)) {
    next.state = State::kUndelivered;
    next.concluded_at = now;
    events.push_back({EventType::kDestroyed});
    return Decision::Changed(std::move(next), {.destroy_content = true, .events = std::move(events)});
  }
  if (now >= UndeliveredAt(next, circumstances.thresholds)) {
    ++next.undelivered_told;
    next.undelivered_told_at = now;
    events.push_back({EventType::kUndelivered, next.undelivered_told});
  }
  if (next == *state && NextDue(next, circumstances.thresholds) == next.due_at) return Decision::Unchanged();
  // What is told outside must have happened; that a lease is over is found again.
  const bool is_told = std::any_of(events.begin(), events.end(),
                                   [](const Decision::Told& told) { return told.type != EventType::kLeaseExpired; });
  return Decision::Changed(std::move(next), {.events = std::move(events),
                                             .durability = is_told ? Durability::kSynced : Durability::kUnsynced});
}

Decision On(const std::optional<Record>& state, const Forget& forget, const Circumstances&) {
  if (!state.has_value() || IsUnderWay(state->state) || forget.up_to < ForgetAt(*state)) {
    return Decision::Unchanged();
  }
  return Decision::Forgotten();
}

}  // namespace envej::inbox
