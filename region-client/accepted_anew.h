#ifndef ENVEJ_REGION_CLIENT_ACCEPTED_ANEW_H_
#define ENVEJ_REGION_CLIENT_ACCEPTED_ANEW_H_

#include "proto/contract/receipt.h"

namespace envej::region {

// Whether `newer` is of the same notice, revision or withdrawal as `receipt`, accepted anew by a broker whose store had
// lost it. Both are of one acceptance then, and it is the newer one that can be proven.
inline bool IsAcceptedAnew(const contract::Receipt& receipt, const contract::Receipt& newer) {
  return newer.municipality_code == receipt.municipality_code && newer.notice_id == receipt.notice_id &&
         newer.revision == receipt.revision && newer.withdrawal_reason == receipt.withdrawal_reason &&
         newer.position.store_incarnation != receipt.position.store_incarnation &&
         newer.accepted_at > receipt.accepted_at && contract::CheckReceipt(receipt).ok();
}

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_ACCEPTED_ANEW_H_
