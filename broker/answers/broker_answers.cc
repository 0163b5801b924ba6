#include "broker/answers/broker_answers.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "broker/answers/inbox_status_messages.h"
#include "broker/answers/participant_messages.h"
#include "broker/answers/status_messages.h"
#include "proto/contract/message_codec.h"

namespace envej {
namespace {

using admission::Municipality;
using operations::InboxFigures;

bool IsUsed(const InboxFigures& figures) {
  return figures.waiting + figures.leased + figures.parked + figures.missing > 0;
}

}  // namespace

absl::StatusOr<v1::ListInboxesResponse> BrokerAnswers::ListInboxes(const v1::ListInboxesRequest& request) {
  const std::shared_ptr<const trust::Trust> trust = parts_.trust.Get();
  const auto is_meant = [&request](const std::string& code) {
    return request.municipality_code().empty() || request.municipality_code() == code;
  };
  v1::ListInboxesResponse answer;
  *answer.mutable_counted_at() = contract::ToMessage(parts_.clock.Now());
  std::map<std::string, InboxFigures> figures;
  for (InboxFigures& each : parts_.board.ReadAll()) {
    if (is_meant(each.municipality_code) && IsUsed(each)) figures.emplace(each.municipality_code, std::move(each));
  }
  for (const Municipality& municipality : trust->participants().municipalities()) {
    if (!is_meant(municipality.code) || !municipality.participating) continue;
    if (!figures.contains(municipality.code)) {
      figures.emplace(municipality.code, parts_.board.ReadOne(municipality.code));
    }
  }
  for (const auto& [code, each] : figures) {
    const certs::Identity identity{.kind = certs::ParticipantKind::kMunicipality, .code = code, .origin = ""};
    v1::InboxStatus& inbox = *answer.add_inboxes();
    inbox = answers::ToMessage(each);
    inbox.set_suspended(trust->participants().Suspended(identity) || parts_.suspensions.Suspended(identity));
    if (const Municipality* known = trust->participants().FindMunicipality(code)) answers::AddKnown(*known, inbox);
  }
  return answer;
}

absl::StatusOr<v1::ListParticipantsResponse> BrokerAnswers::ListParticipants(const v1::ListParticipantsRequest&) {
  return answers::Participants(
      {.participants = parts_.trust.Get()->participants(),
       .seen = parts_.attendance.All(),
       .suspension = [this](const std::string& participant) { return parts_.suspensions.Find(participant); }});
}

absl::StatusOr<v1::GetBrokerStatusResponse> BrokerAnswers::GetBrokerStatus(const v1::GetBrokerStatusRequest&) {
  const absl::StatusOr<std::string> incarnation = parts_.inboxes.StoreIncarnation();
  if (!incarnation.ok()) return incarnation.status();
  return answers::ToMessage(parts_.metrics.condition(), parts_.durations, *incarnation);
}

}  // namespace envej
