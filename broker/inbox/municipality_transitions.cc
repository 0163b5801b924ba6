#include <algorithm>
#include <string>
#include <utility>

#include "broker/inbox/transitions.h"

namespace envej::inbox {
namespace {

using contract::Reason;
using journal::EventType;
using store::Durability;

// Why a claim on an older revision than the newest is over.
Reason WhyReplaced(const Record& record) {
  return record.kind == ItemKind::kWithdrawal ? Reason::kNoticeWithdrawn : Reason::kNoticeRevised;
}

// Why `token` is not the running claim on the item; nothing if it is.
std::optional<Reason> RefuseClaim(const std::optional<Record>& state, uint32_t revision, const std::string& token,
                                  absl::Time now) {
  if (!state.has_value() || revision > state->newest.revision) return Reason::kNoticeNotFound;
  if (state->state == State::kWithdrawn) return Reason::kNoticeWithdrawn;
  if (revision < state->newest.revision) return WhyReplaced(*state);
  switch (state->state) {
    case State::kWaiting:  // what was never leased has an empty token, which nobody holds
    case State::kParked:
    case State::kMissing:
      return !token.empty() && token == state->token ? Reason::kLeaseExpired : Reason::kLeaseNotHeld;
    case State::kLeased:
      if (token != state->token) return Reason::kLeaseSuperseded;
      if (now >= state->lease_expires_at) return Reason::kLeaseExpired;
      return std::nullopt;
    case State::kAcknowledged:
      return Reason::kNoticeAlreadyAcknowledged;
    case State::kReturned:
      return Reason::kNoticeAlreadyReturned;
    case State::kUndelivered:
      return Reason::kNoticeUndelivered;
    case State::kWithdrawn:
      break;
  }
  return Reason::kNoticeNotFound;
}

}  // namespace

Decision On(const std::optional<Record>& state, const TakeLease& lease, const Circumstances& circumstances) {
  if (!state.has_value() || state->state != State::kWaiting || state->held_until.has_value() ||
      lease.revision != state->newest.revision) {
    return Decision::Unchanged();
  }
  // That it may be held decides whether a withdrawal is told, so it must not be forgotten; which lease it was, may.
  const Durability durability = MayBeHeld(*state) ? Durability::kUnsynced : Durability::kSynced;
  Record next = *state;
  next.state = State::kLeased;
  if (next.lease_count == 0) next.first_leased_at = circumstances.now;
  ++next.lease_count;
  next.token = lease.token;
  next.lease_expires_at = lease.expires_at;
  return Decision::Changed(std::move(next), {.events = {{EventType::kLeased}}, .durability = durability});
}

Decision On(const std::optional<Record>& state, const ExtendLease& extend, const Circumstances& circumstances) {
  if (const auto reason = RefuseClaim(state, extend.revision, extend.token, circumstances.now)) {
    return Decision::Rejected(*reason);
  }
  Record next = *state;
  next.lease_expires_at = std::max(next.lease_expires_at, extend.expires_at);
  if (next == *state) return Decision::Repeated();
  return Decision::Changed(std::move(next), {.durability = Durability::kUnsynced});
}

// What was acknowledged once is acknowledged, also when its region has revised or withdrawn it since.
Decision On(const std::optional<Record>& state, const Acknowledge& acknowledge, const Circumstances& circumstances) {
  if (state.has_value() && state->delivered_revision == acknowledge.revision && acknowledge.revision != 0 &&
      state->delivered_token == acknowledge.token) {
    return Decision::Repeated();
  }
  if (const auto reason = RefuseClaim(state, acknowledge.revision, acknowledge.token, circumstances.now)) {
    return Decision::Rejected(*reason);
  }
  Record next = *state;
  next.state = next.kind == ItemKind::kWithdrawal ? State::kWithdrawn : State::kAcknowledged;
  next.concluded_at = circumstances.now;
  next.delivered_revision = next.newest.revision;
  next.delivered_token = next.token;
  next.delivered_at = circumstances.now;
  return Decision::Changed(std::move(next), {.destroy_content = true, .events = {{EventType::kAcknowledged}}});
}

// That it cannot be delivered is for operations to say, and not for one alone.
Decision On(const std::optional<Record>& state, const Return& refusal, const Circumstances& circumstances) {
  if (refusal.reason == ReturnReason::kNotDeliverable) return Decision::Rejected(Reason::kReturnReasonMissing);
  if (state.has_value() && state->state == State::kReturned && state->newest.revision == refusal.revision &&
      state->token == refusal.token && state->return_reason == refusal.reason) {
    return Decision::Repeated();
  }
  if (const auto reason = RefuseClaim(state, refusal.revision, refusal.token, circumstances.now)) {
    return Decision::Rejected(*reason);
  }
  Record next = *state;
  next.state = State::kReturned;
  next.concluded_at = circumstances.now;
  next.return_reason = refusal.reason;
  return Decision::Changed(
      std::move(next),
      {.destroy_content = true, .events = {{EventType::kReturned, static_cast<uint32_t>(refusal.reason)}}});
}

}  // namespace envej::inbox
