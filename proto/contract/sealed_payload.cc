#include "proto/contract/sealed_payload.h"

#include <utility>

#include "envej/v1/sealed_payload.pb.h"

namespace envej::contract {
namespace {

v1::Envelope Bound(v1::Envelope envelope) {
  envelope.clear_content_commitment();
  envelope.clear_former_commitments();
  envelope.DiscardUnknownFields();
  return envelope;
}

v1::Withdrawal Bound(v1::Withdrawal withdrawal) {
  withdrawal.clear_sealed();
  withdrawal.DiscardUnknownFields();
  return withdrawal;
}

}  // namespace

std::string SealedPayloadOf(absl::string_view region_code, const v1::Withdrawal& withdrawal) {
  v1::SealedPayload payload;
  payload.set_region_code(std::string(region_code));
  *payload.mutable_withdrawal() = Bound(withdrawal);
  return payload.SerializeAsString();
}

absl::Status CheckWithdrawalPayload(absl::string_view payload, absl::string_view region_code,
                                    const v1::Withdrawal& sealed) {
  v1::SealedPayload opened;
  if (!opened.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return absl::InvalidArgumentError("what was sealed is no withdrawal");
  }
  const bool belongs = absl::string_view(opened.region_code()) == region_code && opened.has_withdrawal() &&
                       !opened.has_envelope() && !opened.has_citizen() &&
                       Bound(opened.withdrawal()).SerializeAsString() == Bound(sealed).SerializeAsString();
  Wipe(*opened.mutable_citizen());
  return belongs ? absl::OkStatus() : absl::FailedPreconditionError("what was sealed belongs to another withdrawal");
}

std::string SealedPayloadOf(absl::string_view region_code, const v1::Notice& plain) {
  v1::SealedPayload payload;
  payload.set_region_code(std::string(region_code));
  *payload.mutable_envelope() = Bound(plain.envelope());
  *payload.mutable_citizen() = plain.citizen();
  std::string bytes = payload.SerializeAsString();
  Wipe(*payload.mutable_citizen());
  return bytes;
}

absl::StatusOr<v1::Notice> OpenNotice(absl::string_view payload, absl::string_view region_code,
                                      const v1::Notice& sealed) {
  v1::SealedPayload opened;
  if (!opened.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return absl::InvalidArgumentError("what was sealed is no content of a notice");
  }
  v1::Envelope envelope = Bound(sealed.envelope());
  const bool belongs = absl::string_view(opened.region_code()) == region_code && !opened.has_withdrawal() &&
                       Bound(opened.envelope()).SerializeAsString() == envelope.SerializeAsString();
  if (!belongs) {
    Wipe(*opened.mutable_citizen());
    return absl::FailedPreconditionError("what was sealed belongs to another notice");
  }
  v1::Notice notice;
  *notice.mutable_envelope() = std::move(envelope);
  notice.mutable_citizen()->Swap(opened.mutable_citizen());
  return notice;
}

}  // namespace envej::contract
