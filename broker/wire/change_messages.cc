#include "broker/wire/change_messages.h"

#include "proto/contract/message_codec.h"

namespace envej::wire {
namespace {

using journal::EventType;

v1::ChangeKind KindOf(const journal::Event& event) {
  switch (event.type) {
    case EventType::kAccepted:
      return event.item.revision == 1 ? v1::CHANGE_KIND_ACCEPTED : v1::CHANGE_KIND_REVISED;
    case EventType::kLeased:
      return v1::CHANGE_KIND_LEASED;
    case EventType::kAcknowledged:
      return v1::CHANGE_KIND_ACKNOWLEDGED;
    case EventType::kReturned:
      return v1::CHANGE_KIND_RETURNED;
    case EventType::kLeaseExpired:
      return v1::CHANGE_KIND_LEASE_EXPIRED;
    case EventType::kWithdrawn:
      return v1::CHANGE_KIND_WITHDRAWN;
    case EventType::kParked:
      return v1::CHANGE_KIND_PARKED;
    case EventType::kRedriven:
      return v1::CHANGE_KIND_REDRIVEN;
    case EventType::kOverdue:
      return v1::CHANGE_KIND_OVERDUE;
    case EventType::kUndelivered:
      return v1::CHANGE_KIND_UNDELIVERED;
    case EventType::kDestroyed:
      return v1::CHANGE_KIND_DESTROYED;
    case EventType::kOutcomeAcknowledged:
      return v1::CHANGE_KIND_OUTCOME_ACKNOWLEDGED;
    case EventType::kMissing:
      return v1::CHANGE_KIND_MISSING;
    case EventType::kForgotten:
    case EventType::kCallsRefused:
    case EventType::kRestored:
    case EventType::kReturnProposed:
    case EventType::kParticipantSuspended:
    case EventType::kParticipantResumed:
      break;
  }
  return v1::CHANGE_KIND_UNSPECIFIED;
}

}  // namespace

v1::NoticeChange ToMessage(const journal::Event& event) {
  v1::NoticeChange message;
  message.set_region_code(event.item.notice.region_code);
  message.set_municipality_code(event.item.notice.municipality_code);
  message.set_notice_id(event.item.notice.id.ToString());
  message.set_revision(event.item.revision);
  message.set_kind(KindOf(event));
  *message.mutable_at() = contract::ToMessage(event.at);
  switch (event.type) {
    case EventType::kReturned:
      message.set_return_reason(static_cast<v1::ReturnReason>(event.detail));
      break;
    case EventType::kWithdrawn:
      message.set_withdrawal_reason(static_cast<v1::WithdrawalReason>(event.detail));
      break;
    case EventType::kOverdue:
      message.set_lateness(static_cast<v1::Lateness>(event.detail));
      break;
    case EventType::kUndelivered:
      message.set_undelivered_times(event.detail);
      break;
    default:
      break;
  }
  return message;
}

}  // namespace envej::wire
