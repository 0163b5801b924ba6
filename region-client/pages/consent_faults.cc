#include "region-client/pages/consent_faults.h"

#include <algorithm>
#include <optional>
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

namespace envej::region {
namespace {

using contract::Reason;
using contract::Violation;

// What is no fault of a consent, or is found otherwise.
bool IsLeftOut(Reason reason) {
  static const std::set<Reason> left_out = {Reason::kConsentToContactMissing,
                                            Reason::kConsentToDisclosureMissing,
                                            Reason::kCriterionAgeNotMet,
                                            Reason::kCriterionMentalIllnessNotMet,
                                            Reason::kCriterionRegionalPsychiatryNotMet,
                                            Reason::kCriterionNoSupportNotMet,
                                            Reason::kContentMissing,
                                            Reason::kNameMissing,
                                            Reason::kPhoneNumberMissing,
                                            Reason::kPhoneNumberInvalid};
  return left_out.contains(reason);
}

// The path in RegisteredConsent; nothing for what it has not.
std::optional<std::string> PathOf(absl::string_view field) {
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

void FormPhoneNumbers(v1::Citizen& contact, std::vector<Violation>& faults) {
  for (int place = 0; place < std::min(contact.phone_numbers_size(), contract::kPhoneNumbers); ++place) {
    std::optional<std::string> form = ToE164(contact.phone_numbers(place));
    if (form.has_value()) {
      contact.set_phone_numbers(place, *std::move(form));
    } else {
      faults.push_back({absl::StrCat("contact.phone_numbers[", place, "]"), Reason::kPhoneNumberInvalid});
    }
  }
}

}  // namespace

void Tidy(std::string& text) {
  if (std::optional<std::string> normal = contract::ToNfc(text)) text = *std::move(normal);
  absl::StripAsciiWhitespace(&text);
}

std::vector<Violation> FindFaults(ward::v1::RegisteredConsent& consent, const contract::Moment& now) {
  std::vector<Violation> faults;
  TidyContact(*consent.mutable_contact());
  FormPhoneNumbers(*consent.mutable_contact(), faults);
  v1::Notice message;
  *message.mutable_envelope()->mutable_consent() = consent.consent();
  *message.mutable_envelope()->mutable_criteria() = consent.criteria();
  *message.mutable_citizen() = consent.contact();
  const contract::Notice notice = contract::FromMessage(message);
  for (const contract::Rule& rule : contract::AllRules()) {
    const std::optional<std::string> path = PathOf(rule.field);
    if (!path.has_value() || IsLeftOut(rule.reason) || !rule.broken(notice, now)) continue;
    const auto is_it = [&](const Violation& fault) { return fault.field == *path; };
    if (std::none_of(faults.begin(), faults.end(), is_it)) faults.push_back({*path, rule.reason});
  }
  return faults;
}

}  // namespace envej::region
