#include "region-client/agent/case_upkeep.h"

#include <algorithm>

#include "proto/contract/message_codec.h"
#include "region-client/ward/joining.h"

namespace envej::region {
namespace {

using ward::v1::Case;
using ward::v1::CaseNotice;

absl::Time EndOfDay(const std::string& day, absl::Time otherwise) {
  absl::CivilDay parsed;
  return absl::ParseCivilTime(day, &parsed) ? absl::FromCivil(parsed + 1, absl::UTCTimeZone()) : otherwise;
}

bool HoldsAny(const v1::Citizen& contact) {
  return !contact.name().empty() || !contact.phone_numbers().empty() || !contact.email().empty() ||
         contact.has_postal_address();
}

bool IsUnderWay(const CaseNotice& notice) {
  return notice.standing() == ward::v1::NOTICE_STANDING_TO_BE_SENT ||
         notice.standing() == ward::v1::NOTICE_STANDING_ACCEPTED;
}

void Clear(v1::Citizen& contact) {
  const bool is_protected = contact.name_and_address_protection();
  contact.Clear();
  contact.set_name_and_address_protection(is_protected);
}

}  // namespace

absl::Time PlanPassedAt(const Case& known) {
  if (known.stay().state() != ward::v1::STAY_STATE_DISCHARGE_PLANNED || known.notices().empty()) {
    return absl::InfiniteFuture();
  }
  const CaseNotice& notice = *known.notices().rbegin();
  const std::string& day = known.stay().discharge_date();
  const bool is_told = !ward::IsCurrent(notice) || notice.plan_passed_told() == day;
  return is_told ? absl::InfiniteFuture() : EndOfDay(day, absl::InfiniteFuture());
}

absl::Time ContactOverAt(const Case& known) {
  if (!HoldsAny(known.consent().contact()) && !HoldsAny(known.person().contact())) return absl::InfiniteFuture();
  if (std::any_of(known.notices().begin(), known.notices().end(), IsUnderWay)) return absl::InfiniteFuture();
  if (known.consent().has_withdrawn_at() || ward::IsDead(known.person())) return absl::InfinitePast();
  const bool goes_on = known.stay().state() == ward::v1::STAY_STATE_ADMITTED ||
                       known.stay().state() == ward::v1::STAY_STATE_DISCHARGE_PLANNED;
  if (known.notices().empty() || goes_on) return absl::InfiniteFuture();
  absl::Time over = absl::InfinitePast();
  for (const CaseNotice& notice : known.notices()) {
    const absl::Time changed = contract::FromMessage(notice.changed_at());
    over = std::max({over, changed, EndOfDay(notice.discharge_date(), changed)});
  }
  return over + kContactKept;
}

absl::Time LookAt(const Case& known) { return std::min(PlanPassedAt(known), ContactOverAt(known)); }

void ClearContact(Case& known) {
  if (known.has_consent()) Clear(*known.mutable_consent()->mutable_contact());
  Clear(*known.mutable_person()->mutable_contact());
}

}  // namespace envej::region
