#include "broker/wire/submission.h"

#include <optional>
#include <utility>

#include "proto/contract/message_codec.h"
#include "proto/contract/notice_id.h"
#include "proto/contract/rejection.h"
#include "proto/contract/wiping.h"

namespace envej::wire {
namespace {

// Those by which the notice may be recognised, the one to remember it by first.
std::vector<contract::ContentCommitment> CommitmentsOf(const std::string& region_code, const contract::Notice& notice,
                                                       const std::vector<contract::CommitmentSecret>& secrets) {
  std::vector<contract::ContentCommitment> commitments;
  if (notice.sealed.has_value()) {
    commitments = notice.envelope->former_commitments;
    commitments.insert(commitments.begin(), *notice.envelope->content_commitment);
  } else {
    for (const contract::CommitmentSecret& secret : secrets) {
      commitments.push_back(contract::CommitTo(secret, region_code, notice));
    }
  }
  return commitments;
}

}  // namespace

absl::StatusOr<inbox::Submission> PrepareSubmission(const Caller& caller, SentNotice sent, const SubmissionParts& parts,
                                                    absl::Time now, contract::SentAs sent_as) {
  const absl::StatusOr<std::string> meant = RegionMeant(caller, sent.region_code, now);
  if (!meant.ok()) return meant.status();
  const std::string& region_code = *meant;
  contract::Notice notice = contract::FromMessage(sent.message);
  const contract::WipeAtEnd wipe(notice);
  contract::Findings findings = caller.trust->admission().JudgeSubmission(caller.identity.code, notice, now, sent_as);
  if (findings.always.has_value()) return contract::ToStatus(*findings.ForNew());
  if (!sent.is_well_formed) return contract::Refusal(contract::Reason::kMessageMalformed);

  std::optional<contract::Rejection> no_room;
  if (parts.storage_nearly_full) no_room = {.reason = contract::Reason::kStorageNearlyFull, .violations = {}};
  const contract::Envelope& envelope = *notice.envelope;  // its absence is refused always
  const admission::Municipality& municipality =
      *caller.trust->participants().FindMunicipality(envelope.municipality_code);
  // Fields that the contract does not know are ignored outside the closed parts, where they were refused: what no rule
  // has looked at is not passed on.
  if (notice.unknown_fields.anywhere) contract::WipeUnknownFields(sent.message);
  inbox::Submission submission;
  submission.notice = {.municipality_code = envelope.municipality_code,
                       .region_code = region_code,
                       .id = *contract::NoticeId::Parse(envelope.notice_id)};
  submission.actor = caller.certificate.fingerprint();
  inbox::Submit what{.revision = envelope.revision,
                     .origin = caller.identity.origin,
                     .discharge_date = envelope.discharge_date,
                     .discharge_day_ends = caller.trust->admission().EndOfDay(envelope.discharge_date),
                     .commitments = CommitmentsOf(region_code, notice, parts.secrets),
                     .created_at = envelope.created_at.value_or(absl::InfiniteFuture()),
                     .refusal_if_new = std::move(findings.when_new),
                     .refusal_if_kept = std::move(no_room)};
  if (sent_as == contract::SentAs::kNew) {
    submission.what = std::move(what);
  } else {
    submission.what = inbox::Revise{.submit = std::move(what)};
  }
  submission.keep = parts.keeper.Keep(caller, region_code, std::move(sent.message), municipality, now);
  return submission;
}

absl::StatusOr<std::string> RegionMeant(const Caller& caller, absl::string_view region_code, absl::Time now) {
  if (region_code.empty()) return caller.identity.code;
  const std::optional<contract::Rejection> refused =
      caller.trust->admission().MaySpeakFor(caller.identity, region_code, now);
  if (refused.has_value()) return contract::ToStatus(*refused);
  return std::string(region_code);
}

absl::StatusOr<inbox::Submission> PrepareWithdrawal(const Caller& caller, const v1::WithdrawNoticeRequest& request,
                                                    const SubmissionParts& parts, absl::Time now) {
  const absl::StatusOr<std::string> region_code = RegionMeant(caller, request.region_code(), now);
  if (!region_code.ok()) return region_code.status();
  const v1::Withdrawal& sent = request.withdrawal();
  const contract::Withdrawal withdrawal = contract::FromMessage(sent);
  contract::Findings findings = caller.trust->admission().JudgeWithdrawal(withdrawal, now);
  if (findings.always.has_value()) return contract::ToStatus(*findings.ForNew());
  const admission::Municipality& municipality =
      *caller.trust->participants().FindMunicipality(withdrawal.municipality_code);
  v1::Withdrawal kept = sent;
  contract::WipeUnknownFields(kept);
  inbox::Submission submission;
  submission.notice = {.municipality_code = withdrawal.municipality_code,
                       .region_code = *region_code,
                       .id = *contract::NoticeId::Parse(withdrawal.notice_id)};
  submission.actor = caller.certificate.fingerprint();
  submission.what = inbox::Withdraw{.revision = withdrawal.revision,
                                    .reason = static_cast<inbox::WithdrawalReason>(withdrawal.reason),
                                    .origin = caller.identity.origin,
                                    .refusal_if_new = std::move(findings.when_new)};
  submission.keep = parts.keeper.Keep(caller, *region_code, std::move(kept), municipality, now);
  return submission;
}

}  // namespace envej::wire
