#include "broker/wire/operations_messages.h"

#include <vector>

#include "broker/inbox/transition.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/rejection.h"
#include "proto/contract/text_rules.h"

namespace envej::wire {
namespace {

using contract::Reason;

}  // namespace

std::optional<store::NoticeKey> ToNoticeKey(const v1::OperationsNoticeName& name) {
  const std::optional<contract::NoticeId> id = contract::NoticeId::Parse(name.notice_id());
  if (!id.has_value() || !contract::IsCode(name.municipality_code()) || !contract::IsCode(name.region_code())) {
    return std::nullopt;
  }
  return store::NoticeKey{.municipality_code = name.municipality_code(), .region_code = name.region_code(), .id = *id};
}

absl::StatusOr<certs::Identity> ToParticipant(const std::string& uri, const Caller& caller) {
  absl::StatusOr<certs::Identity> identity = certs::ParseIdentityUri(uri);
  const bool is_known = identity.ok() && identity->origin.empty() && caller.trust->admission().IsRegistered(*identity);
  if (!is_known) return contract::Refusal(Reason::kParticipantUnknown, "participant");
  return identity;
}

Suspensions::OneStays WhoMayStay(const certs::Identity& participant, const Caller& caller) {
  if (participant.kind != certs::ParticipantKind::kOperations) return std::nullopt;
  std::vector<std::string> others;
  for (const std::string& name : caller.trust->participants().operations()) {
    if (name == caller.identity.code || name == participant.code) continue;
    others.push_back(certs::ToUri({.kind = participant.kind, .code = name, .origin = ""}));
  }
  return others;
}

absl::Status AdmitRedrive(const v1::RedriveNoticesRequest& request, const Caller& caller, FairShare& share) {
  if (request.notices().empty()) return contract::Refusal(Reason::kBatchEmpty, "notices");
  if (request.notices_size() > contract::kBatchNotices) return contract::Refusal(Reason::kBatchTooLarge, "notices");
  return share.AdmitBatch(caller, static_cast<size_t>(request.notices_size()));
}

v1::ReturnNoticeResponse ToMessage(const inbox::ReturnedByOperations& returned) {
  v1::ReturnNoticeResponse message;
  if (returned.returned_at.has_value()) *message.mutable_returned_at() = contract::ToMessage(*returned.returned_at);
  if (returned.proposal.has_value()) {
    v1::ReturnProposal& proposal = *message.mutable_proposal();
    proposal.set_proposed_by(returned.proposal->operator_uri);
    *proposal.mutable_proposed_at() = contract::ToMessage(returned.proposal->proposed_at);
    *proposal.mutable_expires_at() = contract::ToMessage(returned.proposal->proposed_at + inbox::kReturnProposalStands);
    proposal.set_proposal_id(inbox::ProposalId(*returned.proposal));
  }
  return message;
}

}  // namespace envej::wire
