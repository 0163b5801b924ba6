#include "broker/answers/broker_answers.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "broker/answers/inbox_status_messages.h"
#include "broker/answers/participant_messages.h"
#include "broker/answers/status_messages.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/rejection.h"

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
  const std::string& only = request.municipality_code();
  std::set<std::string> participating;
  for (const Municipality& municipality : trust->participants().municipalities()) {
    if (municipality.participating) participating.insert(municipality.code);
  }
  v1::ListInboxesResponse answer;
  *answer.mutable_counted_at() = contract::ToMessage(parts_.clock.Now());
  const std::vector<InboxFigures> figures =
      only.empty() ? parts_.board.ReadAll(participating) : std::vector<InboxFigures>{parts_.board.ReadOne(only)};
  for (const InboxFigures& each : figures) {
    const std::string& code = each.municipality_code;
    const Municipality* known = trust->participants().FindMunicipality(code);
    if (!IsUsed(each) && !participating.contains(code)) {
      if (known == nullptr && !only.empty()) {
        return contract::Refusal(contract::Reason::kMunicipalityUnknown, "municipality_code");
      }
      continue;
    }
    const certs::Identity identity{.kind = certs::ParticipantKind::kMunicipality, .code = code, .origin = ""};
    v1::InboxStatus& inbox = *answer.add_inboxes();
    inbox = answers::ToMessage(each);
    inbox.set_suspended(trust->participants().Suspended(identity) || parts_.suspensions.Suspended(identity));
    if (known != nullptr) answers::AddKnown(*known, inbox);
  }
  return answer;
}

absl::StatusOr<v1::ListParticipantsResponse> BrokerAnswers::ListParticipants(const v1::ListParticipantsRequest&) {
  return answers::Participants({.participants = parts_.trust.Get()->participants(),
                                .seen = parts_.attendance.All(parts_.clock.Now()),
                                .suspensions = parts_.suspensions.All()});
}

absl::StatusOr<v1::GetBrokerStatusResponse> BrokerAnswers::GetBrokerStatus(const v1::GetBrokerStatusRequest&) {
  const absl::StatusOr<std::string> incarnation = parts_.inboxes.StoreIncarnation();
  if (!incarnation.ok()) return incarnation.status();
  return answers::ToMessage(parts_.metrics.condition(), parts_.durations, *incarnation);
}

}  // namespace envej
