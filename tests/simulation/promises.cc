#include "tests/simulation/promises.h"

#include <algorithm>
#include <utility>

#include "proto/contract/limits.h"
#include "proto/contract/rejection.h"

namespace envej::simulation {

using contract::Reason;
using contract::RejectionOf;
using inbox::ItemKind;

namespace {

constexpr absl::Duration kMonths = absl::Hours(24 * 31 * contract::kIdMemoryMonths);

bool StandsBefore(const contract::JournalPosition& left, const contract::JournalPosition& right) {
  return std::pair(left.batch, left.event_index) < std::pair(right.batch, right.event_index);
}

}  // namespace

bool Promises::Excuses(const CallMade& call, const absl::Status& status) const {
  return call.may_fail && (absl::IsUnavailable(status) || RejectionOf(status).reason == Reason::kBrokerBusy);
}

bool Promises::IsSuperseded(const KnownNotice& notice, const Claim& claim) const {
  return std::any_of(notice.claims.begin() + (&claim - notice.claims.data()) + 1, notice.claims.end(),
                     [](const Claim& newer) { return !newer.in_doubt; });
}

bool Promises::IsLive(const KnownNotice& notice, const Claim& claim, absl::Time now) const {
  return &claim == &notice.claims.back() && !claim.in_doubt && now < claim.expires_at &&
         claim.revision == notice.called() && notice.outcome_calls == 0 && !MayBeReturnedByOperations(notice);
}

void Promises::CheckReceipt(const KnownNotice& notice, const Said& said, const contract::Receipt& receipt) {
  if (!contract::CheckReceipt(receipt).ok()) findings_.Add("a receipt proves nothing", notice.key);
  const contract::ContentCommitment commitment =
      said.is_withdrawal() ? contract::ContentCommitment() : CommitmentTo(said.content);
  const bool is_true = receipt.region_code == notice.key.region_code &&
                       receipt.municipality_code == notice.key.municipality_code &&
                       receipt.notice_id == notice.key.id.ToString() && receipt.revision == said.revision &&
                       receipt.actor == ActorOf(notice.key.region_code) && receipt.commitment == commitment &&
                       receipt.withdrawal_reason == static_cast<uint32_t>(said.reason);
  if (!is_true) findings_.Add("a receipt is not true", notice.key);
}

void Promises::Accepted(KnownNotice& notice, Said& said, const CallMade& call,
                        const absl::StatusOr<inbox::Accepted>& answer) {
  if (!answer.ok()) {
    if (Excuses(call, answer.status())) return;
    said.lost = false;
    return CheckRefusedSubmission(notice, said, call, answer.status());
  }
  if (call.ruled_out != Reason::kNone && !answer->repeated && !said.anew)
    findings_.Add("accepted against the rules of the day", notice.key);
  CheckReceipt(notice, said, answer->receipt);
  // A withdrawal anew, or an answer that was late.
  if (is_forgotten(notice)) {
    said.receipt = answer->receipt;
    return;
  }
  if (said.receipt.has_value()) {
    const bool is_same = answer->receipt == *said.receipt;
    if (!is_same && !said.AwaitsAnew()) findings_.Add("a repeated call got another receipt", notice.key);
    said.receipt = answer->receipt;
    return;
  }
  if (answer->repeated && said.calls == 1) findings_.Add("a first call was taken for a repeated one", notice.key);
  for (const auto& [revision, other] : notice.said) {
    const bool is_newer = revision > said.revision && other.receipt.has_value();
    if (is_newer && StandsBefore(other.receipt->position, answer->receipt.position)) {
      findings_.Add("an older revision was accepted after a newer one", notice.key);
    }
  }
  said.receipt = answer->receipt;
  said.lost = false;
}

void Promises::CheckRefusedSubmission(const KnownNotice& notice, const Said& said, const CallMade& call,
                                      const absl::Status& status) {
  const Reason reason = RejectionOf(status).reason;
  const bool newer_called = notice.called() > said.revision;
  const bool submitted = notice.said.contains(1) && notice.said.at(1).kind == Said::Kind::kSubmit;
  const bool forgotten = is_forgotten(notice);
  if (call.had_receipt && !forgotten && (said.kind == Said::Kind::kSubmit || !newer_called)) {
    return findings_.Add(absl::StrCat("what was accepted is refused when it is repeated: ", status.message()),
                         notice.key);
  }
  switch (reason) {
    case Reason::kNoticeWithdrawn:
      if (!notice.WithdrawalCalled()) findings_.Add("refused as withdrawn, which it is not", notice.key);
      return;
    case Reason::kRevisionStale:
      if (!newer_called) findings_.Add("refused as stale, which it is not", notice.key);
      return;
    case Reason::kNoticeNotFound:
      if (call.accepted > 0 && !forgotten) findings_.Add("an accepted notice was not found", notice.key);
      if (said.kind != Said::Kind::kRevise) findings_.Add("a notice needs another before it", notice.key);
      return;
    case Reason::kNoticeUndelivered:
      if (said.kind != Said::Kind::kRevise) findings_.Add("a submission was refused as undelivered", notice.key);
      return;
    case Reason::kNoticeTooOld:
      if (call.answered_at < said.created_at + kMonths)
        findings_.Add("refused as too old, which it is not", notice.key);
      return;
    case Reason::kCreatedAtInFuture:
    case kRuledOut:
      if (call.ruled_out != reason || (call.had_receipt && !forgotten))
        findings_.Add("refused by rules that allow it", notice.key);
      return;
    default:
      findings_.Add(absl::StrCat("a proper ", submitted ? "notice" : "withdrawal", " was refused: ", status.message()),
                    notice.key);
  }
}

void Promises::AcceptedOther(const KnownNotice& notice, const absl::StatusOr<inbox::Accepted>& answer) {
  if (answer.ok() && !is_forgotten(notice))
    findings_.Add("something else was accepted under a known revision", notice.key);
}

void Promises::Pulled(const std::string& municipality_code, const inbox::PulledItem& item,
                      const HandedOut& handed_out) {
  const auto found = notices_.find(store::RecordKey(item.item.notice));
  if (found == notices_.end()) return findings_.Add("a notice was delivered that nobody sent");
  KnownNotice& notice = found->second;
  const uint32_t revision = item.item.revision;
  const auto said = notice.said.find(revision);
  if (said == notice.said.end() || said->second.calls == 0) {
    return findings_.Add("a revision was delivered that nobody sent", notice.key);
  }
  if (notice.key.municipality_code != municipality_code) findings_.Add("delivered to the wrong inbox", notice.key);
  if (item.content != said->second.content) findings_.Add("delivered with other content", notice.key);
  if (!tokens_.insert(item.record.token).second) findings_.Add("a token was given twice", notice.key);
  if (item.record.kind != ItemKind::kWithdrawal) notice.given = true;
  if (handed_out.is_late) return;
  if (is_forgotten(notice)) {  // of what it does not know a restored store tells of the withdrawal
    if (item.record.kind != ItemKind::kWithdrawal) findings_.Add("what was forgotten was delivered", notice.key);
  } else {
    if (revision < notice.accepted()) findings_.Add("what was replaced was delivered", notice.key);
    if (revision <= notice.had) findings_.Add("what the municipality has was delivered again", notice.key);
    if (revision <= notice.ended) findings_.Add("delivered after the region took note of its outcome", notice.key);
  }
  const bool acknowledged_before = std::any_of(notice.claims.begin(), notice.claims.end(),
                                               [](const Claim& claim) { return claim.acknowledge_calls > 0; });
  const bool known_acknowledged = std::any_of(notice.claims.begin(), notice.claims.end(),
                                              [](const Claim& claim) { return claim.acknowledged.has_value(); });
  if (!acknowledged_before && item.record.kind == ItemKind::kRevision) {
    findings_.Add("a municipality that has nothing was told of a revision", notice.key);
  }
  if (known_acknowledged && item.record.kind == ItemKind::kNotice) {
    findings_.Add("a change came as if it were a notice of its own", notice.key);
  }
  if ((item.record.kind == ItemKind::kWithdrawal) != said->second.is_withdrawal()) {
    findings_.Add("a withdrawal came as something else", notice.key);
  }
  if (!notice.claims.empty()) {
    const Claim& before = notice.claims.back();
    if (before.revision == revision && !before.in_doubt && handed_out.now < before.expires_at) {
      findings_.Add("two live tokens at the same time", notice.key);
    }
  }
  notice.claims.push_back({.token = item.record.token,
                           .revision = revision,
                           .expires_at = item.record.lease_expires_at,
                           .first_expires_at = item.record.lease_expires_at,
                           .expires_at_most = item.record.lease_expires_at,
                           .carried = handed_out.carried});
}

void Promises::CheckSuccess(const KnownNotice& notice, const Claim& claim, const CallMade& call,
                            absl::string_view what) {
  if (claim.lost) findings_.Add(absl::StrCat(what, " with a token of a store that is no more"), notice.key);
  if (IsSuperseded(notice, claim)) findings_.Add(absl::StrCat(what, " with a token that is over"), notice.key);
  if (call.at >= claim.expires_at_most) findings_.Add(absl::StrCat(what, " after the lease was over"), notice.key);
  if (is_forgotten(notice)) return;
  if (claim.revision < notice.accepted()) findings_.Add(absl::StrCat(what, " of what was replaced"), notice.key);
  if (claim.revision <= notice.ended) findings_.Add(absl::StrCat(what, " of what had ended"), notice.key);
}

void Promises::CheckRefusedClaim(const KnownNotice& notice, const Claim& claim, const CallMade& call,
                                 uint64_t own_calls, const absl::Status& status) {
  if (Excuses(call, status)) return;
  if (IsLive(notice, claim, call.answered_at) && claim.acknowledge_calls + claim.return_calls <= own_calls) {
    findings_.Add(absl::StrCat("a live claim was refused: ", status.message()), notice.key);
  }
  const auto any = [&](auto calls) {
    return std::any_of(notice.claims.begin(), notice.claims.end(), [&](const Claim& each) { return calls(each) > 0; });
  };
  bool is_true = true;
  switch (RejectionOf(status).reason) {
    case Reason::kNoticeRevised:
      is_true = notice.called() > claim.revision;
      break;
    case Reason::kNoticeWithdrawn:
      is_true = notice.WithdrawalCalled();
      break;
    case Reason::kNoticeAlreadyAcknowledged:
      is_true = any([](const Claim& each) { return each.acknowledge_calls; });
      break;
    case Reason::kNoticeAlreadyReturned:
      is_true = any([](const Claim& each) { return each.return_calls; }) || MayBeReturnedByOperations(notice);
      break;
    case Reason::kLeaseExpired:
      is_true = call.answered_at >= claim.first_expires_at;
      break;
    case Reason::kLeaseSuperseded:
    case Reason::kLeaseNotHeld:
    case Reason::kNoticeUndelivered:
      break;
    case Reason::kNoticeNotFound:
      is_true = claim.lost || is_forgotten(notice);
      break;
    default:
      is_true = false;
  }
  if (!is_true) findings_.Add(absl::StrCat("a claim was refused untruly: ", status.message()), notice.key);
}

void Promises::Extended(KnownNotice& notice, Claim& claim, const CallMade& call, uint64_t carried,
                        const absl::StatusOr<absl::Time>& answer) {
  if (!answer.ok()) return CheckRefusedClaim(notice, claim, call, 0, answer.status());
  CheckSuccess(notice, claim, call, "extended");
  if (claim.acknowledged.has_value() || claim.returned.has_value()) {
    findings_.Add("the lease of what was concluded was extended", notice.key);
  }
  if (*answer < claim.expires_at) findings_.Add("an extension made a lease shorter", notice.key);
  claim.expires_at = *answer;
  claim.extended = carried;
}

void Promises::Acknowledged(KnownNotice& notice, Claim& claim, const CallMade& call,
                            const absl::StatusOr<absl::Time>& answer) {
  if (!answer.ok()) {
    const bool newer_called = std::any_of(notice.claims.begin(), notice.claims.end(), [&](const Claim& other) {
      return other.revision > claim.revision && other.acknowledge_calls > 0;
    });
    if (claim.acknowledged.has_value() && !newer_called && !is_forgotten(notice) && !Excuses(call, answer.status())) {
      findings_.Add(absl::StrCat("a repeated acknowledgement was refused: ", answer.status().message()), notice.key);
    }
    return CheckRefusedClaim(notice, claim, call, 1, answer.status());
  }
  if (claim.returned.has_value()) findings_.Add("what was returned was acknowledged", notice.key);
  if (claim.acknowledged.has_value() && *claim.acknowledged != *answer) {
    findings_.Add("a repeated acknowledgement has another time", notice.key);
  }
  if (call.calls == 0) CheckSuccess(notice, claim, call, "acknowledged");
  claim.acknowledged = *answer;
  notice.had = std::max(notice.had, claim.revision);
}

void Promises::Returned(KnownNotice& notice, Claim& claim, const CallMade& call,
                        const absl::StatusOr<absl::Time>& answer) {
  if (!answer.ok()) {
    const bool is_newest = notice.called() == claim.revision && !is_forgotten(notice);
    if (claim.returned.has_value() && is_newest && !Excuses(call, answer.status())) {
      findings_.Add(absl::StrCat("a repeated return was refused: ", answer.status().message()), notice.key);
    }
    return CheckRefusedClaim(notice, claim, call, 1, answer.status());
  }
  if (claim.acknowledged.has_value()) findings_.Add("what was acknowledged was returned", notice.key);
  if (claim.returned.has_value() && *claim.returned != *answer) {
    findings_.Add("a repeated return has another time", notice.key);
  }
  if (call.calls == 0) CheckSuccess(notice, claim, call, "returned");
  claim.returned = *answer;
  notice.had = std::max(notice.had, claim.revision);
}

void Promises::ClaimedFalsely(const KnownNotice& notice, const absl::StatusOr<absl::Time>& answer) {
  if (answer.ok()) findings_.Add("a claim that nobody was given was good", notice.key);
}

}  // namespace envej::simulation
