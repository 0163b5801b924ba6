#include "region-client/withdrawal_maker.h"

#include <utility>

#include "absl/status/statusor.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/printable.h"

namespace envej::region {

v1::Withdrawal WithdrawalMaker::Make(const std::string& municipality_code, const std::string& notice_id,
                                     uint32_t revision, v1::WithdrawalReason reason) {
  v1::Withdrawal plain;
  plain.set_municipality_code(municipality_code);
  plain.set_notice_id(notice_id);
  plain.set_revision(revision);
  *plain.mutable_created_at() = contract::ToMessage(context_.surroundings.now());
  plain.set_reason(reason);
  plain.set_contract_version(contract::kContractVersion);
  absl::StatusOr<v1::Withdrawal> sealed = sealer_.Seal(plain);
  if (sealed.ok()) return *std::move(sealed);
  if (told_plain_.insert(municipality_code).second) {
    progress_.Clear();
    context_.streams.err << "municipality " << contract::Printable(municipality_code) << ": "
                         << contract::Printable(sealed.status().message())
                         << ": withdrawals are sent unsealed, and the broker signs for them; a municipality that has "
                            "a notice which this region sealed may return them\n";
  }
  return plain;
}

}  // namespace envej::region
