#include "region-client/agent/notice_changes.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "region-client/agent/settlement.h"
#include "region-client/agent/telling.h"

namespace envej::region {
namespace {

using ward::v1::CaseNotice;

struct Happening {
  const v1::NoticeChange& change;
  absl::Time now;
  OpenCase& known;
  CaseNotice& notice;
  AgentBatch& batch;
};

void SetStanding(Happening& happening, ward::v1::NoticeStanding standing) {
  happening.notice.set_standing(standing);
  happening.notice.clear_former();
  *happening.notice.mutable_changed_at() = contract::ToMessage(happening.now);
}

Followed TellWard(Happening& happening, ward::v1::TellingKind kind, absl::string_view reason) {
  ward::v1::Telling telling =
      TellingOf(kind, happening.known.id, happening.notice, reason, contract::FromMessage(happening.change.at()));
  telling.set_revision(happening.change.revision());
  happening.batch.AddTelling(telling);
  return {.tells = true};
}

// Neither over, nor about to be replaced by what is in the outbox.
bool IsNewest(const Happening& happening) {
  return happening.change.revision() >= happening.notice.revision() &&
         (happening.notice.standing() == ward::v1::NOTICE_STANDING_ACCEPTED ||
          happening.notice.standing() == ward::v1::NOTICE_STANDING_TO_BE_SENT);
}

// What is to be replaced is not the news, unless what is newer is refused. A withdrawal is acknowledged too.
Followed PassOver(Happening& happening) {
  CaseNotice& notice = happening.notice;
  const bool may_count = notice.standing() == ward::v1::NOTICE_STANDING_TO_BE_SENT && notice.has_former() &&
                         happening.change.revision() == notice.former().revision();
  if (may_count) *notice.mutable_former()->mutable_change() = happening.change;
  return {};
}

Followed TakeAcknowledged(Happening& happening) {
  if (!IsNewest(happening)) return PassOver(happening);
  SetStanding(happening, ward::v1::NOTICE_STANDING_ACKNOWLEDGED);
  happening.notice.clear_said();
  return TellWard(happening, ward::v1::TELLING_KIND_ACKNOWLEDGED, "");
}

// Sealed to the certificates of now, as a revision.
Followed SealAgain(Happening& happening) {
  happening.notice.set_sealed_again(happening.notice.sealed_again() + 1);
  ward::v1::FormerNotice former;
  former.set_revision(happening.notice.revision());
  former.set_standing(ward::v1::NOTICE_STANDING_ACCEPTED);
  *former.mutable_said() = happening.notice.said();
  *former.mutable_change() = happening.change;
  happening.notice.set_revision(happening.notice.revision() + 1);
  v1::Envelope& envelope = *happening.notice.mutable_said()->mutable_envelope();
  envelope.set_revision(happening.notice.revision());
  *envelope.mutable_created_at() = contract::ToMessage(happening.now);
  SetStanding(happening, ward::v1::NOTICE_STANDING_TO_BE_SENT);
  *happening.notice.mutable_former() = std::move(former);
  ward::v1::Outgoing outgoing;
  outgoing.set_case_id(happening.known.id);
  *outgoing.mutable_revise() = happening.notice.said();
  *outgoing.mutable_made_at() = contract::ToMessage(happening.now);
  happening.batch.AddOutgoing(outgoing);
  return {.sends = true, .seals_again = true};
}

Followed TakeReturned(Happening& happening) {
  const v1::ReturnReason reason = happening.change.return_reason();
  if (!IsNewest(happening)) return PassOver(happening);
  const bool may_be_opened = reason == v1::RETURN_REASON_CANNOT_BE_OPENED && happening.notice.has_said() &&
                             happening.notice.sealed_again() < kSealedAgainMost;
  if (may_be_opened) return SealAgain(happening);
  happening.notice.set_return_reason(reason);
  happening.notice.clear_said();
  SetStanding(happening, ward::v1::NOTICE_STANDING_RETURNED);
  return TellWard(happening, ward::v1::TELLING_KIND_RETURNED, v1::ReturnReason_Name(reason));
}

Followed TakeDestroyed(Happening& happening) {
  if (!IsNewest(happening)) return PassOver(happening);
  happening.notice.clear_said();
  SetStanding(happening, ward::v1::NOTICE_STANDING_UNDELIVERED);
  return TellWard(happening, ward::v1::TELLING_KIND_UNDELIVERED, v1::ChangeKind_Name(happening.change.kind()));
}

Followed TakeWithdrawal(Happening& happening) {
  if (happening.notice.standing() == ward::v1::NOTICE_STANDING_WITHDRAWN) return {};
  if (happening.change.revision() < happening.notice.revision()) return {};
  happening.notice.clear_said();
  happening.notice.set_revision(happening.change.revision());
  happening.notice.set_withdrawal_reason(happening.change.withdrawal_reason());
  SetStanding(happening, ward::v1::NOTICE_STANDING_WITHDRAWN);
  return TellWard(happening, ward::v1::TELLING_KIND_WITHDRAWN_ELSEWHERE,
                  v1::WithdrawalReason_Name(happening.change.withdrawal_reason()));
}

Followed TakeMissing(Happening& happening) {
  const std::optional<ward::v1::Outgoing> again = AgainOf(happening.notice, happening.known.id, happening.now);
  if (!again.has_value()) return {};
  happening.batch.AddOutgoing(*again);
  return {.sends = true};
}

}  // namespace

Followed TakeChange(const v1::NoticeChange& change, absl::Time now, OpenCase& known, AgentBatch& batch) {
  CaseNotice* const notice = NoticeIn(known.after, change.notice_id());
  if (notice == nullptr) return {};
  Happening happening{.change = change, .now = now, .known = known, .notice = *notice, .batch = batch};
  switch (change.kind()) {
    case v1::CHANGE_KIND_ACKNOWLEDGED:
      return TakeAcknowledged(happening);
    case v1::CHANGE_KIND_RETURNED:
      return TakeReturned(happening);
    case v1::CHANGE_KIND_OVERDUE:
      return TellWard(happening, ward::v1::TELLING_KIND_OVERDUE, v1::Lateness_Name(change.lateness()));
    case v1::CHANGE_KIND_UNDELIVERED:
      return TellWard(happening, ward::v1::TELLING_KIND_UNDELIVERED, v1::ChangeKind_Name(change.kind()));
    case v1::CHANGE_KIND_DESTROYED:
      return TakeDestroyed(happening);
    case v1::CHANGE_KIND_WITHDRAWN:
      return TakeWithdrawal(happening);
    case v1::CHANGE_KIND_MISSING:
      return TakeMissing(happening);
    default:
      return {};
  }
}

std::optional<ward::v1::Outgoing> AgainOf(const CaseNotice& notice, const std::string& case_id, absl::Time now) {
  // What has no receipt is in the outbox still.
  if (!notice.has_receipt()) return std::nullopt;
  ward::v1::Outgoing outgoing;
  outgoing.set_case_id(case_id);
  *outgoing.mutable_made_at() = contract::ToMessage(now);
  if (notice.standing() == ward::v1::NOTICE_STANDING_ACCEPTED && notice.has_said()) {
    *(notice.revision() == 1 ? outgoing.mutable_submit() : outgoing.mutable_revise()) = notice.said();
    return outgoing;
  }
  // Also one that was learned from the broker. One that is in the outbox still is only said twice.
  if (notice.standing() != ward::v1::NOTICE_STANDING_WITHDRAWN) return std::nullopt;
  v1::Withdrawal& withdrawal = *outgoing.mutable_withdraw();
  withdrawal.set_municipality_code(notice.municipality_code());
  withdrawal.set_notice_id(notice.notice_id());
  withdrawal.set_revision(notice.revision());
  *withdrawal.mutable_created_at() = notice.changed_at();
  withdrawal.set_reason(notice.withdrawal_reason());
  withdrawal.set_contract_version(contract::kContractVersion);
  return outgoing;
}

}  // namespace envej::region
