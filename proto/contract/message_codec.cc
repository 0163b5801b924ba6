#include "proto/contract/message_codec.h"

#include <algorithm>
#include <optional>

#include "absl/strings/escaping.h"

namespace envej::contract {
namespace {

// What a Timestamp and a Duration can say: years 0001 to 9999.
constexpr int64_t kFirstSecond = -62135596800;
constexpr int64_t kLastSecond = 253402300799;
constexpr int32_t kLastNanosecond = 999'999'999;
constexpr absl::Duration kLongestDuration = absl::Seconds(315576000000);

// Goes by the message types, so that a part that is added to the contract is looked into as well.
bool HasUnknownField(const google::protobuf::Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (!reflection.GetUnknownFields(message).empty()) return true;
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  for (int number = 0; number < type.field_count(); ++number) {
    const google::protobuf::FieldDescriptor* const field = type.field(number);
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (reflection.HasField(message, field) && HasUnknownField(reflection.GetMessage(message, field))) return true;
      continue;
    }
    for (int index = 0; index < reflection.FieldSize(message, field); ++index) {
      if (HasUnknownField(reflection.GetRepeatedMessage(message, field, index))) return true;
    }
  }
  return false;
}

// Closed by law: nothing but what the contract names may be passed on in these.
UnknownFields UnknownFieldsIn(const v1::Notice& message) {
  if (!HasUnknownField(message)) return {};
  return {.anywhere = true,
          .consent = HasUnknownField(message.envelope().consent()),
          .criteria = HasUnknownField(message.envelope().criteria()),
          .citizen = HasUnknownField(message.citizen())};
}

ConsentPart FromPart(const v1::ConsentPart& message) {
  ConsentPart part{.given_on = message.given_on(), .form = ConsentForm::kUnspecified};
  if (message.form() == v1::CONSENT_FORM_WRITTEN) part.form = ConsentForm::kWritten;
  if (message.form() == v1::CONSENT_FORM_ORAL_RECORDED) part.form = ConsentForm::kOralRecorded;
  return part;
}

Consent FromConsent(const v1::Consent& message) {
  Consent consent;
  if (message.has_contact()) consent.contact = FromPart(message.contact());
  if (message.has_disclosure()) consent.disclosure = FromPart(message.disclosure());
  return consent;
}

Criteria FromCriteria(const v1::Criteria& message) {
  Criteria criteria;
  if (message.has_aged_18_or_over()) criteria.aged_18_or_over = message.aged_18_or_over();
  if (message.has_mental_illness()) criteria.mental_illness = message.mental_illness();
  if (message.has_discharged_from_regional_psychiatry()) {
    criteria.discharged_from_regional_psychiatry = message.discharged_from_regional_psychiatry();
  }
  if (message.has_no_support_under_serviceloven()) {
    criteria.no_support_under_serviceloven = message.no_support_under_serviceloven();
  }
  return criteria;
}

// Fractions outside the second are not clamped: two notices that differ would be one to the commitment, and a
// municipality could not write the time down.
std::optional<absl::Time> FromCreatedAt(const google::protobuf::Timestamp& message) {
  if (message.nanos() < 0 || message.nanos() > kLastNanosecond) return std::nullopt;
  return FromMessage(message);
}

ContentCommitment FromCommitment(const v1::ContentCommitment& message) {
  return {.key_id = message.key_id(), .value = message.value()};
}

Envelope FromEnvelope(const v1::Envelope& message) {
  Envelope envelope;
  envelope.municipality_code = message.municipality_code();
  envelope.notice_id = message.notice_id();
  envelope.revision = message.revision();
  if (message.has_created_at()) envelope.created_at = FromCreatedAt(message.created_at());
  envelope.discharge_date = message.discharge_date();
  envelope.consent = FromConsent(message.consent());
  envelope.criteria = FromCriteria(message.criteria());
  if (message.has_content_commitment()) envelope.content_commitment = FromCommitment(message.content_commitment());
  envelope.contract_version = message.contract_version();
  for (const v1::ContentCommitment& former : message.former_commitments()) {
    envelope.former_commitments.push_back(FromCommitment(former));
  }
  return envelope;
}

// Where it is to stay: short texts that were moved would leave a copy behind.
void SetCitizen(const v1::Citizen& message, Citizen& citizen) {
  citizen.name = message.name();
  citizen.phone_numbers.assign(message.phone_numbers().begin(), message.phone_numbers().end());
  citizen.email = message.email();
  if (message.has_postal_address()) {
    PostalAddress& address = citizen.postal_address.emplace();
    address.street = message.postal_address().street();
    address.postal_code = message.postal_address().postal_code();
    address.city = message.postal_address().city();
  }
  citizen.name_and_address_protection = message.name_and_address_protection();
}

}  // namespace

