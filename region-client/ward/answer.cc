#include "region-client/ward/answer.h"

#include <algorithm>
#include <optional>

#include "proto/contract/day.h"
#include "proto/contract/message_codec.h"
#include "region-client/ward/joining.h"

namespace envej::ward {

bool IsYes(const v1::RegisteredConsent& answer) {
  return answer.consent().has_contact() && answer.consent().has_disclosure();
}

bool HasStandingConsent(const v1::Case& known) { return known.has_consent() && !known.consent().has_withdrawn_at(); }

bool MayBeRegistered(const v1::RegisteredConsent& yes, const v1::Case& known, AnswerFrom from,
                     const absl::TimeZone& copenhagen) {
  if (!known.consent().has_withdrawn_at()) return true;
  const bool is_staff = from == AnswerFrom::kStaff;
  const bool is_corrected = is_staff || yes.municipality_code() != known.consent().municipality_code();
  if (known.consent().lives_elsewhere() && is_corrected) return true;
  const std::optional<absl::CivilDay> contact = contract::ParseDay(yes.consent().contact().given_on());
  const std::optional<absl::CivilDay> disclosure = contract::ParseDay(yes.consent().disclosure().given_on());
  if (!contact.has_value() || !disclosure.has_value()) return false;
  const absl::CivilDay given = std::min(*contact, *disclosure);
  const absl::CivilDay withdrawn = absl::ToCivilDay(contract::FromMessage(known.consent().withdrawn_at()), copenhagen);
  return is_staff ? given >= withdrawn : given > withdrawn;
}

void TakeLivesElsewhere(const std::string& municipality_code, absl::Time at, v1::Case& known) {
  if (!HasStandingConsent(known) || known.consent().municipality_code() == municipality_code) return;
  TakeConsentWithdrawal(at, known);
  known.mutable_consent()->set_lives_elsewhere(known.consent().has_withdrawn_at());
}

}  // namespace envej::ward
