#include "broker/inbox/replay.h"

#include <utility>

#include "broker/inbox/transitions.h"

namespace envej::inbox {
namespace {

using journal::Event;
using journal::EventType;

Acceptance AcceptanceOf(const Event& event, const contract::JournalPosition& position) {
  return {
      .revision = event.item.revision, .accepted_at = event.at, .commitment = event.commitment, .position = position};
}

// Takes in what the region said, in the place of what it had said.
Record TakeIn(const std::optional<Record>& before, const Event& event, const contract::JournalPosition& position,
              bool was_restored) {
  Record next = before.value_or(Record());
  if (!before.has_value()) next.leased_before = was_restored;
  Acceptance newest = AcceptanceOf(event, position);
  if (!before.has_value()) {
    Enter(next, event.at);
    next.newest = std::move(newest);
  } else {
    const bool is_sent_again = next.newest.revision == newest.revision;
    Renew(next, event.at);
    if (is_sent_again) {
      next.newest = std::move(newest);
    } else {
      Supersede(next, std::move(newest));
    }
  }
  next.origin = event.origin;
  return next;
}

Replayed Accepted(const std::optional<Record>& before, const Event& event, const contract::JournalPosition& position,
                  bool was_restored) {
  if (before.has_value() && before->withdrawal_reason != WithdrawalReason::kNone) return {};
  Record next = TakeIn(before, event, position, was_restored);
  next.state = State::kMissing;
  next.kind = next.delivered_revision == 0 ? ItemKind::kNotice : ItemKind::kRevision;
  next.discharge_date.clear();
  next.discharge_day_ends = absl::Time();
  return {.next = std::move(next), .destroy_content = before.has_value()};
}

Replayed Withdrawn(const std::optional<Record>& before, const Event& event, const contract::JournalPosition& position,
                   bool was_restored) {
  const bool is_sent_again = before.has_value() && before->withdrawal_reason != WithdrawalReason::kNone;
  Record next = TakeIn(before, event, position, was_restored);
  next.kind = ItemKind::kWithdrawal;
  next.withdrawal_reason = static_cast<WithdrawalReason>(event.detail);
  if (MayBeHeld(next)) {
    if (!is_sent_again) Enter(next, event.at);
    next.state = State::kMissing;  // the municipality is to erase what it may have, and the order to do so is lost
  } else {
    next.state = State::kWithdrawn;
    next.concluded_at = event.at;
  }
  return {.next = std::move(next), .destroy_content = before.has_value()};
}

void Conclude(Record& record, State state, absl::Time at) {
  record.state = state;
  record.concluded_at = at;
}

// What is missing stays so until its region sends it again.
void Become(Record& record, State state) {
  if (record.state != State::kMissing) record.state = state;
}

Replayed OfItem(const Record& before, const Event& event) {
  Replayed replayed{.next = before, .destroy_content = false};
  Record& next = *replayed.next;
  switch (event.type) {
    case EventType::kLeased:
      if (next.lease_count == 0) next.first_leased_at = event.at;
      ++next.lease_count;
      next.token = event.token;
      next.lease_expires_at = event.at;
      next.held_until.reset();
      Become(next, State::kLeased);
      break;
    case EventType::kLeaseExpired:
      ++next.failure_count;
      Become(next, State::kWaiting);
      break;
    case EventType::kParked:
      Become(next, State::kParked);
      break;
    case EventType::kRedriven:
      next.failure_count = 0;
      next.held_until.reset();
      Become(next, State::kWaiting);
      break;
    case EventType::kAcknowledged:
      Conclude(next, next.kind == ItemKind::kWithdrawal ? State::kWithdrawn : State::kAcknowledged, event.at);
      next.token = event.token;
      next.delivered_revision = event.item.revision;
      next.delivered_token = event.token;
      next.delivered_at = event.at;
      replayed.destroy_content = true;
      break;
    case EventType::kReturned:
      Conclude(next, State::kReturned, event.at);
      next.token = event.token;
      next.return_reason = static_cast<ReturnReason>(event.detail);
      replayed.destroy_content = true;
      break;
    case EventType::kOverdue:
      if (event.detail < 1 || event.detail > static_cast<uint32_t>(Late::kPastDischarge)) return {};
      next.late |= BitOf(static_cast<Late>(event.detail));
      break;
    case EventType::kUndelivered:
      next.undelivered_told = event.detail;
      next.undelivered_told_at = event.at;
      break;
    case EventType::kDestroyed:
      Conclude(next, State::kUndelivered, event.at);
      replayed.destroy_content = true;
      break;
    case EventType::kOutcomeAcknowledged:
      replayed.destroy_content = IsUnderWay(next.state);
      if (replayed.destroy_content) Conclude(next, State::kUndelivered, event.at);
      next.outcome_acknowledged_at = event.at;
      break;
    case EventType::kMissing:
      next.state = State::kMissing;
      break;
    case EventType::kReturnProposed:  // by whom, the journal does not say as a name
      break;
    default:
      return {};
  }
  return replayed;
}

Replayed Apply(const std::optional<Record>& before, const Event& event, const contract::JournalPosition& position,
               bool was_restored) {
  if (event.type == EventType::kAccepted) return Accepted(before, event, position, was_restored);
  if (event.type == EventType::kWithdrawn) return Withdrawn(before, event, position, was_restored);
  if (!before.has_value() || before->newest.revision != event.item.revision) return {};
  return OfItem(*before, event);
}

}  // namespace

Replayed Replay(const std::optional<Record>& before, const Event& event, const contract::JournalPosition& position,
                bool was_restored) {
  Replayed replayed = Apply(before, event, position, was_restored);
  if (replayed.next.has_value()) AddHop(replayed.next->trail, HopOf(event));
  return replayed;
}

void OutliveStore(Record& record) {
  record.return_proposal.reset();
  if (!IsUnderWay(record.state)) return;
  record.leased_before = true;
  if (record.state != State::kLeased) return;
  record.state = State::kWaiting;
  record.lease_expires_at = absl::Time();
}

}  // namespace envej::inbox
