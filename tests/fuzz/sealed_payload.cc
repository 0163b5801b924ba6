#include "proto/contract/sealed_payload.h"

#include "envej/v1/sealed_payload.pb.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {
namespace {

constexpr char kRegion[] = "1084";

v1::Notice Plain() {
  v1::Notice notice;
  notice.mutable_envelope()->set_municipality_code("0101");
  notice.mutable_envelope()->set_notice_id("6d3f1c9e-0b52-4a7e-9c11-4f5e6a7b8c9d");
  notice.mutable_envelope()->set_revision(1);
  notice.mutable_envelope()->set_discharge_date("2027-01-15");
  notice.mutable_citizen()->set_name("Opdigtet Borger");
  notice.mutable_citizen()->add_phone_numbers("+4520000001");
  return notice;
}

v1::Withdrawal Withdrawal() {
  v1::Withdrawal withdrawal;
  withdrawal.set_municipality_code("0101");
  withdrawal.set_notice_id("6d3f1c9e-0b52-4a7e-9c11-4f5e6a7b8c9d");
  withdrawal.set_revision(2);
  withdrawal.set_reason(v1::WITHDRAWAL_REASON_DECEASED);
  return withdrawal;
}

}  // namespace

// What opens as the notice of an envelope repeats that envelope.
void Try(absl::string_view bytes) {
  v1::Notice sealed;
  *sealed.mutable_envelope() = Plain().envelope();
  const auto notice = contract::OpenNotice(bytes, kRegion, sealed);
  if (notice.ok()) {
    ENVEJ_FUZZ_CHECK(notice->envelope().SerializeAsString() == sealed.envelope().SerializeAsString());
    const auto again = contract::OpenNotice(contract::SealedPayloadOf(kRegion, *notice), kRegion, sealed);
    ENVEJ_FUZZ_CHECK(again.ok() && again->citizen().SerializeAsString() == notice->citizen().SerializeAsString());
  }
  contract::CheckWithdrawalPayload(bytes, kRegion, Withdrawal()).IgnoreError();
}

std::vector<std::string> Seeds() {
  return {contract::SealedPayloadOf(kRegion, Plain()), contract::SealedPayloadOf(kRegion, Withdrawal())};
}

}  // namespace envej::fuzz
