#ifndef ENVEJ_TESTS_SUPPORT_NOTICE_MESSAGES_H_
#define ENVEJ_TESTS_SUPPORT_NOTICE_MESSAGES_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "envej/v1/notice.pb.h"
#include "proto/contract/notice.h"

namespace envej::support {

// What stands in a new notice and nowhere else, so that a leak shows.
inline constexpr char kMarkedName[] = "Zebrafjord Prøvesen";
inline constexpr char kMarkedPhone[] = "+4599887766";
inline constexpr char kMarkedStreet[] = "Marmelunden 77";

// A random UUID.
std::string NewNoticeId();

// A proper notice, made now, with a new id. The person is invented.
v1::Notice NewNotice(absl::string_view municipality_code);

// The same notice as its next revision, in which something has changed.
v1::Notice Revised(v1::Notice notice);
// Its withdrawal, as the revision after it. Plain.
v1::Withdrawal WithdrawalOf(const v1::Notice& notice,
                            v1::WithdrawalReason reason = v1::WITHDRAWAL_REASON_CONSENT_WITHDRAWN);

// The message of a notice as tests/support/refusals.h has them, as it would stand had it been made as long before `now`
// as it was made before kJudgedAt.
v1::Notice MessageAt(const contract::Notice& notice, absl::Time now);

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_NOTICE_MESSAGES_H_
