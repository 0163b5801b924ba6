#ifndef ENVEJ_REGION_CLIENT_RESEND_PLAN_H_
#define ENVEJ_REGION_CLIENT_RESEND_PLAN_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "envej/v1/intake_service.pb.h"
#include "proto/contract/notice_rules.h"
#include "region-client/notice_sealer.h"
#include "region-client/resend.h"

namespace envej::region {

// What is kept of one notice.
struct KeptNotice {
  std::map<uint32_t, v1::Receipt> receipts;  // the newest of each revision
  std::vector<const v1::Notice*> said;       // what may be any of its revisions
};

// By name. What is kept must outlive it. Notices without a receipt are left out: they were never accepted; and those of
// another region than this one.
std::map<NoticeName, KeptNotice> ByName(const Kept& kept, const std::string& region_code);

// Whether all that was accepted of it was so long ago that a broker may have forgotten the id since: none would take
// the notice again, and a withdrawal of it would tell nobody.
bool IsForgotten(const KeptNotice& kept, const contract::Moment& now);

// What is to be sent of a notice: its withdrawal alone; or it, and then its newest revision.
struct ResendSteps {
  std::optional<v1::Receipt> withdraw;  // of the withdrawal that is to be made again
  std::optional<v1::Notice> submit;
  std::optional<v1::Notice> revise;
  bool line_missing = false;  // something is to be sent that nothing says any more; then nothing else is
};

// Pure. `answer` is what the broker has of it; nothing: nothing.
ResendSteps PlanResend(const KeptNotice& kept, const std::optional<v1::GetNoticeResponse>& answer,
                       const NoticeSealer& sealer);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_RESEND_PLAN_H_
