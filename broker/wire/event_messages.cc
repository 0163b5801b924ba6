#include "broker/wire/event_messages.h"

#include <string>

#include "certs/identity.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/rejection.h"

namespace envej::wire {
namespace {

using journal::Event;
using journal::EventType;

// The kinds of the contract have the numbers of the journal's.
static_assert(static_cast<int>(EventType::kParticipantResumed) == v1::EVENT_KIND_PARTICIPANT_RESUMED);
static_assert(static_cast<int>(EventType::kReturnProposed) == v1::EVENT_KIND_RETURN_PROPOSED);
static_assert(static_cast<int>(EventType::kMissing) == v1::EVENT_KIND_MISSING);
static_assert(static_cast<int>(EventType::kAccepted) == v1::EVENT_KIND_ACCEPTED);

void TellDetail(const Event& event, v1::OperationsEvent& message) {
  switch (event.type) {
    case EventType::kReturned:
      return message.set_return_reason(static_cast<v1::ReturnReason>(event.detail));
    case EventType::kWithdrawn:
      return message.set_withdrawal_reason(static_cast<v1::WithdrawalReason>(event.detail));
    case EventType::kOverdue:
      return message.set_lateness(static_cast<v1::Lateness>(event.detail));
    case EventType::kUndelivered:
      return message.set_undelivered_times(event.detail);
    default:
      return;
  }
}

}  // namespace

v1::OperationsEvent ToMessage(const Event& event, uint64_t batch) {
  v1::OperationsEvent message;
  message.set_kind(static_cast<v1::EventKind>(event.type));
  message.set_batch(batch);
  *message.mutable_at() = contract::ToMessage(event.at);
  message.set_actor(certs::ShortFingerprint(event.actor));
  message.set_participant(event.caller);
  if (event.type == EventType::kCallsRefused) {
    const auto reason = static_cast<contract::Reason>(event.refusal_reason);
    if (reason != contract::Reason::kNone) message.set_refusal_reason(std::string(contract::Describe(reason).name));
    message.set_count(event.count);
  }
  if (!journal::IsOfANotice(event.type)) return message;
  message.mutable_notice()->set_region_code(event.item.notice.region_code);
  message.mutable_notice()->set_municipality_code(event.item.notice.municipality_code);
  message.mutable_notice()->set_notice_id(event.item.notice.id.ToString());
  message.set_revision(event.item.revision);
  TellDetail(event, message);
  return message;
}

}  // namespace envej::wire
