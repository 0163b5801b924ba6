#ifndef ENVEJ_PROTO_CONTRACT_WITHDRAWAL_H_
#define ENVEJ_PROTO_CONTRACT_WITHDRAWAL_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "proto/contract/notice.h"
#include "proto/contract/notice_rules.h"

namespace envej::contract {

// The withdrawal of a notice as it was sent: what is missing is absent here, what is wrong is still wrong. Field by
// field as in envej/v1/notice.proto.
struct Withdrawal {
  std::string municipality_code;
  std::string notice_id;
  uint32_t revision = 0;
  std::optional<absl::Time> created_at;
  int reason = 0;  // number of envej.v1.WithdrawalReason; 0: none that is known
  uint32_t contract_version = 0;
  std::optional<SealedContent> sealed;
};

// What the rules say of a withdrawal; who may receive it is for the register to say. Neither consent nor agreement is
// asked for: what was sent can always be taken back.
Findings CheckWithdrawal(const Withdrawal& withdrawal, const Moment& moment);

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_WITHDRAWAL_H_
