#include "broker/wire/intake_messages.h"

#include "broker/wire/page_token.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/rejection.h"

namespace envej::wire {
namespace {

bool IsState(int number) {
  return number > v1::NOTICE_STATE_UNSPECIFIED && number <= static_cast<int>(inbox::State::kMissing);
}

v1::NoticeStatus NameOf(const std::string& municipality_code, const contract::NoticeId& id) {
  v1::NoticeStatus message;
  message.set_municipality_code(municipality_code);
  message.set_notice_id(id.ToString());
  return message;
}

}  // namespace

v1::SubmitNoticeResponse ToMessage(const inbox::Accepted& accepted) {
  v1::SubmitNoticeResponse message;
  *message.mutable_receipt() = contract::ToMessage(accepted.receipt);
  message.set_repeated_submission(accepted.repeated);
  return message;
}

v1::ReviseNoticeResponse ToRevisionMessage(const inbox::Accepted& accepted) {
  v1::ReviseNoticeResponse message;
  *message.mutable_receipt() = contract::ToMessage(accepted.receipt);
  message.set_repeated_revision(accepted.repeated);
  return message;
}

v1::WithdrawNoticeResponse ToWithdrawalMessage(const inbox::Accepted& accepted) {
  v1::WithdrawNoticeResponse message;
  *message.mutable_receipt() = contract::ToMessage(accepted.receipt);
  message.set_repeated_withdrawal(accepted.repeated);
  return message;
}

v1::NoticeStatus ToStatusMessage(const std::string& municipality_code, const inbox::ListedNotice& notice) {
  if (notice.record.has_value()) return ToStatusMessage(municipality_code, notice.id, *notice.record);
  v1::NoticeStatus message = NameOf(municipality_code, notice.id);
  message.set_state(v1::NOTICE_STATE_UNREADABLE);
  return message;
}

v1::NoticeStatus ToStatusMessage(const std::string& municipality_code, const contract::NoticeId& id,
                                 const inbox::Record& record) {
  v1::NoticeStatus message = NameOf(municipality_code, id);
  message.set_revision(record.newest.revision);
  message.set_state(static_cast<v1::NoticeState>(record.state));
  message.set_origin(record.origin);
  message.set_discharge_date(record.discharge_date);
  *message.mutable_accepted_at() = contract::ToMessage(record.newest.accepted_at);
  if (record.lease_count > 0) *message.mutable_first_leased_at() = contract::ToMessage(record.first_leased_at);
  message.set_lease_count(record.lease_count);
  if (!inbox::IsUnderWay(record.state)) *message.mutable_concluded_at() = contract::ToMessage(record.concluded_at);
  message.set_return_reason(static_cast<v1::ReturnReason>(record.return_reason));
  message.set_kind(static_cast<v1::ItemKind>(record.kind));
  message.set_delivered_revision(record.delivered_revision);
  message.set_failure_count(record.failure_count);
  if (record.held_until.has_value()) *message.mutable_held_until() = contract::ToMessage(*record.held_until);
  for (const inbox::Late late :
       {inbox::Late::kNotFetched, inbox::Late::kNotAcknowledged, inbox::Late::kPastDischarge}) {
    if ((record.late & inbox::BitOf(late)) != 0) message.add_late(static_cast<v1::Lateness>(late));
  }
  if (record.undelivered_told > 0) {
    *message.mutable_undelivered_told_at() = contract::ToMessage(record.undelivered_told_at);
  }
  message.set_withdrawal_reason(static_cast<v1::WithdrawalReason>(record.withdrawal_reason));
  if (record.outcome_acknowledged_at.has_value()) {
    *message.mutable_outcome_acknowledged_at() = contract::ToMessage(*record.outcome_acknowledged_at);
  }
  return message;
}

v1::Municipality ToMessage(const admission::Municipality& municipality, bool agreement_in_force, absl::Time now) {
  v1::Municipality message;
  message.set_municipality_code(municipality.code);
  message.set_name(municipality.name);
  message.set_participating(municipality.participating);
  message.set_agreement_in_force(agreement_in_force);
  message.set_scheme_name(municipality.scheme_name);
  message.set_phone_number(municipality.phone_number);
  message.set_leaflet_text(municipality.leaflet_text);
  for (const certs::Certificate& certificate : municipality.inbox_certificates) {
    if (certificate.IsValidAt(now)) message.add_inbox_certificates(certificate.der());
  }
  message.set_sealed_by_sender_only(municipality.sealed_by_sender_only);
  return message;
}

absl::StatusOr<inbox::ListQuery> ToListQuery(const std::string& region_code, const v1::ListNoticesRequest& request) {
  if (request.page_size() < 0 || request.page_size() > contract::kPageMost) {
    return contract::Refusal(contract::Reason::kRequestOutOfRange, "page_size");
  }
  if (request.origin().size() > contract::kOriginCharacters) {
    return contract::Refusal(contract::Reason::kRequestOutOfRange, "origin");
  }
  if (request.states_size() > contract::kListStatesMost) {
    return contract::Refusal(contract::Reason::kRequestOutOfRange, "states");
  }
  inbox::ListQuery query;
  query.municipality_code = request.municipality_code();
  query.region_code = region_code;
  query.origin = request.origin();
  query.page_size = static_cast<size_t>(request.page_size() == 0 ? contract::kPageDefault : request.page_size());
  for (const int state : request.states()) {
    if (!IsState(state)) return contract::Refusal(contract::Reason::kRequestOutOfRange, "states");
    query.states.push_back(static_cast<inbox::State>(state));
  }
  if (!request.page_token().empty()) {
    query.after = DecodePageToken(query, request.page_token());
    if (!query.after.has_value()) return contract::Refusal(contract::Reason::kPageTokenInvalid, "page_token");
  }
  return query;
}

}  // namespace envej::wire
