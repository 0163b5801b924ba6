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
  const CaseNotice* const last = known.notices().empty() ? nullptr : &*known.notices().rbegin();
  const bool is_under_way = last != nullptr && (last->standing() == ward::v1::NOTICE_STANDING_TO_BE_SENT ||
                                                last->standing() == ward::v1::NOTICE_STANDING_ACCEPTED);
  if (is_under_way) return absl::InfiniteFuture();
  if (known.consent().has_withdrawn_at() || known.person().deceased()) return absl::InfinitePast();
  const bool goes_on = known.stay().state() == ward::v1::STAY_STATE_ADMITTED ||
                       known.stay().state() == ward::v1::STAY_STATE_DISCHARGE_PLANNED;
  if (last == nullptr || goes_on) return absl::InfiniteFuture();
  const absl::Time changed = contract::FromMessage(last->changed_at());
  return std::max(changed, EndOfDay(last->discharge_date(), changed)) + kContactKept;
}

absl::Time LookAt(const Case& known) { return std::min(PlanPassedAt(known), ContactOverAt(known)); }

void ClearContact(Case& known) {
  if (known.has_consent()) Clear(*known.mutable_consent()->mutable_contact());
  Clear(*known.mutable_person()->mutable_contact());
}

}  // namespace envej::region
