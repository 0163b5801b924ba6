#include "region-client/agent/consent_check.h"

#include "absl/strings/string_view.h"
#include "proto/contract/day.h"
#include "proto/contract/text_rules.h"
#include "region-client/agent/phone_number.h"

namespace envej::region {
namespace {

constexpr int kPhoneNumbersMost = 4;

bool IsWhole(const v1::ConsentPart& part, absl::CivilDay today) {
  const std::optional<absl::CivilDay> given = contract::ParseDay(part.given_on());
  return given.has_value() && *given <= today &&
         (part.form() == v1::CONSENT_FORM_WRITTEN || part.form() == v1::CONSENT_FORM_ORAL_RECORDED);
}

}  // namespace

absl::Status CheckConsent(ward::v1::RegisteredConsent& consent, absl::CivilDay today) {
  if (!contract::IsCode(consent.municipality_code())) {
    return absl::InvalidArgumentError("municipality_code must be four digits");
  }
  if (consent.consent().has_contact() && !IsWhole(consent.consent().contact(), today)) {
    return absl::InvalidArgumentError("consent.contact lacks its form or its day, which is not to come");
  }
  if (consent.consent().has_disclosure() && !IsWhole(consent.consent().disclosure(), today)) {
    return absl::InvalidArgumentError("consent.disclosure lacks its form or its day, which is not to come");
  }
  const v1::Criteria& criteria = consent.criteria();
  const bool all_answered = criteria.has_aged_18_or_over() && criteria.has_mental_illness() &&
                            criteria.has_discharged_from_regional_psychiatry() &&
                            criteria.has_no_support_under_serviceloven();
  if (!all_answered) return absl::InvalidArgumentError("criteria must be answered one by one");
  if (consent.contact().phone_numbers_size() > kPhoneNumbersMost) {
    return absl::InvalidArgumentError("contact.phone_numbers are more than 4");
  }
  for (std::string& number : *consent.mutable_contact()->mutable_phone_numbers()) {
    const std::optional<std::string> form = ToE164(number);
    if (!form.has_value()) {
      return absl::InvalidArgumentError("contact.phone_numbers holds one that cannot be called: check its digits");
    }
    number = *form;
  }
  return absl::OkStatus();
}

}  // namespace envej::region
