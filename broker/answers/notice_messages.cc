#include "broker/answers/notice_messages.h"

#include <optional>

#include "broker/answers/notice_page_token.h"
#include "broker/inbox/transition.h"
#include "certs/identity.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/rejection.h"

namespace envej::answers {
namespace {

using contract::Reason;
using journal::EventType;

constexpr int kStatesMost = 9;

bool IsState(int number) {
  return (number > v1::NOTICE_STATE_UNSPECIFIED && number <= static_cast<int>(inbox::State::kMissing)) ||
         number == v1::NOTICE_STATE_UNREADABLE;
}

void AddTimes(const inbox::Record& record, v1::OperationsNotice& message) {
  *message.mutable_accepted_at() = contract::ToMessage(record.newest.accepted_at);
  *message.mutable_entered_at() = contract::ToMessage(record.entered_at);
  if (record.lease_count > 0) *message.mutable_first_leased_at() = contract::ToMessage(record.first_leased_at);
  if (record.state == inbox::State::kLeased) {
    *message.mutable_lease_expires_at() = contract::ToMessage(record.lease_expires_at);
  }
  if (record.held_until.has_value()) *message.mutable_held_until() = contract::ToMessage(*record.held_until);
  if (record.undelivered_told > 0) {
    *message.mutable_undelivered_told_at() = contract::ToMessage(record.undelivered_told_at);
  }
  if (!inbox::IsUnderWay(record.state)) *message.mutable_concluded_at() = contract::ToMessage(record.concluded_at);
}

void AddRecord(const inbox::Record& record, absl::Time now, v1::OperationsNotice& message) {
  message.set_revision(record.newest.revision);
  message.set_state(static_cast<v1::NoticeState>(record.state));
  message.set_kind(static_cast<v1::ItemKind>(record.kind));
  message.set_origin(record.origin);
  message.set_lease_count(record.lease_count);
  message.set_failure_count(record.failure_count);
  AddTimes(record, message);
  for (const inbox::Late late :
       {inbox::Late::kNotFetched, inbox::Late::kNotAcknowledged, inbox::Late::kPastDischarge}) {
    if ((record.late & inbox::BitOf(late)) != 0) message.add_late(static_cast<v1::Lateness>(late));
  }
  message.set_return_reason(static_cast<v1::ReturnReason>(record.return_reason));
  if (const std::optional<inbox::ReturnProposal> proposal = inbox::StandingProposal(record, now)) {
    v1::ReturnProposal& told = *message.mutable_return_proposal();
    told.set_proposed_by(proposal->operator_uri);
    *told.mutable_proposed_at() = contract::ToMessage(proposal->proposed_at);
    *told.mutable_expires_at() = contract::ToMessage(proposal->proposed_at + inbox::kReturnProposalStands);
    told.set_proposal_id(inbox::ProposalId(*proposal));
  }
}

v1::TraceHop ToMessage(const inbox::Hop& hop) {
  v1::TraceHop message;
  message.set_kind(static_cast<v1::EventKind>(hop.type));
  *message.mutable_at() = contract::ToMessage(hop.at);
  message.set_revision(hop.revision);
  message.set_actor(certs::ShortFingerprint(hop.actor));
  if (hop.type == EventType::kReturned) message.set_return_reason(static_cast<v1::ReturnReason>(hop.detail));
  if (hop.type == EventType::kWithdrawn) message.set_withdrawal_reason(static_cast<v1::WithdrawalReason>(hop.detail));
  if (hop.type == EventType::kOverdue) message.set_lateness(static_cast<v1::Lateness>(hop.detail));
  if (hop.type == EventType::kUndelivered) message.set_undelivered_times(hop.detail);
  return message;
}

}  // namespace

v1::OperationsNotice ToMessage(const inbox::FoundNotice& found, absl::Time now) {
  v1::OperationsNotice message;
  message.set_region_code(found.notice.region_code);
  message.set_municipality_code(found.notice.municipality_code);
  message.set_notice_id(found.notice.id.ToString());
  message.set_state(v1::NOTICE_STATE_UNREADABLE);
  if (found.record.has_value()) AddRecord(*found.record, now, message);
  return message;
}

v1::NoticeTrace ToTrace(const inbox::FoundNotice& found, absl::Time now) {
  v1::NoticeTrace trace;
  *trace.mutable_notice() = ToMessage(found, now);
  if (!found.record.has_value()) return trace;
  for (const inbox::Hop& hop : found.record->trail.hops) *trace.add_hops() = ToMessage(hop);
  trace.set_hops_left_out(found.record->trail.left_out);
  return trace;
}

absl::StatusOr<inbox::NoticeQuery> ToQuery(const v1::ListOperationsNoticesRequest& request, absl::Time now) {
  if (request.page_size() < 0 || request.page_size() > contract::kPageMost) {
    return contract::Refusal(Reason::kRequestOutOfRange, "page_size");
  }
  if (request.states_size() > kStatesMost) return contract::Refusal(Reason::kRequestOutOfRange, "states");
  inbox::NoticeQuery query;
  query.municipality_code = request.municipality_code();
  query.region_code = request.region_code();
  query.page_size = static_cast<size_t>(request.page_size() == 0 ? contract::kPageDefault : request.page_size());
  for (const int state : request.states()) {
    if (!IsState(state)) return contract::Refusal(Reason::kRequestOutOfRange, "states");
    query.states.push_back(static_cast<inbox::State>(state));
  }
  if (request.has_age_at_least()) {
    const absl::Duration age = contract::FromMessage(request.age_at_least());
    if (age < absl::ZeroDuration()) return contract::Refusal(Reason::kRequestOutOfRange, "age_at_least");
    query.entered_by = now - age;
  }
  if (!request.page_token().empty() && !request.late_only()) {
    query.after = DecodeNoticePageToken(request, request.page_token());
    if (!query.after.has_value()) return contract::Refusal(Reason::kPageTokenInvalid, "page_token");
  }
  return query;
}

}  // namespace envej::answers
