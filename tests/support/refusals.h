#ifndef ENVEJ_TESTS_SUPPORT_REFUSALS_H_
#define ENVEJ_TESTS_SUPPORT_REFUSALS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "proto/contract/day.h"
#include "proto/contract/limits.h"
#include "proto/contract/notice.h"
#include "proto/contract/rejection.h"

// The table of refusals: for every reason of the contract either notices that are refused for it, or where else it is
// tested. tests/proto/contract/refusals_test.cc walks the contract's enum and fails for a reason that has neither.
namespace envej::support {

// Noon in Copenhagen on the day on which the table's notices are judged.
inline constexpr absl::CivilDay kJudgedOn(2026, 11, 22);
inline constexpr absl::Time kJudgedAt = absl::FromUnixSeconds(1795345200);

// A notice that every rule passes at kJudgedAt. The person is invented.
inline contract::Notice GoodNotice() {
  contract::Envelope envelope;
  envelope.municipality_code = "0101";
  envelope.notice_id = "6f1b7c8e-3d52-4a19-9c04-2b8e5d7a1f30";
  envelope.revision = 1;
  envelope.created_at = kJudgedAt - absl::Minutes(5);
  envelope.discharge_date = contract::FormatDay(kJudgedOn + 2);
  envelope.consent.contact =
      contract::ConsentPart{.given_on = contract::FormatDay(kJudgedOn), .form = contract::ConsentForm::kWritten};
  envelope.consent.disclosure = contract::ConsentPart{.given_on = contract::FormatDay(kJudgedOn - 1),
                                                      .form = contract::ConsentForm::kOralRecorded};
  envelope.criteria = {.aged_18_or_over = true,
                       .mental_illness = true,
                       .discharged_from_regional_psychiatry = true,
                       .no_support_under_serviceloven = true};
  envelope.contract_version = 1;
  contract::Citizen citizen;
  citizen.name = "Åse Prøvesen";
  citizen.phone_numbers = {"+4512345678", "+30101234567"};
  citizen.email = "prøve@example.dk";
  citizen.postal_address = contract::PostalAddress{.street = "Prøvevej 1, 2. th.", .postal_code = "2100", .city = "Ø"};
  return {.envelope = envelope, .citizen = citizen, .sealed = {}, .unknown_fields = {}};
}

// Makes it one with sealed content that every rule of the contract passes; gives that content.
inline contract::SealedContent& Seal(contract::Notice& notice) {
  notice.citizen.reset();
  notice.envelope->content_commitment = contract::ContentCommitment{"k1", std::string(32, 'x')};
  notice.sealed = contract::SealedContent{.cms = "sealed", .signer_fingerprint = std::string(32, 'f')};
  return *notice.sealed;
}

// One way to spoil a good notice, so that exactly `reason` refuses it; but where a text that is wrong in itself cannot
// have its field's form either, the field is named a second time, for `also`.
struct Spoiling {
  contract::Reason reason;
  absl::string_view how;
  void (*spoil)(contract::Notice& notice);
  contract::Reason also = contract::Reason::kNone;
};

inline absl::Span<const Spoiling> Spoilings() {
  using contract::Reason;
  using N = contract::Notice&;
  static const auto* const kSpoilings = new std::vector<Spoiling>{
      {Reason::kEnvelopeMissing, "no envelope", [](N n) { n.envelope.reset(); }},
      {Reason::kContractVersionUnsupported, "no version", [](N n) { n.envelope->contract_version = 0; }},
      {Reason::kContractVersionUnsupported, "a later version", [](N n) { n.envelope->contract_version = 2; }},
      {Reason::kNoticeIdNotRandomUuid, "no id", [](N n) { n.envelope->notice_id.clear(); }},
      {Reason::kNoticeIdNotRandomUuid, "a UUID made from time",
       [](N n) { n.envelope->notice_id = "6f1b7c8e-3d52-1a19-9c04-2b8e5d7a1f30"; }},
      {Reason::kNoticeIdNotRandomUuid, "upper case",
       [](N n) { n.envelope->notice_id = "6F1B7C8E-3D52-4A19-9C04-2B8E5D7A1F30"; }},
      {Reason::kRevisionOutOfOrder, "no revision", [](N n) { n.envelope->revision = 0; }},
      {Reason::kRevisionOutOfOrder, "a second revision", [](N n) { n.envelope->revision = 2; }},
      {Reason::kCreatedAtMissing, "no time", [](N n) { n.envelope->created_at.reset(); }},
      {Reason::kCreatedAtInFuture, "in an hour", [](N n) { n.envelope->created_at = kJudgedAt + absl::Hours(1); }},
      {Reason::kNoticeTooOld, "last year", [](N n) { n.envelope->created_at = kJudgedAt - absl::Hours(24 * 300); }},
      {Reason::kDischargeDateInvalid, "no day", [](N n) { n.envelope->discharge_date.clear(); }},
      {Reason::kDischargeDateInvalid, "no such day", [](N n) { n.envelope->discharge_date = "2026-11-31"; }},
      {Reason::kDischargeDateInvalid, "another form", [](N n) { n.envelope->discharge_date = "22-11-2026"; }},
      {Reason::kDischargeDateTooFarAhead, "91 days ahead",
       [](N n) { n.envelope->discharge_date = contract::FormatDay(kJudgedOn + 91); }},
      {Reason::kDischargeDateTooFarAhead, "the last day that can be written",
       [](N n) { n.envelope->discharge_date = "9999-12-31"; }},
      {Reason::kDischargeDateTooFarBack, "the first day that can be written",
       [](N n) { n.envelope->discharge_date = "0001-01-01"; }},
      {Reason::kDischargeDateTooFarBack, "32 days back",
       [](N n) { n.envelope->discharge_date = contract::FormatDay(kJudgedOn - 32); }},
      {Reason::kConsentToContactMissing, "no part", [](N n) { n.envelope->consent.contact.reset(); }},
      {Reason::kConsentToContactIncomplete, "no day", [](N n) { n.envelope->consent.contact->given_on.clear(); }},
      {Reason::kConsentToContactIncomplete, "no form",
       [](N n) { n.envelope->consent.contact->form = contract::ConsentForm::kUnspecified; }},
      {Reason::kConsentToContactInFuture, "tomorrow",
       [](N n) { n.envelope->consent.contact->given_on = contract::FormatDay(kJudgedOn + 1); }},
      {Reason::kConsentToContactTooOld, "a year and a day",
       [](N n) { n.envelope->consent.contact->given_on = "2025-11-21"; }},
      {Reason::kConsentToDisclosureMissing, "no part", [](N n) { n.envelope->consent.disclosure.reset(); }},
      {Reason::kConsentToDisclosureIncomplete, "no day", [](N n) { n.envelope->consent.disclosure->given_on.clear(); }},
      {Reason::kConsentToDisclosureIncomplete, "no form",
       [](N n) { n.envelope->consent.disclosure->form = contract::ConsentForm::kUnspecified; }},
      {Reason::kConsentToDisclosureInFuture, "tomorrow",
       [](N n) { n.envelope->consent.disclosure->given_on = contract::FormatDay(kJudgedOn + 1); }},
      {Reason::kConsentToDisclosureTooOld, "a year and a day",
       [](N n) { n.envelope->consent.disclosure->given_on = "2025-11-21"; }},
      {Reason::kCriterionAgeMissing, "not said", [](N n) { n.envelope->criteria.aged_18_or_over.reset(); }},
      {Reason::kCriterionAgeNotMet, "not so", [](N n) { n.envelope->criteria.aged_18_or_over = false; }},
      {Reason::kCriterionMentalIllnessMissing, "not said", [](N n) { n.envelope->criteria.mental_illness.reset(); }},
      {Reason::kCriterionMentalIllnessNotMet, "not so", [](N n) { n.envelope->criteria.mental_illness = false; }},
      {Reason::kCriterionRegionalPsychiatryMissing, "not said",
       [](N n) { n.envelope->criteria.discharged_from_regional_psychiatry.reset(); }},
      {Reason::kCriterionRegionalPsychiatryNotMet, "not so",
       [](N n) { n.envelope->criteria.discharged_from_regional_psychiatry = false; }},
      {Reason::kCriterionNoSupportMissing, "not said",
       [](N n) { n.envelope->criteria.no_support_under_serviceloven.reset(); }},
      {Reason::kCriterionNoSupportNotMet, "not so",
       [](N n) { n.envelope->criteria.no_support_under_serviceloven = false; }},
      {Reason::kContentMissing, "no content", [](N n) { n.citizen.reset(); }},
      {Reason::kSealedContentInvalid, "nothing sealed", [](N n) { Seal(n).cms.clear(); }},
      {Reason::kSealedContentInvalid, "too much", [](N n) { Seal(n).cms.assign(contract::kSealedBytes + 1, 'x'); }},
      {Reason::kSealedContentInvalid, "no signer", [](N n) { Seal(n).signer_fingerprint.clear(); }},
      {Reason::kContentCommitmentInvalid, "sealed without a commitment",
       [](N n) {
         Seal(n);
         n.envelope->content_commitment.reset();
       }},
      {Reason::kContentCommitmentInvalid, "sealed with a short commitment",
       [](N n) {
         Seal(n);
         n.envelope->content_commitment->value.pop_back();
       }},
      {Reason::kContentCommitmentInvalid, "sealed with a commitment of no secret",
       [](N n) {
         Seal(n);
         n.envelope->content_commitment->key_id = "K 1";
       }},
      {Reason::kContentCommitmentInvalid, "a former commitment of the same secret",
       [](N n) {
         Seal(n);
         n.envelope->former_commitments = {*n.envelope->content_commitment};
       }},
      {Reason::kContentCommitmentInvalid, "five former commitments",
       [](N n) {
         Seal(n);
         for (const char* const key_id : {"a", "b", "c", "d", "e"}) {
           n.envelope->former_commitments.push_back({key_id, std::string(32, 'x')});
         }
       }},
      {Reason::kContentCommitmentNotAllowed, "plain with a former commitment",
       [](N n) {
         n.envelope->former_commitments = {{"k1", std::string(32, 'x')}};
       }},
      {Reason::kContentCommitmentNotAllowed, "plain with a commitment",
       [](N n) {
         n.envelope->content_commitment = contract::ContentCommitment{"k1", std::string(32, 'x')};
       }},
      {Reason::kUnknownField, "an unknown field in the consent", [](N n) { n.unknown_fields.consent = true; }},
      {Reason::kUnknownField, "an unknown field in the criteria", [](N n) { n.unknown_fields.criteria = true; }},
      {Reason::kUnknownField, "an unknown field in the citizen", [](N n) { n.unknown_fields.citizen = true; }},
      {Reason::kTextNotNfc, "a decomposed letter", [](N n) { n.citizen->name = "A\u030Ase Prøvesen"; }},
      {Reason::kTextNotNfc, "not UTF-8", [](N n) { n.citizen->name = "Prøve \xff"; }},
      {Reason::kTextNotNfc, "a decomposed letter in the e-mail address",
       [](N n) { n.citizen->email = "a\u030Ase@example.dk"; }},
      {Reason::kTextNotNfc, "a decomposed letter in the street",
       [](N n) { n.citizen->postal_address->street = "A\u030Avej 1"; }},
      {Reason::kTextNotNfc, "a decomposed letter in the postal code",
       [](N n) { n.citizen->postal_address->postal_code = "A\u030A 2100"; }, Reason::kPostalAddressInvalid},
      {Reason::kTextNotNfc, "a decomposed letter in the city",
       [](N n) { n.citizen->postal_address->city = "Å\u0301\u0323by"; }},
      {Reason::kTextControlCharacter, "a line feed in the name", [](N n) { n.citizen->name = "Åse\nPrøvesen"; }},
      {Reason::kTextControlCharacter, "a character of private use in the name",
       [](N n) { n.citizen->name = "Åse \uE001"; }},
      {Reason::kTextControlCharacter, "a character that is not assigned in the name",
       [](N n) { n.citizen->name = "Åse \u0378"; }},
      {Reason::kTextControlCharacter, "a replacement character in the name",
       [](N n) { n.citizen->name = "\uFFFDse Prøvesen"; }},
      {Reason::kTextControlCharacter, "a left-to-right mark in the e-mail address",
       [](N n) { n.citizen->email = "prøve\u200E@example.dk"; }, Reason::kEmailInvalid},
      {Reason::kTextControlCharacter, "a right-to-left override in the street",
       [](N n) { n.citizen->postal_address->street = "Prøvevej \u202E1"; }},
      {Reason::kTextControlCharacter, "a tab in the postal code",
       [](N n) { n.citizen->postal_address->postal_code = "2100\t"; }, Reason::kPostalAddressInvalid},
      {Reason::kTextControlCharacter, "a zero byte in the city",
       [](N n) { n.citizen->postal_address->city = std::string("A\0b", 3); }},
      {Reason::kTextLikeCprNumber, "in the name", [](N n) { n.citizen->name = "Åse 010203-1234"; }},
      {Reason::kTextLikeCprNumber, "in the name, with full stops and a slash",
       [](N n) { n.citizen->name = "Åse 01.02.03/1234"; }},
      {Reason::kTextLikeCprNumber, "in the e-mail address", [](N n) { n.citizen->email = "6102031234@example.dk"; }},
      {Reason::kTextLikeCprNumber, "in the street", [](N n) { n.citizen->postal_address->street = "Vej 0102031234"; }},
      {Reason::kTextLikeCprNumber, "in the postal code",
       [](N n) { n.citizen->postal_address->postal_code = "0102031234"; }},
      {Reason::kTextLikeCprNumber, "in the city", [](N n) { n.citizen->postal_address->city = "By ٠١٠٢٠٣١٢٣٤"; }},
      {Reason::kNameMissing, "empty", [](N n) { n.citizen->name.clear(); }},
      {Reason::kNameMissing, "white space", [](N n) { n.citizen->name = "  \u00A0"; }},
      {Reason::kNameMissing, "no letter", [](N n) { n.citizen->name = "- 12 -"; }},
      {Reason::kNameMissing, "a letter that shows nothing", [](N n) { n.citizen->name = "\u3164"; }},
      {Reason::kNameTooLong, "201 characters", [](N n) { n.citizen->name = std::string(201, 'a'); }},
      {Reason::kPhoneNumberMissing, "none", [](N n) { n.citizen->phone_numbers.clear(); }},
      {Reason::kPhoneNumberInvalid, "an empty one", [](N n) { n.citizen->phone_numbers = {""}; }},
      {Reason::kPhoneNumberInvalid, "with spaces", [](N n) { n.citizen->phone_numbers = {"+30 1012 34567"}; }},
      {Reason::kPhoneNumberInvalid, "the second of two",
       [](N n) {
         n.citizen->phone_numbers = {"+4512345678", "12345678"};
       }},
      {Reason::kPhoneNumbersTooMany, "five", [](N n) { n.citizen->phone_numbers.assign(5, "+4512345678"); }},
      {Reason::kEmailInvalid, "no at sign", [](N n) { n.citizen->email = "example.dk"; }},
      {Reason::kEmailInvalid, "255 characters", [](N n) { n.citizen->email = std::string(244, 'a') + "@example.dk"; }},
      {Reason::kPostalAddressProtected, "protected", [](N n) { n.citizen->name_and_address_protection = true; }},
      {Reason::kPostalAddressInvalid, "no street", [](N n) { n.citizen->postal_address->street.clear(); }},
      {Reason::kPostalAddressInvalid, "a blank street", [](N n) { n.citizen->postal_address->street = " \u00A0"; }},
      {Reason::kPostalAddressInvalid, "a street of 201 characters",
       [](N n) { n.citizen->postal_address->street = std::string(201, 'a'); }},
      {Reason::kPostalAddressInvalid, "no postal code", [](N n) { n.citizen->postal_address->postal_code.clear(); }},
      {Reason::kPostalAddressInvalid, "a blank postal code",
       [](N n) { n.citizen->postal_address->postal_code = "    "; }},
      {Reason::kPostalAddressInvalid, "a postal code of 11 characters",
       [](N n) { n.citizen->postal_address->postal_code = "ABCDEFGHIJK"; }},
      {Reason::kPostalAddressInvalid, "a postal code with a comma",
       [](N n) { n.citizen->postal_address->postal_code = "21,00"; }},
      {Reason::kPostalAddressInvalid, "no city", [](N n) { n.citizen->postal_address->city.clear(); }},
      {Reason::kPostalAddressInvalid, "a city of 101 characters",
       [](N n) { n.citizen->postal_address->city = std::string(101, 'a'); }},
  };
  return *kSpoilings;
}

// A reason that no rule of a notice gives, and the test that sees it given. That file must exist and name the reason
// as soon as its folder does.
struct TestedElsewhere {
  contract::Reason reason;
  absl::string_view file;
};

inline absl::Span<const TestedElsewhere> ReasonsTestedElsewhere() {
  using contract::Reason;
  static constexpr TestedElsewhere kElsewhere[] = {
      {Reason::kCallerUnknown, "tests/broker/admission/admission_test.cc"},
      {Reason::kCallerRevoked, "tests/broker/wire/gate_test.cc"},
      {Reason::kCallerStandingUnknown, "tests/broker/wire/gate_test.cc"},
      {Reason::kParticipantSuspended, "tests/broker/admission/admission_test.cc"},
      {Reason::kCallerKindNotAllowed, "tests/broker/admission/access_policy_test.cc"},
      {Reason::kBrokerStopping, "tests/broker/wire/server_test.cc"},
      {Reason::kBrokerRecovering, "tests/broker/wire/server_test.cc"},
      {Reason::kBrokerBusy, "tests/broker/wire/refusals_test.cc"},
      {Reason::kRateExceeded, "tests/broker/wire/refusals_test.cc"},
      {Reason::kStorageNearlyFull, "tests/broker/wire/storage_nearly_full_test.cc"},
      {Reason::kDeadlinePassed, "tests/broker/wire/server_test.cc"},
      {Reason::kInboxNotFound, "tests/broker/admission/admission_test.cc"},
      {Reason::kMunicipalityUnknown, "tests/broker/admission/admission_test.cc"},
      {Reason::kMunicipalityNotParticipating, "tests/broker/admission/admission_test.cc"},
      {Reason::kAgreementNotInForce, "tests/broker/admission/admission_test.cc"},
      {Reason::kBatchEmpty, "tests/broker/wire/refusals_test.cc"},
      {Reason::kBatchTooLarge, "tests/broker/wire/refusals_test.cc"},
      {Reason::kMessageMalformed, "tests/broker/wire/malformed_notices_test.cc"},
      {Reason::kRequestOutOfRange, "tests/broker/wire/refusals_test.cc"},
      {Reason::kPageTokenInvalid, "tests/broker/wire/refusals_test.cc"},
      {Reason::kWatchTokenInvalid, "tests/broker/wire/life_refusals_test.cc"},
      {Reason::kContentNotSealed, "tests/system/sealing_test.cc"},
      {Reason::kInboxCertificateMissing, "tests/system/sealing_test.cc"},
      {Reason::kSealedToAnother, "tests/system/sealing_test.cc"},
      {Reason::kSignerUnknown, "tests/system/sealing_test.cc"},
      {Reason::kReturnReasonMissing, "tests/broker/wire/refusals_test.cc"},
      {Reason::kNoticeIdReused, "tests/broker/inbox/transition_test.cc"},
      {Reason::kNoticeNotFound, "tests/broker/inbox/transition_test.cc"},
      {Reason::kNoticeUnreadable, "tests/broker/inbox/unreadable_notices_test.cc"},
      {Reason::kLeaseNotHeld, "tests/broker/inbox/transition_test.cc"},
      {Reason::kLeaseExpired, "tests/broker/inbox/transition_test.cc"},
      {Reason::kLeaseSuperseded, "tests/broker/inbox/transition_test.cc"},
      {Reason::kNoticeAlreadyAcknowledged, "tests/broker/inbox/transition_test.cc"},
      {Reason::kNoticeAlreadyReturned, "tests/broker/inbox/transition_test.cc"},
      {Reason::kWithdrawalReasonMissing, "tests/broker/wire/life_refusals_test.cc"},
      {Reason::kRegionNotSucceeded, "tests/broker/wire/successors_test.cc"},
      {Reason::kParticipantUnknown, "tests/broker/wire/suspended_participants_test.cc"},
      {Reason::kParticipantIsCaller, "tests/broker/wire/suspended_participants_test.cc"},
      {Reason::kOperationsLeftToCaller, "tests/broker/wire/suspended_participants_test.cc"},
      {Reason::kSuspendedInRegister, "tests/broker/wire/suspended_participants_test.cc"},
      {Reason::kRevisionStale, "tests/broker/inbox/transition_test.cc"},
      {Reason::kNoticeRevised, "tests/broker/inbox/transition_test.cc"},
      {Reason::kNoticeWithdrawn, "tests/broker/inbox/transition_test.cc"},
      {Reason::kNoticeUndelivered, "tests/broker/inbox/transition_test.cc"},
      {Reason::kOutcomeNotReached, "tests/broker/inbox/transition_test.cc"},
      {Reason::kReturnProposalOver, "tests/broker/inbox/operations_transitions_test.cc"},
      {Reason::kReturnProposerIsCaller, "tests/broker/inbox/operations_transitions_test.cc"},
  };
  return kElsewhere;
}

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_REFUSALS_H_
