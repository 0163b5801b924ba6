#include "proto/contract/notice_rules.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "proto/contract/day.h"
#include "proto/contract/limits.h"
#include "proto/contract/notice_id.h"
#include "proto/contract/text_rules.h"

namespace envej::contract {
namespace {

// The rules see a notice whose missing envelope or citizen is an empty one; that it is missing is a rule of its own.
const Envelope& EnvelopeOf(const Notice& notice) {
  static const Envelope* const kNone = new Envelope;
  return notice.envelope.has_value() ? *notice.envelope : *kNone;
}

const Citizen& CitizenOf(const Notice& notice) {
  static const Citizen* const kNone = new Citizen;
  return notice.citizen.has_value() ? *notice.citizen : *kNone;
}

bool Complete(const std::optional<ConsentPart>& part) {
  return part.has_value() && ParseDay(part->given_on).has_value() && part->form != ConsentForm::kUnspecified;
}

bool Incomplete(const std::optional<ConsentPart>& part) { return part.has_value() && !Complete(part); }

bool InFuture(const std::optional<ConsentPart>& part, const Moment& moment) {
  return Complete(part) && *ParseDay(part->given_on) > moment.day;
}

bool TooOld(const std::optional<ConsentPart>& part, const Moment& moment) {
  return Complete(part) && Anniversary(*ParseDay(part->given_on), kConsentYears) < moment.day;
}

// The same day and time of a later month, in UTC; the month's last day where it is shorter.
absl::Time MonthsAfter(absl::Time time, int months) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  const absl::CivilSecond then = absl::ToCivilSecond(time, utc);
  const absl::CivilMonth month = absl::CivilMonth(then) + months;
  const absl::CivilDay day = std::min(absl::CivilDay(month) + (then.day() - 1), absl::CivilDay(month + 1) - 1);
  const absl::Duration past_second = time - absl::FromCivil(then, utc);
  return absl::FromCivil(
             absl::CivilSecond(day.year(), day.month(), day.day(), then.hour(), then.minute(), then.second()), utc) +
         past_second;
}

const std::string& TextOf(const Citizen& citizen, std::string Citizen::*field) { return citizen.*field; }

// Of an address that is not there, the text is empty, which every rule of a text passes.
const std::string& TextOf(const Citizen& citizen, std::string PostalAddress::*field) {
  static const PostalAddress* const kNone = new PostalAddress;
  return (citizen.postal_address.has_value() ? *citizen.postal_address : *kNone).*field;
}

bool IsNotNfc(absl::string_view text) { return !IsNfc(text); }

// The rule that a text of the citizen breaks when `bad` is true of it.
template <auto field, bool (*bad)(absl::string_view)>
bool Text(const Notice& notice, const Moment&) {
  return bad(TextOf(CitizenOf(notice), field));
}

bool TextOfLength(absl::string_view text, size_t least, size_t most) {
  const std::optional<size_t> characters = CountCharacters(text);
  return characters.has_value() && *characters >= least && *characters <= most;
}

bool IsPostalCode(absl::string_view text) {
  if (text.size() < kPostalCodeLeast || text.size() > kPostalCodeMost) return false;
  bool any = false;
  for (const char character : text) {
    const bool alphanumeric = absl::ascii_isalnum(static_cast<unsigned char>(character));
    if (!alphanumeric && character != '-' && character != ' ') return false;
    any = any || alphanumeric;
  }
  return any;
}

bool IsPostalAddress(const PostalAddress& address) {
  return TextOfLength(address.street, 1, kStreetCharacters) && !IsBlank(address.street) &&
         IsPostalCode(address.postal_code) && TextOfLength(address.city, 1, kCityCharacters) && !IsBlank(address.city);
}

using N = const Notice&;
using M = const Moment&;

bool IsKeyId(absl::string_view text) {
  return !text.empty() && text.size() <= kKeyIdCharacters && std::all_of(text.begin(), text.end(), [](char character) {
    const auto letter = static_cast<unsigned char>(character);
    return absl::ascii_islower(letter) || absl::ascii_isdigit(letter) || character == '-';
  });
}

bool IsCommitment(const std::optional<ContentCommitment>& commitment) {
  return commitment.has_value() && IsKeyId(commitment->key_id) && commitment->value.size() == kCommitmentBytes;
}

bool AreFormerCommitments(const Envelope& envelope) {
  if (envelope.former_commitments.size() > kFormerCommitments) return false;
  std::set<std::string> key_ids;
  if (envelope.content_commitment.has_value()) key_ids.insert(envelope.content_commitment->key_id);
  return std::all_of(
      envelope.former_commitments.begin(), envelope.former_commitments.end(),
      [&](const ContentCommitment& former) { return IsCommitment(former) && key_ids.insert(former.key_id).second; });
}

constexpr Rule kRules[] = {
    {Reason::kEnvelopeMissing, Scope::kEnvelope, Holds::kAlways, "envelope",
     [](N notice, M) { return !notice.envelope.has_value(); }},
    {Reason::kContractVersionUnsupported, Scope::kEnvelope, Holds::kAlways, "envelope.contract_version",
     [](N notice, M) { return EnvelopeOf(notice).contract_version != kContractVersion; }},
    {Reason::kNoticeIdNotRandomUuid, Scope::kEnvelope, Holds::kAlways, "envelope.notice_id",
     [](N notice, M) { return !NoticeId::Parse(EnvelopeOf(notice).notice_id).has_value(); }},
    {Reason::kRevisionOutOfOrder, Scope::kEnvelope, Holds::kAlways, "envelope.revision",
     [](N notice, M moment) {
       const uint32_t revision = EnvelopeOf(notice).revision;
       return moment.sent_as == SentAs::kNew ? revision != 1 : revision < 2;
     }},
    {Reason::kCreatedAtMissing, Scope::kEnvelope, Holds::kAlways, "envelope.created_at",
     [](N notice, M) { return !EnvelopeOf(notice).created_at.has_value(); }},
    {Reason::kCreatedAtInFuture, Scope::kEnvelope, Holds::kWhenNew, "envelope.created_at",
     [](N notice, M moment) {
       const std::optional<absl::Time>& created_at = EnvelopeOf(notice).created_at;
       return created_at.has_value() && InFuture(*created_at, moment);
     }},
    {Reason::kNoticeTooOld, Scope::kEnvelope, Holds::kWhenNew, "envelope.created_at",
     [](N notice, M moment) {
       const std::optional<absl::Time>& created_at = EnvelopeOf(notice).created_at;
       return created_at.has_value() && IsForgotten(*created_at, moment);
     }},
    {Reason::kDischargeDateInvalid, Scope::kEnvelope, Holds::kAlways, "envelope.discharge_date",
     [](N notice, M) { return !ParseDay(EnvelopeOf(notice).discharge_date).has_value(); }},
    {Reason::kDischargeDateTooFarAhead, Scope::kEnvelope, Holds::kWhenNew, "envelope.discharge_date",
     [](N notice, M moment) {
       const std::optional<absl::CivilDay> day = ParseDay(EnvelopeOf(notice).discharge_date);
       return day.has_value() && *day > moment.day + kDischargeDaysAhead;
     }},
    {Reason::kDischargeDateTooFarBack, Scope::kEnvelope, Holds::kWhenNew, "envelope.discharge_date",
     [](N notice, M moment) {
       const std::optional<absl::CivilDay> day = ParseDay(EnvelopeOf(notice).discharge_date);
       return day.has_value() && *day < moment.day - kDischargeDaysBack;
     }},
    {Reason::kConsentToContactMissing, Scope::kEnvelope, Holds::kAlways, "envelope.consent.contact",
     [](N notice, M) { return !EnvelopeOf(notice).consent.contact.has_value(); }},
    {Reason::kConsentToContactIncomplete, Scope::kEnvelope, Holds::kAlways, "envelope.consent.contact",
     [](N notice, M) { return Incomplete(EnvelopeOf(notice).consent.contact); }},
    {Reason::kConsentToContactInFuture, Scope::kEnvelope, Holds::kWhenNew, "envelope.consent.contact.given_on",
     [](N notice, M moment) { return InFuture(EnvelopeOf(notice).consent.contact, moment); }},
    {Reason::kConsentToContactTooOld, Scope::kEnvelope, Holds::kWhenNew, "envelope.consent.contact.given_on",
     [](N notice, M moment) { return TooOld(EnvelopeOf(notice).consent.contact, moment); }},
    {Reason::kConsentToDisclosureMissing, Scope::kEnvelope, Holds::kAlways, "envelope.consent.disclosure",
     [](N notice, M) { return !EnvelopeOf(notice).consent.disclosure.has_value(); }},
    {Reason::kConsentToDisclosureIncomplete, Scope::kEnvelope, Holds::kAlways, "envelope.consent.disclosure",
     [](N notice, M) { return Incomplete(EnvelopeOf(notice).consent.disclosure); }},
    {Reason::kConsentToDisclosureInFuture, Scope::kEnvelope, Holds::kWhenNew, "envelope.consent.disclosure.given_on",
     [](N notice, M moment) { return InFuture(EnvelopeOf(notice).consent.disclosure, moment); }},
    {Reason::kConsentToDisclosureTooOld, Scope::kEnvelope, Holds::kWhenNew, "envelope.consent.disclosure.given_on",
     [](N notice, M moment) { return TooOld(EnvelopeOf(notice).consent.disclosure, moment); }},
    {Reason::kCriterionAgeMissing, Scope::kEnvelope, Holds::kAlways, "envelope.criteria.aged_18_or_over",
     [](N notice, M) { return !EnvelopeOf(notice).criteria.aged_18_or_over.has_value(); }},
    {Reason::kCriterionAgeNotMet, Scope::kEnvelope, Holds::kAlways, "envelope.criteria.aged_18_or_over",
     [](N notice, M) { return EnvelopeOf(notice).criteria.aged_18_or_over == false; }},
    {Reason::kCriterionMentalIllnessMissing, Scope::kEnvelope, Holds::kAlways, "envelope.criteria.mental_illness",
     [](N notice, M) { return !EnvelopeOf(notice).criteria.mental_illness.has_value(); }},
    {Reason::kCriterionMentalIllnessNotMet, Scope::kEnvelope, Holds::kAlways, "envelope.criteria.mental_illness",
     [](N notice, M) { return EnvelopeOf(notice).criteria.mental_illness == false; }},
    {Reason::kCriterionRegionalPsychiatryMissing, Scope::kEnvelope, Holds::kAlways,
     "envelope.criteria.discharged_from_regional_psychiatry",
     [](N notice, M) { return !EnvelopeOf(notice).criteria.discharged_from_regional_psychiatry.has_value(); }},
    {Reason::kCriterionRegionalPsychiatryNotMet, Scope::kEnvelope, Holds::kAlways,
     "envelope.criteria.discharged_from_regional_psychiatry",
     [](N notice, M) { return EnvelopeOf(notice).criteria.discharged_from_regional_psychiatry == false; }},
    {Reason::kCriterionNoSupportMissing, Scope::kEnvelope, Holds::kAlways,
     "envelope.criteria.no_support_under_serviceloven",
     [](N notice, M) { return !EnvelopeOf(notice).criteria.no_support_under_serviceloven.has_value(); }},
    {Reason::kCriterionNoSupportNotMet, Scope::kEnvelope, Holds::kAlways,
     "envelope.criteria.no_support_under_serviceloven",
     [](N notice, M) { return EnvelopeOf(notice).criteria.no_support_under_serviceloven == false; }},
    {Reason::kContentMissing, Scope::kContent, Holds::kAlways, "citizen",
     [](N notice, M) { return !notice.citizen.has_value() && !notice.sealed.has_value(); }},
    {Reason::kSealedContentInvalid, Scope::kEnvelope, Holds::kAlways, "sealed.cms",
     [](N notice, M) {
       return notice.sealed.has_value() && (notice.sealed->cms.empty() || notice.sealed->cms.size() > kSealedBytes);
     }},
    {Reason::kSealedContentInvalid, Scope::kEnvelope, Holds::kAlways, "sealed.signer_fingerprint",
     [](N notice, M) {
       return notice.sealed.has_value() && notice.sealed->signer_fingerprint.size() != kFingerprintBytes;
     }},
    {Reason::kContentCommitmentInvalid, Scope::kEnvelope, Holds::kAlways, "envelope.content_commitment",
     [](N notice, M) { return notice.sealed.has_value() && !IsCommitment(EnvelopeOf(notice).content_commitment); }},
    {Reason::kContentCommitmentInvalid, Scope::kEnvelope, Holds::kAlways, "envelope.former_commitments",
     [](N notice, M) { return notice.sealed.has_value() && !AreFormerCommitments(EnvelopeOf(notice)); }},
    {Reason::kContentCommitmentNotAllowed, Scope::kEnvelope, Holds::kAlways, "envelope.content_commitment",
     [](N notice, M) { return notice.citizen.has_value() && EnvelopeOf(notice).content_commitment.has_value(); }},
    {Reason::kContentCommitmentNotAllowed, Scope::kEnvelope, Holds::kAlways, "envelope.former_commitments",
     [](N notice, M) { return notice.citizen.has_value() && !EnvelopeOf(notice).former_commitments.empty(); }},
    {Reason::kUnknownField, Scope::kEnvelope, Holds::kAlways, "envelope.consent",
     [](N notice, M) { return notice.unknown_fields.consent; }},
    {Reason::kUnknownField, Scope::kEnvelope, Holds::kAlways, "envelope.criteria",
     [](N notice, M) { return notice.unknown_fields.criteria; }},
    {Reason::kUnknownField, Scope::kContent, Holds::kAlways, "citizen",
     [](N notice, M) { return notice.unknown_fields.citizen; }},
    {Reason::kTextNotNfc, Scope::kContent, Holds::kAlways, "citizen.name", Text<&Citizen::name, IsNotNfc>},
    {Reason::kTextNotNfc, Scope::kContent, Holds::kAlways, "citizen.email", Text<&Citizen::email, IsNotNfc>},
    {Reason::kTextNotNfc, Scope::kContent, Holds::kAlways, "citizen.postal_address.street",
     Text<&PostalAddress::street, IsNotNfc>},
    {Reason::kTextNotNfc, Scope::kContent, Holds::kAlways, "citizen.postal_address.postal_code",
     Text<&PostalAddress::postal_code, IsNotNfc>},
    {Reason::kTextNotNfc, Scope::kContent, Holds::kAlways, "citizen.postal_address.city",
     Text<&PostalAddress::city, IsNotNfc>},
    {Reason::kTextControlCharacter, Scope::kContent, Holds::kAlways, "citizen.name",
     Text<&Citizen::name, HasControlCharacter>},
    {Reason::kTextControlCharacter, Scope::kContent, Holds::kAlways, "citizen.email",
     Text<&Citizen::email, HasControlCharacter>},
    {Reason::kTextControlCharacter, Scope::kContent, Holds::kAlways, "citizen.postal_address.street",
     Text<&PostalAddress::street, HasControlCharacter>},
    {Reason::kTextControlCharacter, Scope::kContent, Holds::kAlways, "citizen.postal_address.postal_code",
     Text<&PostalAddress::postal_code, HasControlCharacter>},
    {Reason::kTextControlCharacter, Scope::kContent, Holds::kAlways, "citizen.postal_address.city",
     Text<&PostalAddress::city, HasControlCharacter>},
    {Reason::kTextLikeCprNumber, Scope::kContent, Holds::kAlways, "citizen.name",
     Text<&Citizen::name, LooksLikeCprNumber>},
    {Reason::kTextLikeCprNumber, Scope::kContent, Holds::kAlways, "citizen.email",
     Text<&Citizen::email, LooksLikeCprNumber>},
    {Reason::kTextLikeCprNumber, Scope::kContent, Holds::kAlways, "citizen.postal_address.street",
     Text<&PostalAddress::street, LooksLikeCprNumber>},
    {Reason::kTextLikeCprNumber, Scope::kContent, Holds::kAlways, "citizen.postal_address.postal_code",
     Text<&PostalAddress::postal_code, LooksLikeCprNumber>},
    {Reason::kTextLikeCprNumber, Scope::kContent, Holds::kAlways, "citizen.postal_address.city",
     Text<&PostalAddress::city, LooksLikeCprNumber>},
    {Reason::kNameMissing, Scope::kContent, Holds::kAlways, "citizen.name",
     [](N notice, M) { return notice.citizen.has_value() && !HasLetter(notice.citizen->name); }},
    {Reason::kNameTooLong, Scope::kContent, Holds::kAlways, "citizen.name",
     [](N notice, M) { return CountCharacters(CitizenOf(notice).name).value_or(0) > kNameCharacters; }},
    {Reason::kPhoneNumberMissing, Scope::kContent, Holds::kAlways, "citizen.phone_numbers",
     [](N notice, M) { return notice.citizen.has_value() && notice.citizen->phone_numbers.empty(); }},
    {Reason::kPhoneNumberInvalid, Scope::kContent, Holds::kAlways, "citizen.phone_numbers",
     [](N notice, M) {
       for (const std::string& number : CitizenOf(notice).phone_numbers) {
         if (!IsE164(number)) return true;
       }
       return false;
     }},
    {Reason::kPhoneNumbersTooMany, Scope::kContent, Holds::kAlways, "citizen.phone_numbers",
     [](N notice, M) { return CitizenOf(notice).phone_numbers.size() > kPhoneNumbers; }},
    {Reason::kEmailInvalid, Scope::kContent, Holds::kAlways, "citizen.email",
     [](N notice, M) { return !CitizenOf(notice).email.empty() && !IsEmailAddress(CitizenOf(notice).email); }},
    {Reason::kPostalAddressProtected, Scope::kContent, Holds::kAlways, "citizen.postal_address",
     [](N notice, M) {
       return CitizenOf(notice).name_and_address_protection && CitizenOf(notice).postal_address.has_value();
     }},
    {Reason::kPostalAddressInvalid, Scope::kContent, Holds::kAlways, "citizen.postal_address",
     [](N notice, M) {
       const Citizen& citizen = CitizenOf(notice);
       return citizen.postal_address.has_value() && !IsPostalAddress(*citizen.postal_address);
     }},
};

void Add(std::optional<Rejection>& rejection, const Rule& rule) {
  if (!rejection.has_value()) rejection = Rejection{.reason = rule.reason, .violations = {}};
  rejection->violations.push_back({.field = std::string(rule.field), .reason = rule.reason});
}

}  // namespace

