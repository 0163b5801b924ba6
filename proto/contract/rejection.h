#ifndef ENVEJ_PROTO_CONTRACT_REJECTION_H_
#define ENVEJ_PROTO_CONTRACT_REJECTION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace envej::contract {

// Every reason to refuse, with the numbers of envej.v1.RejectionReason. Where several apply, the one that stands first
// here is given: who is calling, then what they may do, then whether the request is right.
enum class Reason {
  kNone = 0,

  // Who is calling.
  kCallerUnknown = 1,
  kCallerRevoked = 72,
  kCallerStandingUnknown = 73,
  kParticipantSuspended = 65,
  kCallerKindNotAllowed = 2,

  // What they may do, now.
  kBrokerStopping = 3,
  kBrokerRecovering = 83,
  kBrokerBusy = 4,
  kRateExceeded = 74,
  kStorageNearlyFull = 82,
  kDeadlinePassed = 5,
  kInboxNotFound = 6,
  kMunicipalityUnknown = 7,
  kMunicipalityNotParticipating = 8,
  kAgreementNotInForce = 9,

  // Whether the request is right.
  kBatchEmpty = 10,
  kBatchTooLarge = 11,
  kMessageMalformed = 63,
  kRequestOutOfRange = 12,
  kPageTokenInvalid = 13,
  kWatchTokenInvalid = 81,
  kRegionNotSucceeded = 84,
  kParticipantUnknown = 85,
  kParticipantIsCaller = 86,
  kOperationsLeftToCaller = 88,
  kSuspendedInRegister = 87,
  kEnvelopeMissing = 14,
  kContractVersionUnsupported = 15,
  kNoticeIdNotRandomUuid = 16,
  kRevisionOutOfOrder = 17,
  kCreatedAtMissing = 18,
  kCreatedAtInFuture = 19,
  kNoticeTooOld = 20,
  kDischargeDateInvalid = 21,
  kDischargeDateTooFarAhead = 22,
  kDischargeDateTooFarBack = 23,
  kConsentToContactMissing = 24,
  kConsentToContactIncomplete = 25,
  kConsentToContactInFuture = 26,
  kConsentToContactTooOld = 27,
  kConsentToDisclosureMissing = 28,
  kConsentToDisclosureIncomplete = 29,
  kConsentToDisclosureInFuture = 30,
  kConsentToDisclosureTooOld = 31,
  kCriterionAgeMissing = 32,
  kCriterionAgeNotMet = 33,
  kCriterionMentalIllnessMissing = 34,
  kCriterionMentalIllnessNotMet = 35,
  kCriterionRegionalPsychiatryMissing = 36,
  kCriterionRegionalPsychiatryNotMet = 37,
  kCriterionNoSupportMissing = 38,
  kCriterionNoSupportNotMet = 39,
  kContentMissing = 40,
  kContentNotSealed = 66,
  kInboxCertificateMissing = 67,
  kSealedContentInvalid = 68,
  kSealedToAnother = 69,
  kSignerUnknown = 70,
  kContentCommitmentInvalid = 71,
  kContentCommitmentNotAllowed = 42,
  kUnknownField = 43,
  kTextNotNfc = 44,
  kTextControlCharacter = 45,
  kTextLikeCprNumber = 46,
  kNameMissing = 47,
  kNameTooLong = 48,
  kPhoneNumberMissing = 49,
  kPhoneNumberInvalid = 50,
  kPhoneNumbersTooMany = 51,
  kEmailInvalid = 52,
  kPostalAddressProtected = 53,
  kPostalAddressInvalid = 54,
  kReturnReasonMissing = 55,
  kWithdrawalReasonMissing = 75,

  // Whether it fits what happened before.
  kNoticeIdReused = 56,
  kNoticeNotFound = 57,
  kNoticeUnreadable = 64,
  kLeaseNotHeld = 58,
  kLeaseExpired = 59,
  kLeaseSuperseded = 60,
  kNoticeAlreadyAcknowledged = 61,
  kNoticeAlreadyReturned = 62,
  kRevisionStale = 76,
  kNoticeRevised = 77,
  kNoticeWithdrawn = 78,
  kNoticeUndelivered = 79,
  kOutcomeNotReached = 80,
  kReturnProposalOver = 89,
  kReturnProposerIsCaller = 90,
};

// What is said of a reason, everywhere the same.
struct ReasonEntry {
  Reason reason;
  absl::string_view name;  // as in the contract, without its prefix
  absl::StatusCode code;
  absl::string_view text;  // never repeats what was sent
};

// Every reason but kNone, in order of precedence.
absl::Span<const ReasonEntry> AllReasons();
// Its entry. kNone, which a newer peer's reason becomes, has one too, as has a number that is no reason.
const ReasonEntry& Describe(Reason reason);

// One field that is wrong.
struct Violation {
  std::string field;
  Reason reason = Reason::kNone;

  bool operator==(const Violation&) const = default;
};

// Why something was refused: the first reason by precedence, and every field found wrong.
struct Rejection {
  Reason reason = Reason::kNone;
  std::vector<Violation> violations;
  // Of a whole call: when to try again, to the microsecond, where that is known better than by the reason alone.
  std::optional<absl::Duration> retry_after = std::nullopt;

  bool operator==(const Rejection&) const = default;
};

// Whether `left` stands before `right` in precedence.
bool Precedes(Reason left, Reason right);

// An error that carries a rejection as a value, for interfaces that return a status. `RejectionOf` reads the reason
// back; kNone for any other status.
absl::Status ToStatus(const Rejection& rejection);
Rejection RejectionOf(const absl::Status& status);

// The error that refuses for one reason, and names the field that is wrong, if it is one.
absl::Status Refusal(Reason reason, absl::string_view field = "");
// The error that refuses a call for now: it may be tried again after `retry_after`.
absl::Status RefusalFor(Reason reason, absl::Duration retry_after);

}  // namespace envej::contract

#endif  // ENVEJ_PROTO_CONTRACT_REJECTION_H_
