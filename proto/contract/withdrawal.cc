#include "proto/contract/withdrawal.h"

#include "proto/contract/limits.h"
#include "proto/contract/notice_id.h"

namespace envej::contract {
namespace {

void AddIf(bool broken, std::optional<Rejection>& found, Reason reason, absl::string_view field) {
  if (!broken) return;
  found = Merge(found, Rejection{.reason = reason, .violations = {{.field = std::string(field), .reason = reason}}});
}

}  // namespace

Findings CheckWithdrawal(const Withdrawal& withdrawal, const Moment& moment) {
  Findings findings;
  const auto always = [&](bool broken, Reason reason, absl::string_view field) {
    AddIf(broken, findings.always, reason, field);
  };
  always(withdrawal.contract_version != kContractVersion, Reason::kContractVersionUnsupported,
         "withdrawal.contract_version");
  always(!NoticeId::Parse(withdrawal.notice_id).has_value(), Reason::kNoticeIdNotRandomUuid, "withdrawal.notice_id");
  always(withdrawal.revision == 0, Reason::kRevisionOutOfOrder, "withdrawal.revision");
  always(!withdrawal.created_at.has_value(), Reason::kCreatedAtMissing, "withdrawal.created_at");
  always(withdrawal.reason == 0, Reason::kWithdrawalReasonMissing, "withdrawal.reason");
  if (withdrawal.sealed.has_value()) {
    const SealedContent& sealed = *withdrawal.sealed;
    always(sealed.cms.empty() || sealed.cms.size() > kSealedBytes, Reason::kSealedContentInvalid,
           "withdrawal.sealed.cms");
    always(sealed.signer_fingerprint.size() != kFingerprintBytes, Reason::kSealedContentInvalid,
           "withdrawal.sealed.signer_fingerprint");
  }
  if (withdrawal.created_at.has_value()) {
    AddIf(InFuture(*withdrawal.created_at, moment), findings.when_new, Reason::kCreatedAtInFuture,
          "withdrawal.created_at");
    AddIf(IsForgotten(*withdrawal.created_at, moment), findings.when_new, Reason::kNoticeTooOld,
          "withdrawal.created_at");
  }
  return findings;
}

}  // namespace envej::contract