Moment Moment::At(absl::Time time, const absl::TimeZone& copenhagen) {
  return {.time = time, .day = absl::ToCivilDay(time, copenhagen)};
}

absl::Span<const Rule> AllRules() { return kRules; }

bool InFuture(absl::Time created_at, const Moment& moment) { return created_at > moment.time + kClockSkew; }

bool IsForgotten(absl::Time created_at, const Moment& moment) {
  return created_at < moment.time && MonthsAfter(created_at, kIdMemoryMonths) < moment.time;
}

Findings CheckNotice(const Notice& notice, const Moment& moment) {
  Findings findings;
  for (const Rule& rule : kRules) {
    if (!rule.broken(notice, moment)) continue;
    Add(rule.holds == Holds::kAlways ? findings.always : findings.when_new, rule);
    if (rule.reason == Reason::kEnvelopeMissing) break;  // the rest of it is missing with it
  }
  return findings;
}

std::optional<Rejection> Findings::ForNew() const { return Merge(always, when_new); }

std::optional<Rejection> Merge(const std::optional<Rejection>& first, const std::optional<Rejection>& second) {
  if (!first.has_value()) return second;
  if (!second.has_value()) return first;
  const bool second_leads = Precedes(second->reason, first->reason);
  Rejection merged = second_leads ? *second : *first;
  const std::vector<Violation>& rest = second_leads ? first->violations : second->violations;
  merged.violations.insert(merged.violations.end(), rest.begin(), rest.end());
  return merged;
}

bool LacksConsent(const Notice& notice) {
  const Consent& consent = EnvelopeOf(notice).consent;
  return !consent.contact.has_value() || !consent.disclosure.has_value();
}

}  // namespace envej::contract
