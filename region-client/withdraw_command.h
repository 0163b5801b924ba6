#ifndef ENVEJ_REGION_CLIENT_WITHDRAW_COMMAND_H_
#define ENVEJ_REGION_CLIENT_WITHDRAW_COMMAND_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "envej/v1/state.pb.h"
#include "region-client/command_context.h"
#include "region-client/notice_sealer.h"
#include "region-client/progress_bar.h"

namespace envej::region {

struct WithdrawOptions {
  std::string municipality_code;
  v1::WithdrawalReason reason = v1::WITHDRAWAL_REASON_UNSPECIFIED;
  std::vector<std::string> ids;                 // as ReadNoticeIds takes them
  std::string receipts;                         // where receipts are kept; empty for standard output
  OutputForm output = OutputForm::kText;        // kJson: a line for every notice on standard output
  ProgressMode progress = ProgressMode::kAuto;  // of the bar on standard error
  absl::Duration deadline = absl::Minutes(5);   // for all of it, from now on
};

// Withdraws each notice, also one that the broker does not know yet, up to kCallsInFlight at a time: asks for its
// newest revision, and withdraws it under the next. Where another revision comes in between it asks again, at most
// kRevisionTries times. One that is withdrawn already stays as it is, and its receipt is got. Running it again is
// always safe. A withdrawal does not wait for a certificate: where the municipality has none that it may be sealed to,
// it is sent plain, and that is told.
ExitCode Withdraw(const WithdrawOptions& options, const CommandContext& context, NoticeSealer& sealer);

inline constexpr int kRevisionTries = 5;

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_WITHDRAW_COMMAND_H_
