#include "tests/simulation/row_of.h"

#include <optional>
#include <string>

#include "broker/inbox/record.h"
#include "broker/journal/event.h"
#include "broker/store/key_layout.h"

namespace envej::simulation {
namespace {

using inbox::Record;
using inbox::State;
using journal::EventType;

constexpr absl::string_view kSomePosition = "memory-store-000";

// What was there, as the condition has it, and what is to be there.
struct Change {
  std::optional<Record> before;
  Record after;
};

std::optional<Change> ChangeOf(const store::Transition& transition) {
  if (transition.conditions.size() != 1) return std::nullopt;
  const store::Condition& condition = transition.conditions.front();
  if (!store::ParseRecordKey(condition.key).ok()) return std::nullopt;
  Change change;
  if (condition.value.has_value()) {
    const absl::StatusOr<Record> before = inbox::DecodeRecord(*condition.value);
    if (!before.ok()) return std::nullopt;
    change.before = *before;
  }
  for (const store::Mutation& mutation : transition.mutations) {
    if (mutation.key != condition.key) continue;
    if (mutation.kind == store::Mutation::Kind::kDelete && change.before.has_value()) {
      change.after = *change.before;
      return change;
    }
    const bool lacks_position = mutation.kind == store::Mutation::Kind::kPutWithPosition;
    const std::string position = store::EncodePosition(
        {.store_incarnation = std::string(kSomePosition), .broker = "b", .batch = 1, .event_index = 0});
    const absl::StatusOr<Record> after = inbox::DecodeRecord(mutation.value + (lacks_position ? position : ""));
    if (!after.ok()) return std::nullopt;
    change.after = *after;
    return change;
  }
  return std::nullopt;
}

// Of the same revision twice there is only what was missing.
bool IsAnew(const Change& change) {
  return change.before.has_value() && change.before->state == State::kMissing &&
         change.before->newest.revision == change.after.newest.revision;
}

Row OfAccepted(const std::optional<Record>& before) {
  if (!before.has_value()) return Row::kSubmit;
  if (inbox::IsUnderWay(before->state)) return Row::kReviseUnderWay;
  return before->state == State::kReturned ? Row::kReviseReturned : Row::kReviseDelivered;
}

Row OfWithdrawn(const Change& change) {
  if (!change.before.has_value()) return Row::kWithdrawUnseen;
  if (change.before->delivered_revision != 0) return Row::kWithdrawDelivered;
  if (!inbox::IsUnderWay(change.before->state)) return Row::kWithdrawEnded;
  return change.after.state == State::kWaiting ? Row::kWithdrawGiven : Row::kWithdrawUnderWay;
}

std::optional<Row> RowOf(EventType type, const Change& change) {
  switch (type) {
    case EventType::kAccepted:
      if (IsAnew(change)) return change.after.newest.revision == 1 ? Row::kSubmitMissing : Row::kReviseMissing;
      return OfAccepted(change.before);
    case EventType::kWithdrawn:
      if (IsAnew(change)) return Row::kWithdrawMissing;
      return OfWithdrawn(change);
    case EventType::kLeased:
      return Row::kTakeLease;
    case EventType::kAcknowledged:
      return change.after.state == State::kWithdrawn ? Row::kAcknowledgeWithdrawal : Row::kAcknowledge;
    case EventType::kReturned:
      return change.after.return_reason == inbox::ReturnReason::kNotDeliverable ? Row::kReturnByOperations
                                                                                : Row::kReturn;
    case EventType::kReturnProposed:
      return Row::kReturnProposed;
    case EventType::kOutcomeAcknowledged:
      return change.before.has_value() && inbox::IsUnderWay(change.before->state) ? Row::kOutcomeEnds
                                                                                  : Row::kOutcomeNoted;
    case EventType::kRedriven:
      return Row::kRedrive;
    case EventType::kLeaseExpired:
      if (change.after.state == State::kParked) return std::nullopt;
      return change.after.held_until.has_value() ? Row::kLeaseOverHeld : Row::kLeaseOver;
    case EventType::kParked:
      return Row::kParked;
    case EventType::kOverdue:
      return Row::kOverdue;
    case EventType::kUndelivered:
      return Row::kUndelivered;
    case EventType::kDestroyed:
      return Row::kDestroyed;
    case EventType::kForgotten:
      return Row::kForgotten;
    case EventType::kCallsRefused:
      break;
    default:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Row> RowsOf(const store::Transition& transition) {
  std::vector<Row> rows;
  if (transition.pruned.last_batch != 0) rows.push_back(Row::kPruned);
  const std::optional<Change> change = ChangeOf(transition);
  if (!change.has_value()) return rows;
  for (const std::string& bytes : transition.events) {
    const absl::StatusOr<journal::Event> event = journal::DecodeEvent(bytes);
    if (!event.ok()) continue;
    if (const std::optional<Row> row = RowOf(event->type, *change)) rows.push_back(*row);
  }
  if (!rows.empty() || !change->before.has_value()) return rows;
  if (change->before->state == State::kLeased && change->after.state == State::kLeased) rows.push_back(Row::kExtend);
  if (change->before->held_until.has_value() && !change->after.held_until.has_value()) rows.push_back(Row::kHeldOver);
  return rows;
}

}  // namespace envej::simulation