Notice FromMessage(const v1::Notice& message) {
  Notice notice;
  if (message.has_envelope()) notice.envelope = FromEnvelope(message.envelope());
  if (message.has_citizen()) SetCitizen(message.citizen(), notice.citizen.emplace());
  if (message.has_sealed()) {
    notice.sealed =
        SealedContent{.cms = message.sealed().cms(), .signer_fingerprint = message.sealed().signer_fingerprint()};
  }
  notice.unknown_fields = UnknownFieldsIn(message);
  return notice;
}

Withdrawal FromMessage(const v1::Withdrawal& message) {
  Withdrawal withdrawal;
  withdrawal.municipality_code = message.municipality_code();
  withdrawal.notice_id = message.notice_id();
  withdrawal.revision = message.revision();
  if (message.has_created_at()) withdrawal.created_at = FromMessage(message.created_at());
  withdrawal.reason = v1::WithdrawalReason_IsValid(message.reason()) ? static_cast<int>(message.reason()) : 0;
  withdrawal.contract_version = message.contract_version();
  if (message.has_sealed()) {
    withdrawal.sealed =
        SealedContent{.cms = message.sealed().cms(), .signer_fingerprint = message.sealed().signer_fingerprint()};
  }
  return withdrawal;
}

namespace {

v1::InclusionProof ToInclusion(const InclusionProof& inclusion) {
  v1::InclusionProof message;
  message.set_event_count(inclusion.event_count);
  for (const std::string& hash : inclusion.path) message.add_path(hash);
  message.set_root(inclusion.root);
  return message;
}

InclusionProof FromInclusion(const v1::InclusionProof& message) {
  return InclusionProof{.event_count = message.event_count(),
                        .path = {message.path().begin(), message.path().end()},
                        .root = message.root()};
}

}  // namespace

v1::CheckpointProof ToMessage(const CheckpointProof& proof) {
  v1::CheckpointProof message;
  ByteWriter header;
  Write(proof.header, header);
  message.set_batch_header(header.bytes());
  *message.mutable_inclusion() = ToInclusion(proof.inclusion);
  message.mutable_checkpoint()->set_checkpoint(EncodeCheckpoint(proof.checkpoint.checkpoint));
  message.mutable_checkpoint()->set_signature(proof.checkpoint.signature);
  message.mutable_checkpoint()->set_signer_certificate(proof.checkpoint.signer_certificate);
  return message;
}

absl::StatusOr<CheckpointProof> FromMessage(const v1::CheckpointProof& message) {
  ByteReader reader(message.batch_header());
  std::optional<BatchHeader> header = ReadBatchHeader(reader);
  if (!header || !reader.AtEnd()) return absl::DataLossError("a batch header is malformed");
  absl::StatusOr<Checkpoint> checkpoint = DecodeCheckpoint(message.checkpoint().checkpoint());
  if (!checkpoint.ok()) return checkpoint.status();
  return CheckpointProof{.header = *std::move(header),
                         .inclusion = FromInclusion(message.inclusion()),
                         .checkpoint = {.checkpoint = *std::move(checkpoint),
                                        .signature = message.checkpoint().signature(),
                                        .signer_certificate = message.checkpoint().signer_certificate()}};
}

namespace {

// What ToMessage makes of a store's incarnation, back; empty for any other text.
std::string FromHexDigits(const std::string& digits) {
  const std::string bytes = absl::HexStringToBytes(digits);
  return absl::BytesToHexString(bytes) == digits ? bytes : std::string();
}

}  // namespace

