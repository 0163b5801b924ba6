#include "region-client/agent/settlement.h"

#include <algorithm>
#include <array>

#include "proto/contract/message_codec.h"
#include "region-client/agent/notice_changes.h"
#include "region-client/agent/telling.h"

namespace envej::region {
namespace {

using ward::v1::CaseNotice;
using ward::v1::Outgoing;

// What people mend: certificates, agreements on who may call, clocks. All else that the contract refuses is over.
constexpr std::array<absl::string_view, 13> kMendable = {"INBOX_CERTIFICATE_MISSING",
                                                         "SEALED_TO_ANOTHER",
                                                         "SIGNER_UNKNOWN",
                                                         "SEALED_CONTENT_INVALID",
                                                         "CONTENT_NOT_SEALED",
                                                         "NOT_SEALED",
                                                         "CALLER_UNKNOWN",
                                                         "CALLER_REVOKED",
                                                         "CALLER_STANDING_UNKNOWN",
                                                         "CALLER_KIND_NOT_ALLOWED",
                                                         "RECEIPT_WRONG",
                                                         "PARTICIPANT_SUSPENDED",
                                                         "CREATED_AT_IN_FUTURE"};
// What the broker has of the notice is other than what this store says.
constexpr std::array<absl::string_view, 5> kOtherwiseThere = {"REVISION_STALE", "NOTICE_NOT_FOUND", "NOTICE_WITHDRAWN",
                                                              "NOTICE_UNDELIVERED", "NOTICE_ID_REUSED"};

template <size_t kCount>
bool IsOneOf(const std::array<absl::string_view, kCount>& names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// A work's one item, with the case of its notice, if that is still kept.
struct Place {
  const Settled& settled;
  CaseWork& work;
  OpenCase* known = nullptr;
  CaseNotice* notice = nullptr;
  absl::Time now;
};

void Stand(Place& place, ward::v1::NoticeStanding standing) {
  place.notice->set_standing(standing);
  place.notice->clear_former();
  *place.notice->mutable_changed_at() = contract::ToMessage(place.now);
}

bool Tell(const Place& place, ward::v1::TellingKind kind, absl::string_view reason) {
  const Outgoing& outgoing = place.settled.sent.outgoing;
  CaseNotice about;
  about.set_notice_id(NoticeOf(outgoing));
  about.set_municipality_code(MunicipalityOf(outgoing));
  if (place.notice != nullptr) about.set_ward(place.notice->ward());
  about.set_revision(RevisionOf(outgoing));
  // Its patient's number may have been merged into another since.
  const std::string& case_id = place.known != nullptr ? place.known->id : outgoing.case_id();
  place.work.batch().AddTelling(TellingOf(kind, case_id, about, reason, place.now));
  return true;
}

void Remove(Place& place) {
  const StoredOutgoing& sent = place.settled.sent;
  place.work.batch().RemoveOutgoing(NoticeOf(sent.outgoing), sent.number);
}

// What the broker has now is gone back to if what is newer is refused.
void KeepFormer(const Outgoing& outgoing, CaseNotice& notice) {
  ward::v1::FormerNotice& former = *notice.mutable_former();
  former.Clear();
  former.set_revision(RevisionOf(outgoing));
  former.set_standing(ward::v1::NOTICE_STANDING_ACCEPTED);
  *former.mutable_said() = outgoing.has_submit() ? outgoing.submit() : outgoing.revise();
}

void KeepReceipt(Place& place, const v1::Receipt& receipt) {
  if (place.notice == nullptr) return;
  if (receipt.revision() >= place.notice->receipt().revision()) *place.notice->mutable_receipt() = receipt;
  if (place.notice->standing() != ward::v1::NOTICE_STANDING_TO_BE_SENT) return;
  if (receipt.revision() == place.notice->revision()) return Stand(place, ward::v1::NOTICE_STANDING_ACCEPTED);
  const Outgoing& outgoing = place.settled.sent.outgoing;
  if (!outgoing.has_withdraw()) KeepFormer(outgoing, *place.notice);
}

bool KeepWithdrawn(Place& place) {
  const v1::Receipt& receipt = place.settled.outcome.receipt;
  // A broker that was restored gets it again, and the ward has heard of it.
  const bool is_new = place.notice == nullptr || place.notice->receipt().revision() < receipt.revision();
  KeepReceipt(place, receipt);
  return is_new && Tell(place, ward::v1::TELLING_KIND_WITHDRAWN,
                        v1::WithdrawalReason_Name(place.settled.sent.outgoing.withdraw().reason()));
}

// What was accepted before stands as it stood, with what has happened to it meanwhile, and can still be withdrawn.
void GoBack(Place& place) {
  CaseNotice& notice = *place.notice;
  const ward::v1::FormerNotice former = notice.former();
  notice.set_revision(notice.has_former() ? former.revision() : notice.receipt().revision());
  if (former.has_said()) {
    *notice.mutable_said() = former.said();
  } else {
    notice.clear_said();
  }
  Stand(place, notice.has_former() ? former.standing() : ward::v1::NOTICE_STANDING_ACCEPTED);
  if (former.has_change()) TakeChange(former.change(), place.now, *place.known, place.work.batch());
}

bool End(Place& place) {
  const std::string& reason = place.settled.outcome.refusal.reason;
  Remove(place);
  Tell(place, ward::v1::TELLING_KIND_REFUSED, reason);
  if (place.notice == nullptr) return true;
  place.notice->set_refused_for(reason);
  const bool is_newest = RevisionOf(place.settled.sent.outgoing) == place.notice->revision();
  if (!is_newest || place.notice->standing() != ward::v1::NOTICE_STANDING_TO_BE_SENT) return true;
  if (place.notice->has_receipt()) {
    GoBack(place);
  } else {
    Stand(place, ward::v1::NOTICE_STANDING_REFUSED);
    place.notice->clear_said();
  }
  return true;
}

// The same, above what the broker has.
void Renumber(Place& place, uint32_t revision) {
  Outgoing outgoing = place.settled.sent.outgoing;
  if (outgoing.has_withdraw()) {
    outgoing.mutable_withdraw()->set_revision(revision);
  } else {
    v1::Notice notice = outgoing.has_submit() ? outgoing.submit() : outgoing.revise();
    notice.mutable_envelope()->set_revision(revision);
    *(revision == 1 ? outgoing.mutable_submit() : outgoing.mutable_revise()) = std::move(notice);
  }
  place.work.batch().ReplaceOutgoing(place.settled.sent.number, outgoing);
  if (place.notice == nullptr) return;
  const bool is_newest = RevisionOf(place.settled.sent.outgoing) == place.notice->revision();
  if (is_newest || revision > place.notice->revision()) place.notice->set_revision(revision);
  if (place.notice->has_said())
    place.notice->mutable_said()->mutable_envelope()->set_revision(place.notice->revision());
}

bool TakeWithdrawn(Place& place, const v1::GetNoticeResponse& newest) {
  const Outgoing& outgoing = place.settled.sent.outgoing;
  Remove(place);
  if (place.notice != nullptr) {
    *place.notice->mutable_receipt() = newest.receipt();
    place.notice->set_withdrawal_reason(newest.status().withdrawal_reason());
    place.notice->set_revision(std::max(place.notice->revision(), newest.status().revision()));
    place.notice->clear_said();
    Stand(place, ward::v1::NOTICE_STANDING_WITHDRAWN);
  }
  return Tell(place,
              outgoing.has_withdraw() ? ward::v1::TELLING_KIND_WITHDRAWN : ward::v1::TELLING_KIND_WITHDRAWN_ELSEWHERE,
              v1::WithdrawalReason_Name(newest.status().withdrawal_reason()));
}

bool TakeUndelivered(Place& place) {
  Remove(place);
  if (place.notice != nullptr) {
    place.notice->clear_said();
    Stand(place, ward::v1::NOTICE_STANDING_UNDELIVERED);
  }
  return Tell(place, ward::v1::TELLING_KIND_UNDELIVERED, "NOTICE_UNDELIVERED");
}

bool TakeNewest(Place& place) {
  if (!place.settled.newest.has_value()) {
    // The broker lost it: it is a new one there.
    if (place.settled.sent.outgoing.has_revise()) Renumber(place, 1);
    return false;
  }
  const v1::GetNoticeResponse& newest = *place.settled.newest;
  if (newest.status().withdrawal_reason() != v1::WITHDRAWAL_REASON_UNSPECIFIED) return TakeWithdrawn(place, newest);
  if (newest.status().state() == v1::NOTICE_STATE_UNDELIVERED) return TakeUndelivered(place);
  Renumber(place, newest.status().revision() + 1);
  return false;
}

}  // namespace

Fate FateOf(const Outgoing& /*outgoing*/, const Outcome& outcome) {
  using Kind = Outcome::Kind;
  if (outcome.kind == Kind::kAccepted || outcome.kind == Kind::kRepeated) return Fate::kDone;
  if (IsOneOf(kMendable, outcome.refusal.reason)) return Fate::kHeldUp;
  if (outcome.kind != Kind::kRefused) return Fate::kStays;
  return IsOneOf(kOtherwiseThere, outcome.refusal.reason) ? Fate::kAsk : Fate::kOver;
}

absl::StatusOr<bool> Apply(const Settled& settled, absl::Time now, CaseWork& work) {
  const absl::StatusOr<OpenCase*> known = work.OfNotice(NoticeOf(settled.sent.outgoing));
  if (!known.ok()) return known.status();
  Place place{.settled = settled, .work = work, .known = *known, .notice = nullptr, .now = now};
  if (*known != nullptr) place.notice = NoticeIn((*known)->after, NoticeOf(settled.sent.outgoing));
  if (!work.outbox().Has(NoticeOf(settled.sent.outgoing), settled.sent.number)) {
    if (settled.fate == Fate::kDone) KeepReceipt(place, settled.outcome.receipt);
    return false;
  }
  switch (settled.fate) {
    case Fate::kDone:
      Remove(place);
      if (settled.sent.outgoing.has_withdraw()) return KeepWithdrawn(place);
      KeepReceipt(place, settled.outcome.receipt);
      return false;
    case Fate::kOver:
      return End(place);
    case Fate::kAskedAndOther:
      return TakeNewest(place);
    case Fate::kHeldUp:
      return Tell(place, ward::v1::TELLING_KIND_HELD_UP, settled.outcome.refusal.reason);
    case Fate::kAsk:
    case Fate::kStays:
      return false;
  }
  return false;
}

CaseNotice* NoticeIn(ward::v1::Case& known, const std::string& notice_id) {
  for (CaseNotice& notice : *known.mutable_notices()) {
    if (notice.notice_id() == notice_id) return &notice;
  }
  return nullptr;
}

}  // namespace envej::region
