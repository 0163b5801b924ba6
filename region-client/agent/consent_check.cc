#include "region-client/agent/consent_check.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "envej/v1/notice.pb.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/text_rules.h"
#include "region-client/agent/phone_number.h"
#include "region-client/ward/answer.h"
#include "region-client/ward/patient_number.h"

namespace envej::region {
namespace {

using contract::Reason;
using contract::Rejection;

constexpr size_t kPatientNumberCharacters = 64;
// Stands for what the ward's systems can still say.
constexpr char kSomeName[] = "Navn";
constexpr char kSomePhoneNumber[] = "+4520000000";

void Tidy(std::string& text) {
  if (std::optional<std::string> normal = contract::ToNfc(text)) text = *std::move(normal);
  absl::StripAsciiWhitespace(&text);
}

bool IsNumberText(const std::string& text) {
  const std::optional<size_t> characters = contract::CountCharacters(text);
  return characters.has_value() && *characters <= kPatientNumberCharacters && !contract::HasControlCharacter(text);
}

// An answer, or found otherwise.
bool IsLeftOut(Reason reason) {
  static const std::set<Reason> left_out = {Reason::kConsentToContactMissing,
                                            Reason::kConsentToDisclosureMissing,
                                            Reason::kCriterionAgeNotMet,
                                            Reason::kCriterionMentalIllnessNotMet,
                                            Reason::kCriterionRegionalPsychiatryNotMet,
                                            Reason::kCriterionNoSupportNotMet,
                                            Reason::kPhoneNumberInvalid};
  return left_out.contains(reason);
}

// The path in RegisteredConsent; nothing for what it has not.
std::optional<std::string> PathOf(absl::string_view field) {
  if (field == "citizen") return "contact";
  if (absl::ConsumePrefix(&field, "citizen.")) return absl::StrCat("contact.", field);
  if (!absl::ConsumePrefix(&field, "envelope.")) return std::nullopt;
  const bool is_of_it = absl::StartsWith(field, "consent") || absl::StartsWith(field, "criteria");
  return is_of_it ? std::optional(std::string(field)) : std::nullopt;
}

void TidyContact(v1::Citizen& contact) {
  Tidy(*contact.mutable_name());
  Tidy(*contact.mutable_email());
  auto& numbers = *contact.mutable_phone_numbers();
  for (std::string& number : numbers) Tidy(number);
  numbers.erase(std::remove(numbers.begin(), numbers.end(), ""), numbers.end());
  if (!contact.has_postal_address()) return;
  v1::PostalAddress& address = *contact.mutable_postal_address();
  for (std::string* const text : {address.mutable_street(), address.mutable_postal_code(), address.mutable_city()}) {
    Tidy(*text);
  }
  if (address.street().empty() && address.postal_code().empty() && address.city().empty()) {
    contact.clear_postal_address();
  }
}

void Add(std::string field, Reason reason, Rejection& found) {
  const auto is_it = [&](const contract::Violation& fault) { return fault.field == field; };
  if (std::any_of(found.violations.begin(), found.violations.end(), is_it)) return;
  if (found.reason == Reason::kNone || contract::Precedes(reason, found.reason)) found.reason = reason;
  found.violations.push_back({.field = std::move(field), .reason = reason});
}

void FormPhoneNumbers(v1::Citizen& contact, Rejection& found) {
  for (int place = 0; place < std::min(contact.phone_numbers_size(), contract::kPhoneNumbers); ++place) {
    std::optional<std::string> form = ToE164(contact.phone_numbers(place));
    if (form.has_value()) {
      contact.set_phone_numbers(place, *std::move(form));
    } else {
      Add(absl::StrCat("contact.phone_numbers[", place, "]"), Reason::kPhoneNumberInvalid, found);
    }
  }
}

// A notice of it, as far as it says one.
contract::Notice NoticeOf(const ward::v1::RegisteredConsent& consent) {
  v1::Notice notice;
  *notice.mutable_envelope()->mutable_consent() = consent.consent();
  *notice.mutable_envelope()->mutable_criteria() = consent.criteria();
  *notice.mutable_citizen() = consent.contact();
  if (consent.contact().name().empty()) notice.mutable_citizen()->set_name(kSomeName);
  if (consent.contact().phone_numbers().empty()) notice.mutable_citizen()->add_phone_numbers(kSomePhoneNumber);
  return contract::FromMessage(notice);
}

}  // namespace

std::optional<ward::PatientId> CheckPatient(const ward::v1::PatientId& said) {
  ward::PatientId patient{.authority = said.authority(), .value = said.value()};
  Tidy(patient.value);
  patient.value = ward::NumberInItsForm(patient.value);
  if (patient.value.empty() || !IsNumberText(patient.value) || !IsNumberText(patient.authority)) return std::nullopt;
  return patient;
}

std::optional<Rejection> CheckConsent(ward::v1::RegisteredConsent& consent, const contract::Moment& now) {
  if (!ward::IsYes(consent)) return std::nullopt;
  Rejection found;
  if (!contract::IsCode(consent.municipality_code())) Add("municipality_code", Reason::kMunicipalityUnknown, found);
  TidyContact(*consent.mutable_contact());
  FormPhoneNumbers(*consent.mutable_contact(), found);
  const contract::Notice notice = NoticeOf(consent);
  for (const contract::Rule& rule : contract::AllRules()) {
    std::optional<std::string> path = PathOf(rule.field);
    if (!path.has_value() || IsLeftOut(rule.reason) || !rule.broken(notice, now)) continue;
    Add(*std::move(path), rule.reason, found);
  }
  if (found.violations.empty()) return std::nullopt;
  return found;
}

}  // namespace envej::region