v1::Receipt ToMessage(const Receipt& receipt) {
  v1::Receipt message;
  message.set_region_code(receipt.region_code);
  message.set_origin(receipt.origin);
  message.set_municipality_code(receipt.municipality_code);
  message.set_notice_id(receipt.notice_id);
  message.set_revision(receipt.revision);
  *message.mutable_accepted_at() = ToMessage(receipt.accepted_at);
  if (receipt.withdrawal_reason == 0) {
    message.mutable_content_commitment()->set_key_id(receipt.commitment.key_id);
    message.mutable_content_commitment()->set_value(receipt.commitment.value);
  }
  message.set_withdrawal_reason(static_cast<v1::WithdrawalReason>(receipt.withdrawal_reason));
  v1::JournalPosition& position = *message.mutable_position();
  position.set_store_incarnation(absl::BytesToHexString(receipt.position.store_incarnation));
  position.set_broker(receipt.position.broker);
  position.set_batch(receipt.position.batch);
  position.set_event_index(receipt.position.event_index);
  *message.mutable_inclusion() = ToInclusion(receipt.inclusion);
  message.set_actor(receipt.actor);
  return message;
}

Receipt FromMessage(const v1::Receipt& message) {
  Receipt receipt;
  receipt.region_code = message.region_code();
  receipt.origin = message.origin();
  receipt.municipality_code = message.municipality_code();
  receipt.notice_id = message.notice_id();
  receipt.revision = message.revision();
  receipt.accepted_at = FromMessage(message.accepted_at());
  receipt.commitment = FromCommitment(message.content_commitment());
  receipt.withdrawal_reason = static_cast<uint32_t>(message.withdrawal_reason());
  receipt.position = {.store_incarnation = FromHexDigits(message.position().store_incarnation()),
                      .broker = message.position().broker(),
                      .batch = message.position().batch(),
                      .event_index = message.position().event_index()};
  receipt.inclusion = FromInclusion(message.inclusion());
  receipt.actor = message.actor();
  return receipt;
}

namespace {

// A reason that a newer peer may know is none of ours.
Reason KnownReason(v1::RejectionReason reason) {
  for (const ReasonEntry& entry : AllReasons()) {
    if (static_cast<int>(entry.reason) == static_cast<int>(reason)) return entry.reason;
  }
  return Reason::kNone;
}

}  // namespace

v1::Rejection ToMessage(const Rejection& rejection) {
  v1::Rejection message;
  message.set_reason(static_cast<v1::RejectionReason>(rejection.reason));
  message.set_message(std::string(Describe(rejection.reason).text));
  for (const Violation& violation : rejection.violations) {
    v1::FieldViolation& field = *message.add_field_violations();
    field.set_field(violation.field);
    field.set_reason(static_cast<v1::RejectionReason>(violation.reason));
    field.set_description(std::string(Describe(violation.reason).text));
  }
  return message;
}

Rejection FromMessage(const v1::Rejection& message) {
  Rejection rejection{.reason = KnownReason(message.reason()), .violations = {}};
  for (const v1::FieldViolation& field : message.field_violations()) {
    rejection.violations.push_back({.field = field.field(), .reason = KnownReason(field.reason())});
  }
  return rejection;
}

google::protobuf::Timestamp ToMessage(absl::Time time) {
  google::protobuf::Timestamp message;
  const absl::Time last = absl::FromUnixSeconds(kLastSecond) + absl::Nanoseconds(kLastNanosecond);
  const absl::Time said = std::clamp(time, absl::FromUnixSeconds(kFirstSecond), last);
  const int64_t seconds = absl::ToUnixSeconds(said);
  message.set_seconds(seconds);
  message.set_nanos(static_cast<int32_t>((said - absl::FromUnixSeconds(seconds)) / absl::Nanoseconds(1)));
  return message;
}

absl::Time FromMessage(const google::protobuf::Timestamp& message) {
  return absl::FromUnixSeconds(std::clamp(message.seconds(), kFirstSecond, kLastSecond)) +
         absl::Nanoseconds(std::clamp(message.nanos(), 0, kLastNanosecond));
}

google::protobuf::Duration ToMessage(absl::Duration duration) {
  google::protobuf::Duration message;
  absl::Duration rest;
  message.set_seconds(
      absl::IDivDuration(std::clamp(duration, -kLongestDuration, kLongestDuration), absl::Seconds(1), &rest));
  message.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  return message;
}

absl::Duration FromMessage(const google::protobuf::Duration& message) {
  return absl::Seconds(message.seconds()) + absl::Nanoseconds(message.nanos());
}

}  // namespace envej::contract
