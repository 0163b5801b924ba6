#include "broker/answers/participant_messages.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "broker/answers/inbox_status_messages.h"
#include "proto/contract/message_codec.h"

namespace envej::answers {
namespace {

using certs::ParticipantKind;

v1::SeenCertificate ToMessage(const operations::SeenCertificate& certificate) {
  v1::SeenCertificate message;
  message.set_fingerprint(certificate.fingerprint);
  message.set_origin(certificate.origin);
  *message.mutable_expires_at() = contract::ToMessage(certificate.expires_at);
  *message.mutable_last_seen_at() = contract::ToMessage(certificate.last_seen_at);
  return message;
}

v1::Participant ParticipantMessage(const KnownParticipants& known, ParticipantKind kind, const std::string& code) {
  const certs::Identity identity{.kind = kind, .code = code, .origin = ""};
  v1::Participant message;
  message.set_participant(certs::ToUri(identity));
  message.set_name(code);
  const auto suspension = known.suspensions.find(message.participant());
  const bool by_operations = suspension != known.suspensions.end();
  const bool in_register = known.participants.Suspended(identity);
  message.set_suspended(in_register || by_operations);
  message.set_suspended_in_register(in_register);
  if (by_operations) *message.mutable_suspended_at() = contract::ToMessage(suspension->second.since);
  if (const auto seen = known.seen.find(message.participant()); seen != known.seen.end()) {
    for (const operations::SeenCertificate& certificate : seen->second.certificates) {
      *message.add_certificates() = ToMessage(certificate);
    }
  }
  return message;
}

void AddExpiry(const admission::Municipality& municipality, v1::Participant& message) {
  std::vector<absl::Time> times;
  for (const certs::Certificate& certificate : municipality.inbox_certificates)
    times.push_back(certificate.not_after());
  std::sort(times.begin(), times.end());
  for (const absl::Time at : times) *message.add_inbox_certificates_expire_at() = contract::ToMessage(at);
}

// Those who are suspended, and whom the register does not have: all that it has are listed.
void AddThoseWhoLeft(const KnownParticipants& known, v1::ListParticipantsResponse& answer) {
  std::set<std::string> listed;
  for (const v1::Participant& message : answer.participants()) listed.insert(message.participant());
  for (const auto& [participant, suspension] : known.suspensions) {
    const absl::StatusOr<certs::Identity> identity = certs::ParseIdentityUri(participant);
    if (!identity.ok() || listed.contains(participant)) continue;
    v1::Participant& message = *answer.add_participants();
    message = ParticipantMessage(known, identity->kind, identity->code);
    message.set_left_register(true);
  }
}

}  // namespace

v1::ListParticipantsResponse Participants(const KnownParticipants& known) {
  v1::ListParticipantsResponse answer;
  for (const admission::Region& region : known.participants.regions()) {
    v1::Participant& message = *answer.add_participants();
    message = ParticipantMessage(known, ParticipantKind::kRegion, region.code);
    message.set_name(region.name);
    if (region.on_call.has_value()) *message.mutable_on_call() = ToMessage(*region.on_call);
  }
  for (const admission::Municipality& municipality : known.participants.municipalities()) {
    v1::Participant message = ParticipantMessage(known, ParticipantKind::kMunicipality, municipality.code);
    if (!municipality.participating && message.certificates().empty() && !message.suspended()) continue;
    message.set_name(municipality.name);
    if (municipality.on_call.has_value()) *message.mutable_on_call() = ToMessage(*municipality.on_call);
    AddExpiry(municipality, message);
    *answer.add_participants() = std::move(message);
  }
  for (const std::string& name : known.participants.operations()) {
    *answer.add_participants() = ParticipantMessage(known, ParticipantKind::kOperations, name);
  }
  AddThoseWhoLeft(known, answer);
  return answer;
}

}  // namespace envej::answers
