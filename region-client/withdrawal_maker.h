#ifndef ENVEJ_REGION_CLIENT_WITHDRAWAL_MAKER_H_
#define ENVEJ_REGION_CLIENT_WITHDRAWAL_MAKER_H_

#include <cstdint>
#include <set>
#include <string>

#include "envej/v1/notice.pb.h"
#include "envej/v1/state.pb.h"
#include "region-client/command_context.h"
#include "region-client/notice_sealer.h"
#include "region-client/progress_bar.h"

namespace envej::region {

// Makes withdrawals as they are sent: sealed, or plain where there is no certificate of the municipality that they may
// be sealed to. That is told on standard error, once for each municipality. All that it is given must outlive it. Not
// thread-safe.
class WithdrawalMaker {
 public:
  WithdrawalMaker(const CommandContext& context, const NoticeSealer& sealer, ProgressBar& progress)
      : context_(context), sealer_(sealer), progress_(progress) {}

  v1::Withdrawal Make(const std::string& municipality_code, const std::string& notice_id, uint32_t revision,
                      v1::WithdrawalReason reason);

 private:
  const CommandContext& context_;
  const NoticeSealer& sealer_;
  ProgressBar& progress_;
  std::set<std::string> told_plain_;  // municipalities
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_WITHDRAWAL_MAKER_H_
