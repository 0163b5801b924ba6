#include "region-client/resend_plan.h"

#include <algorithm>

#include "proto/contract/message_codec.h"

namespace envej::region {
namespace {

// What was said under this receipt: the notice with its commitment. Of one that was sealed by the broker the region
// cannot tell the commitment; there the number must say it.
std::optional<v1::Notice> SaidUnder(const v1::Receipt& receipt, const KeptNotice& kept, const NoticeSealer& sealer) {
  std::optional<v1::Notice> by_number;
  for (const v1::Notice* const said : kept.said) {
    v1::Notice notice = *said;
    const uint32_t number = notice.envelope().revision();
    notice.mutable_envelope()->set_revision(receipt.revision());
    if (sealer.IsOf(receipt.content_commitment(), notice)) return notice;
    if (number == receipt.revision() && !sealer.Knows(receipt.content_commitment().key_id())) by_number = notice;
  }
  return by_number;
}

// Adds the sending again of what was accepted under this receipt.
void Add(const v1::Receipt& receipt, const KeptNotice& kept, const NoticeSealer& sealer, ResendSteps& steps) {
  if (receipt.withdrawal_reason() != v1::WITHDRAWAL_REASON_UNSPECIFIED) {
    steps.withdraw = receipt;
    return;
  }
  std::optional<v1::Notice> said = SaidUnder(receipt, kept, sealer);
  if (!said.has_value()) {
    steps.line_missing = true;
  } else if (receipt.revision() == 1) {
    steps.submit = std::move(said);
  } else {
    steps.revise = std::move(said);
  }
}

}  // namespace

std::map<NoticeName, KeptNotice> ByName(const Kept& kept, const std::string& region_code) {
  std::map<NoticeName, KeptNotice> notices;
  for (const v1::Receipt& receipt : kept.receipts) {
    if (receipt.region_code() != region_code) continue;
    v1::Receipt& newest = notices[{receipt.municipality_code(), receipt.notice_id()}].receipts[receipt.revision()];
    const bool is_newer = contract::FromMessage(newest.accepted_at()) < contract::FromMessage(receipt.accepted_at());
    if (newest.notice_id().empty() || is_newer) newest = receipt;
  }
  for (const v1::Notice& notice : kept.notices) {
    const auto found = notices.find({notice.envelope().municipality_code(), notice.envelope().notice_id()});
    if (found != notices.end()) found->second.said.push_back(&notice);
  }
  return notices;
}

bool IsForgotten(const KeptNotice& kept, const contract::Moment& now) {
  return std::all_of(kept.receipts.begin(), kept.receipts.end(), [&now](const auto& numbered) {
    const v1::Receipt& receipt = numbered.second;
    return receipt.has_accepted_at() && contract::IsForgotten(contract::FromMessage(receipt.accepted_at()), now);
  });
}

ResendSteps PlanResend(const KeptNotice& kept, const std::optional<v1::GetNoticeResponse>& answer,
                       const NoticeSealer& sealer) {
  ResendSteps steps;
  const v1::Receipt& newest = kept.receipts.rbegin()->second;
  const bool is_withdrawn = newest.withdrawal_reason() != v1::WITHDRAWAL_REASON_UNSPECIFIED;
  if (!answer.has_value()) {
    const auto first = kept.receipts.find(1);
    // One that is withdrawn needs no more than that; of a revision, what it revises comes first.
    if (!is_withdrawn && first == kept.receipts.end()) {
      steps.line_missing = true;
      return steps;
    }
    if (!is_withdrawn) Add(first->second, kept, sealer, steps);
    if (is_withdrawn || newest.revision() > 1) Add(newest, kept, sealer, steps);
  } else if (answer->status().revision() < newest.revision()) {
    Add(newest, kept, sealer, steps);
  } else if (answer->status().state() == v1::NOTICE_STATE_MISSING) {
    const auto missing = kept.receipts.find(answer->status().revision());
    if (missing == kept.receipts.end()) {
      steps.line_missing = true;
    } else {
      Add(missing->second, kept, sealer, steps);
    }
  }
  if (steps.line_missing) steps = {.withdraw = {}, .submit = {}, .revise = {}, .line_missing = true};
  return steps;
}

}  // namespace envej::region
