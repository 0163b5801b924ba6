#include "proto/contract/rejection.h"

#include <algorithm>
#include <array>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "proto/contract/byte_codec.h"

namespace envej::contract {
namespace {

constexpr absl::string_view kPayloadName = "envej/rejection";

constexpr auto kReasons = std::to_array<ReasonEntry>({
    {Reason::kCallerUnknown, "CALLER_UNKNOWN", absl::StatusCode::kUnauthenticated,
     "the certificate names no participant of the register, or more than one"},
    {Reason::kCallerRevoked, "CALLER_REVOKED", absl::StatusCode::kUnauthenticated,
     "the certificate is revoked; call with another one, or ask its authority"},
    {Reason::kCallerStandingUnknown, "CALLER_STANDING_UNKNOWN", absl::StatusCode::kUnavailable,
     "no current revocation list says whether the certificate is revoked; ask the broker's operations staff"},
    {Reason::kParticipantSuspended, "PARTICIPANT_SUSPENDED", absl::StatusCode::kPermissionDenied,
     "the participant is suspended; ask the broker's operations staff"},
    {Reason::kCallerKindNotAllowed, "CALLER_KIND_NOT_ALLOWED", absl::StatusCode::kPermissionDenied,
     "this kind of participant may not make this call"},
    {Reason::kBrokerStopping, "BROKER_STOPPING", absl::StatusCode::kUnavailable, "the broker is stopping; try again"},
    {Reason::kBrokerRecovering, "BROKER_RECOVERING", absl::StatusCode::kUnavailable,
     "the broker's store was restored, and nothing is handed out until it is known what was delivered; try again"},
    {Reason::kBrokerBusy, "BROKER_BUSY", absl::StatusCode::kResourceExhausted,
     "the broker has too much waiting; try again after the given delay"},
    {Reason::kRateExceeded, "RATE_EXCEEDED", absl::StatusCode::kResourceExhausted,
     "the participant sends faster than agreed; try again after the given delay"},
    {Reason::kStorageNearlyFull, "STORAGE_NEARLY_FULL", absl::StatusCode::kResourceExhausted,
     "the broker's disk is nearly full: it takes nothing new for now; try again after the given delay"},
    {Reason::kDeadlinePassed, "DEADLINE_PASSED", absl::StatusCode::kDeadlineExceeded,
     "the call's deadline had passed before anything was changed"},
    {Reason::kInboxNotFound, "INBOX_NOT_FOUND", absl::StatusCode::kNotFound, "no such inbox for this caller"},
    {Reason::kMunicipalityUnknown, "MUNICIPALITY_UNKNOWN", absl::StatusCode::kInvalidArgument,
     "no municipality has this code"},
    {Reason::kMunicipalityNotParticipating, "MUNICIPALITY_NOT_PARTICIPATING", absl::StatusCode::kFailedPrecondition,
     "the municipality has no mentor scheme that takes part; hand out general advice instead"},
    {Reason::kAgreementNotInForce, "AGREEMENT_NOT_IN_FORCE", absl::StatusCode::kFailedPrecondition,
     "region and municipality have no cooperation agreement in force today"},
    {Reason::kBatchEmpty, "BATCH_EMPTY", absl::StatusCode::kInvalidArgument, "the batch holds nothing"},
    {Reason::kBatchTooLarge, "BATCH_TOO_LARGE", absl::StatusCode::kInvalidArgument,
     "the batch holds more items or bytes than one call may"},
    {Reason::kMessageMalformed, "MESSAGE_MALFORMED", absl::StatusCode::kInvalidArgument,
     "the request, or the notice in it, is no Protobuf message of this contract"},
    {Reason::kRequestOutOfRange, "REQUEST_OUT_OF_RANGE", absl::StatusCode::kInvalidArgument,
     "a number, duration or choice in the request is outside its range"},
    {Reason::kPageTokenInvalid, "PAGE_TOKEN_INVALID", absl::StatusCode::kInvalidArgument,
     "the page token was not given by this call with these filters"},
    {Reason::kWatchTokenInvalid, "WATCH_TOKEN_INVALID", absl::StatusCode::kInvalidArgument,
     "the token was not given by this call"},
    {Reason::kRegionNotSucceeded, "REGION_NOT_SUCCEEDED", absl::StatusCode::kPermissionDenied,
     "the caller is not that region, and has not succeeded it by today"},
    {Reason::kParticipantUnknown, "PARTICIPANT_UNKNOWN", absl::StatusCode::kInvalidArgument,
     "the register has no such participant: a code is as in ListParticipants, a name as in a certificate, without its "
     "origin"},
    {Reason::kParticipantIsCaller, "PARTICIPANT_IS_CALLER", absl::StatusCode::kFailedPrecondition,
     "the participant is the caller itself, who would shut itself out"},
    {Reason::kOperationsLeftToCaller, "OPERATIONS_LEFT_TO_CALLER", absl::StatusCode::kFailedPrecondition,
     "no other operator would be left beside the caller; revoke the certificate, or take the name out of the register"},
    {Reason::kSuspendedInRegister, "SUSPENDED_IN_REGISTER", absl::StatusCode::kFailedPrecondition,
     "the participant is suspended in the register; take that out and reload"},
    {Reason::kEnvelopeMissing, "ENVELOPE_MISSING", absl::StatusCode::kInvalidArgument, "the notice has no envelope"},
    {Reason::kContractVersionUnsupported, "CONTRACT_VERSION_UNSUPPORTED", absl::StatusCode::kInvalidArgument,
     "this contract version is not served; GetServiceInfo names those that are"},
    {Reason::kNoticeIdNotRandomUuid, "NOTICE_ID_NOT_RANDOM_UUID", absl::StatusCode::kInvalidArgument,
     "the notice id is not a random UUID (version 4, lower case)"},
    {Reason::kRevisionOutOfOrder, "REVISION_OUT_OF_ORDER", absl::StatusCode::kInvalidArgument,
     "a new notice has revision 1, and a revision or withdrawal a higher one"},
    {Reason::kCreatedAtMissing, "CREATED_AT_MISSING", absl::StatusCode::kInvalidArgument,
     "the notice does not say when it was made"},
    {Reason::kCreatedAtInFuture, "CREATED_AT_IN_FUTURE", absl::StatusCode::kInvalidArgument,
     "the notice was made in the future; check the sender's clock"},
    {Reason::kNoticeTooOld, "NOTICE_TOO_OLD", absl::StatusCode::kFailedPrecondition,
     "the notice was made more than seven months ago; make a new one"},
    {Reason::kDischargeDateInvalid, "DISCHARGE_DATE_INVALID", absl::StatusCode::kInvalidArgument,
     "the discharge date is missing or is not a day written YYYY-MM-DD"},
    {Reason::kDischargeDateTooFarAhead, "DISCHARGE_DATE_TOO_FAR_AHEAD", absl::StatusCode::kInvalidArgument,
     "the discharge date is more than 90 days ahead"},
    {Reason::kDischargeDateTooFarBack, "DISCHARGE_DATE_TOO_FAR_BACK", absl::StatusCode::kInvalidArgument,
     "the discharge date is more than 31 days ago"},
    {Reason::kConsentToContactMissing, "CONSENT_TO_CONTACT_MISSING", absl::StatusCode::kFailedPrecondition,
     "the citizen's consent to be contacted is missing; hand out the leaflet"},
    {Reason::kConsentToContactIncomplete, "CONSENT_TO_CONTACT_INCOMPLETE", absl::StatusCode::kInvalidArgument,
     "the consent to be contacted lacks a day written YYYY-MM-DD or a form"},
    {Reason::kConsentToContactInFuture, "CONSENT_TO_CONTACT_IN_FUTURE", absl::StatusCode::kInvalidArgument,
     "the consent to be contacted is dated in the future"},
    {Reason::kConsentToContactTooOld, "CONSENT_TO_CONTACT_TOO_OLD", absl::StatusCode::kFailedPrecondition,
     "the consent to be contacted is older than a year; ask again"},
    {Reason::kConsentToDisclosureMissing, "CONSENT_TO_DISCLOSURE_MISSING", absl::StatusCode::kFailedPrecondition,
     "the citizen's consent to disclosure is missing; hand out the leaflet"},
    {Reason::kConsentToDisclosureIncomplete, "CONSENT_TO_DISCLOSURE_INCOMPLETE", absl::StatusCode::kInvalidArgument,
     "the consent to disclosure lacks a day written YYYY-MM-DD or a form"},
    {Reason::kConsentToDisclosureInFuture, "CONSENT_TO_DISCLOSURE_IN_FUTURE", absl::StatusCode::kInvalidArgument,
     "the consent to disclosure is dated in the future"},
    {Reason::kConsentToDisclosureTooOld, "CONSENT_TO_DISCLOSURE_TOO_OLD", absl::StatusCode::kFailedPrecondition,
     "the consent to disclosure is older than a year; ask again"},
    {Reason::kCriterionAgeMissing, "CRITERION_AGE_MISSING", absl::StatusCode::kInvalidArgument,
     "the ward does not say whether the citizen is 18 or over"},
    {Reason::kCriterionAgeNotMet, "CRITERION_AGE_NOT_MET", absl::StatusCode::kFailedPrecondition,
     "the citizen is not 18 or over"},
    {Reason::kCriterionMentalIllnessMissing, "CRITERION_MENTAL_ILLNESS_MISSING", absl::StatusCode::kInvalidArgument,
     "the ward does not say whether the citizen has a mental illness"},
    {Reason::kCriterionMentalIllnessNotMet, "CRITERION_MENTAL_ILLNESS_NOT_MET", absl::StatusCode::kFailedPrecondition,
     "the citizen has no mental illness"},
    {Reason::kCriterionRegionalPsychiatryMissing, "CRITERION_REGIONAL_PSYCHIATRY_MISSING",
     absl::StatusCode::kInvalidArgument, "the ward does not say whether the discharge is from regional psychiatry"},
    {Reason::kCriterionRegionalPsychiatryNotMet, "CRITERION_REGIONAL_PSYCHIATRY_NOT_MET",
     absl::StatusCode::kFailedPrecondition, "the discharge is not from regional psychiatry"},
    {Reason::kCriterionNoSupportMissing, "CRITERION_NO_SUPPORT_MISSING", absl::StatusCode::kInvalidArgument,
     "the ward does not say whether the citizen is without support under serviceloven"},
    {Reason::kCriterionNoSupportNotMet, "CRITERION_NO_SUPPORT_NOT_MET", absl::StatusCode::kFailedPrecondition,
     "the citizen receives support under serviceloven"},
    {Reason::kContentMissing, "CONTENT_MISSING", absl::StatusCode::kInvalidArgument, "the notice has no content"},
    {Reason::kContentNotSealed, "CONTENT_NOT_SEALED", absl::StatusCode::kFailedPrecondition,
     "the municipality takes content that the sender has sealed, and no other"},
    {Reason::kInboxCertificateMissing, "INBOX_CERTIFICATE_MISSING", absl::StatusCode::kFailedPrecondition,
     "the municipality has no inbox certificate in force, so nothing can be sealed to it"},
    {Reason::kSealedContentInvalid, "SEALED_CONTENT_INVALID", absl::StatusCode::kInvalidArgument,
     "the sealed content is not of the form that the contract asks for"},
    {Reason::kSealedToAnother, "SEALED_TO_ANOTHER", absl::StatusCode::kFailedPrecondition,
     "the content is sealed to none of the inbox certificates in force; ask for them again"},
    {Reason::kSignerUnknown, "SIGNER_UNKNOWN", absl::StatusCode::kFailedPrecondition,
     "the content names a signer whose certificate this region has not shown"},
    {Reason::kContentCommitmentInvalid, "CONTENT_COMMITMENT_INVALID", absl::StatusCode::kInvalidArgument,
     "sealed content needs a commitment, and former ones their own key ids: each 32 bytes"},
    {Reason::kContentCommitmentNotAllowed, "CONTENT_COMMITMENT_NOT_ALLOWED", absl::StatusCode::kInvalidArgument,
     "a plain notice carries no content commitment; the broker makes it"},
    {Reason::kUnknownField, "UNKNOWN_FIELD", absl::StatusCode::kInvalidArgument,
     "citizen, consent or criteria hold a field that the contract does not know"},
    {Reason::kTextNotNfc, "TEXT_NOT_NFC", absl::StatusCode::kInvalidArgument,
     "text is not UTF-8 in Unicode normal form C"},
    {Reason::kTextControlCharacter, "TEXT_CONTROL_CHARACTER", absl::StatusCode::kInvalidArgument,
     "text holds a control, private-use, unassigned or replacement character"},
    {Reason::kTextLikeCprNumber, "TEXT_LIKE_CPR_NUMBER", absl::StatusCode::kInvalidArgument,
     "text holds what looks like a CPR number, which may not be passed on"},
    {Reason::kNameMissing, "NAME_MISSING", absl::StatusCode::kInvalidArgument, "the name is empty or holds no letter"},
    {Reason::kNameTooLong, "NAME_TOO_LONG", absl::StatusCode::kInvalidArgument,
     "the name is longer than 200 characters"},
    {Reason::kPhoneNumberMissing, "PHONE_NUMBER_MISSING", absl::StatusCode::kInvalidArgument,
     "the notice has no phone number, and the first contact is by phone"},
    {Reason::kPhoneNumberInvalid, "PHONE_NUMBER_INVALID", absl::StatusCode::kInvalidArgument,
     "a phone number is not in E.164 form, such as +45 and eight digits"},
    {Reason::kPhoneNumbersTooMany, "PHONE_NUMBERS_TOO_MANY", absl::StatusCode::kInvalidArgument,
     "the notice has more than four phone numbers"},
    {Reason::kEmailInvalid, "EMAIL_INVALID", absl::StatusCode::kInvalidArgument,
     "the e-mail address is not one, or is longer than 254 characters"},
    {Reason::kPostalAddressProtected, "POSTAL_ADDRESS_PROTECTED", absl::StatusCode::kFailedPrecondition,
     "under name-and-address protection no postal address may be sent"},
    {Reason::kPostalAddressInvalid, "POSTAL_ADDRESS_INVALID", absl::StatusCode::kInvalidArgument,
     "the postal address lacks street, postal code or city, or one of them is too long"},
    {Reason::kReturnReasonMissing, "RETURN_REASON_MISSING", absl::StatusCode::kInvalidArgument,
     "a return must say why"},
    {Reason::kWithdrawalReasonMissing, "WITHDRAWAL_REASON_MISSING", absl::StatusCode::kInvalidArgument,
     "a withdrawal must say why"},
    {Reason::kNoticeIdReused, "NOTICE_ID_REUSED", absl::StatusCode::kAlreadyExists,
     "this id was accepted before with another notice; use a new random id"},
    {Reason::kNoticeNotFound, "NOTICE_NOT_FOUND", absl::StatusCode::kNotFound, "no such notice for this caller"},
    {Reason::kNoticeUnreadable, "NOTICE_UNREADABLE", absl::StatusCode::kDataLoss,
     "what the broker has stored of the notice cannot be read; its operations staff are told"},
    {Reason::kLeaseNotHeld, "LEASE_NOT_HELD", absl::StatusCode::kFailedPrecondition,
     "nobody holds this lease any more; pull again"},
    {Reason::kLeaseExpired, "LEASE_EXPIRED", absl::StatusCode::kFailedPrecondition,
     "the lease ran out before this call; pull again"},
    {Reason::kLeaseSuperseded, "LEASE_SUPERSEDED", absl::StatusCode::kFailedPrecondition,
     "a newer lease on the notice exists; only its holder may do this"},
    {Reason::kNoticeAlreadyAcknowledged, "NOTICE_ALREADY_ACKNOWLEDGED", absl::StatusCode::kFailedPrecondition,
     "the notice was acknowledged under another lease"},
    {Reason::kNoticeAlreadyReturned, "NOTICE_ALREADY_RETURNED", absl::StatusCode::kFailedPrecondition,
     "the notice was returned before"},
    {Reason::kRevisionStale, "REVISION_STALE", absl::StatusCode::kFailedPrecondition,
     "a revision with this number or a higher one was accepted before; ask for the newest, and count on from it"},
    {Reason::kNoticeRevised, "NOTICE_REVISED", absl::StatusCode::kFailedPrecondition,
     "the region has revised the notice; pull again for the newer revision"},
    {Reason::kNoticeWithdrawn, "NOTICE_WITHDRAWN", absl::StatusCode::kFailedPrecondition,
     "the region has withdrawn the notice"},
    {Reason::kNoticeUndelivered, "NOTICE_UNDELIVERED", absl::StatusCode::kFailedPrecondition,
     "the notice could not be delivered in time, and its content is destroyed; send a new one"},
    {Reason::kOutcomeNotReached, "OUTCOME_NOT_REACHED", absl::StatusCode::kFailedPrecondition,
     "the notice is neither returned nor undelivered, so there is no outcome to acknowledge"},
    {Reason::kReturnProposalOver, "RETURN_PROPOSAL_OVER", absl::StatusCode::kFailedPrecondition,
     "the proposal to return it stands no more: look at the notice again, and propose it anew"},
    {Reason::kReturnProposerIsCaller, "RETURN_PROPOSER_IS_CALLER", absl::StatusCode::kFailedPrecondition,
     "the caller proposed to return it; another operator has to confirm that"},
});

constexpr ReasonEntry kUnknownReason = {Reason::kNone, "UNSPECIFIED", absl::StatusCode::kUnknown,
                                        "refused for a reason that this version does not know"};

size_t Place(Reason reason) {
  const auto* found =
      std::find_if(kReasons.begin(), kReasons.end(), [&](const ReasonEntry& entry) { return entry.reason == reason; });
  return static_cast<size_t>(found - kReasons.begin());
}

}  // namespace

absl::Span<const ReasonEntry> AllReasons() { return kReasons; }

const ReasonEntry& Describe(Reason reason) {
  const size_t place = Place(reason);
  return place < kReasons.size() ? kReasons[place] : kUnknownReason;
}

bool Precedes(Reason left, Reason right) { return Place(left) < Place(right); }

absl::Status ToStatus(const Rejection& rejection) {
  const ReasonEntry& entry = Describe(rejection.reason);
  absl::Status status(entry.code, entry.text);
  ByteWriter payload;
  payload.Uint32(static_cast<uint32_t>(rejection.reason));
  payload.Uint32(static_cast<uint32_t>(rejection.violations.size()));
  for (const Violation& violation : rejection.violations) {
    payload.Uint32(static_cast<uint32_t>(violation.reason));
    payload.Bytes(violation.field);
  }
  payload.Uint32(rejection.retry_after.has_value() ? 1 : 0);
  payload.Uint64(
      static_cast<uint64_t>(absl::ToInt64Microseconds(rejection.retry_after.value_or(absl::ZeroDuration()))));
  status.SetPayload(kPayloadName, absl::Cord(payload.bytes()));
  return status;
}

Rejection RejectionOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayloadName);
  if (!payload.has_value()) return {};
  const std::string bytes(*payload);
  ByteReader reader(bytes);
  Rejection rejection{.reason = Describe(static_cast<Reason>(reader.Uint32())).reason, .violations = {}};
  const uint32_t count = reader.Uint32();
  for (uint32_t index = 0; index < count && reader.ok(); ++index) {
    const Reason reason = Describe(static_cast<Reason>(reader.Uint32())).reason;
    rejection.violations.push_back({.field = reader.Bytes(), .reason = reason});
  }
  const bool has_delay = reader.Uint32() != 0;
  const auto delay = static_cast<int64_t>(reader.Uint64());
  if (has_delay) rejection.retry_after = absl::Microseconds(delay);
  return reader.AtEnd() ? rejection : Rejection{};
}

absl::Status Refusal(Reason reason, absl::string_view field) {
  Rejection rejection{.reason = reason, .violations = {}};
  if (!field.empty()) rejection.violations.push_back({.field = std::string(field), .reason = reason});
  return ToStatus(rejection);
}

absl::Status RefusalFor(Reason reason, absl::Duration retry_after) {
  return ToStatus({.reason = reason, .violations = {}, .retry_after = retry_after});
}

}  // namespace envej::contract
