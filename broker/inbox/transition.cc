#include "broker/inbox/transition.h"

#include <algorithm>
#include <utility>

namespace envej::inbox {
namespace {

using contract::Reason;
using journal::EventType;
using store::Durability;

Decision Unchanged() { return {}; }

Decision Repeated() {
  Decision decision;
  decision.kind = Decision::Kind::kRepeated;
  return decision;
}

Decision Rejected(Reason reason) {
  Decision decision;
  decision.kind = Decision::Kind::kRejected;
  decision.rejection = contract::Rejection{.reason = reason, .violations = {}};
  return decision;
}

Decision Changed(Record next, Decision::Effects effects) {
  Decision decision;
  decision.kind = Decision::Kind::kChanged;
  decision.next = std::move(next);
  decision.effects = effects;
  return decision;
}

Decision On(const std::optional<Record>& state, const Submit& submit, absl::Time now) {
  if (state.has_value()) {
    const auto& offered = submit.commitments;
    const bool same = std::find(offered.begin(), offered.end(), state->commitment) != offered.end();
    return same ? Repeated() : Rejected(Reason::kNoticeIdReused);
  }
  if (submit.refusal_if_new.has_value()) {
    Decision decision = Rejected(submit.refusal_if_new->reason);
    decision.rejection = submit.refusal_if_new;
    return decision;
  }
  Record record;
  record.state = State::kWaiting;
  record.revision = submit.revision;
  record.origin = submit.origin;
  record.discharge_date = submit.discharge_date;
  record.accepted_at = now;
  record.commitment = submit.commitments.front();
  return Changed(
      std::move(record),
      {.content = Decision::Content::kStore, .event = EventType::kAccepted, .durability = Durability::kSynced});
}

Decision On(const std::optional<Record>& state, const TakeLease& lease, absl::Time now) {
  if (!state.has_value() || state->state != State::kWaiting) return Unchanged();
  Record next = *state;
  next.state = State::kLeased;
  if (next.lease_count == 0) next.first_leased_at = now;
  ++next.lease_count;
  next.token = lease.token;
  next.lease_expires_at = lease.expires_at;
  return Changed(
      std::move(next),
      {.content = Decision::Content::kKeep, .event = EventType::kLeased, .durability = Durability::kUnsynced});
}

// Why `token` is not the running claim on the item; nothing if it is.
std::optional<Reason> RefuseClaim(const std::optional<Record>& state, uint32_t revision, const std::string& token,
                                  absl::Time now) {
  if (!state.has_value() || state->revision != revision) return Reason::kNoticeNotFound;
  switch (state->state) {
    case State::kWaiting:  // what was never leased has an empty token, which nobody holds
      return !token.empty() && token == state->token ? Reason::kLeaseExpired : Reason::kLeaseNotHeld;
    case State::kLeased:
      if (token != state->token) return Reason::kLeaseSuperseded;
      if (now >= state->lease_expires_at) return Reason::kLeaseExpired;
      return std::nullopt;
    case State::kAcknowledged:
      return Reason::kNoticeAlreadyAcknowledged;
    case State::kReturned:
      return Reason::kNoticeAlreadyReturned;
  }
  return Reason::kNoticeNotFound;
}

Decision On(const std::optional<Record>& state, const ExtendLease& extend, absl::Time now) {
  if (const auto reason = RefuseClaim(state, extend.revision, extend.token, now)) return Rejected(*reason);
  Record next = *state;
  next.lease_expires_at = std::max(next.lease_expires_at, extend.expires_at);
  if (next == *state) return Repeated();
  return Changed(std::move(next),
                 {.content = Decision::Content::kKeep, .event = std::nullopt, .durability = Durability::kUnsynced});
}

bool ConcludedBy(const std::optional<Record>& state, State concluded, uint32_t revision, const std::string& token) {
  return state.has_value() && state->state == concluded && state->revision == revision && state->token == token;
}

Record Conclude(const Record& record, State state, absl::Time now) {
  Record next = record;
  next.state = state;
  next.concluded_at = now;
  return next;
}

Decision On(const std::optional<Record>& state, const Acknowledge& acknowledge, absl::Time now) {
  if (ConcludedBy(state, State::kAcknowledged, acknowledge.revision, acknowledge.token)) return Repeated();
  if (const auto reason = RefuseClaim(state, acknowledge.revision, acknowledge.token, now)) return Rejected(*reason);
  return Changed(
      Conclude(*state, State::kAcknowledged, now),
      {.content = Decision::Content::kDestroy, .event = EventType::kAcknowledged, .durability = Durability::kSynced});
}

Decision On(const std::optional<Record>& state, const Return& refusal, absl::Time now) {
  if (ConcludedBy(state, State::kReturned, refusal.revision, refusal.token) && state->return_reason == refusal.reason) {
    return Repeated();
  }
  if (const auto reason = RefuseClaim(state, refusal.revision, refusal.token, now)) return Rejected(*reason);
  Record next = Conclude(*state, State::kReturned, now);
  next.return_reason = refusal.reason;
  return Changed(
      std::move(next),
      {.content = Decision::Content::kDestroy, .event = EventType::kReturned, .durability = Durability::kSynced});
}

Decision On(const std::optional<Record>& state, const ExpireLease&, absl::Time now) {
  if (!state.has_value() || state->state != State::kLeased || now < state->lease_expires_at) return Unchanged();
  Record next = *state;
  next.state = State::kWaiting;
  return Changed(
      std::move(next),
      {.content = Decision::Content::kKeep, .event = EventType::kLeaseExpired, .durability = Durability::kUnsynced});
}

}  // namespace

Decision Decide(const std::optional<Record>& state, const Happening& happening, absl::Time now) {
  return std::visit([&](const auto& happened) { return On(state, happened, now); }, happening);
}

}  // namespace envej::inbox
