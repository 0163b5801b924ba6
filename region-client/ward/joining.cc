#include "region-client/ward/joining.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "proto/contract/day.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/receipt.h"

namespace envej::ward {
namespace {

using contract::ToMessage;
using envej::v1::WithdrawalReason;

constexpr int kAgeOfMajority = 18;
// As long as the contract lets a notice be made after the discharge, and as a readmission makes the mentor's call moot.
constexpr int kDaysAfterDischarge = 31;
constexpr int kNoticesMost = 8;
constexpr uint32_t kContractVersion = 1;

constexpr std::array<absl::string_view, 14> kNames = {
    "deceased",   "consent-withdrawn", "not-discharged",  "entered-in-error",   "discharge-cancelled",
    "readmitted", "no-consent",        "not-inpatient",   "not-home",           "not-psychiatry",
    "under-age",  "criterion-not-met", "contact-missing", "discharged-long-ago"};

// Given during the stay or at its end (model, section 4.1): one that was given before an admission is of an earlier
// stay.
bool IsOfStay(const envej::v1::ConsentPart& part, const v1::Stay& stay, const absl::TimeZone& copenhagen) {
  if (!stay.has_admitted_at()) return true;
  const std::optional<absl::CivilDay> given = contract::ParseDay(part.given_on());
  return given.has_value() && *given >= absl::ToCivilDay(contract::FromMessage(stay.admitted_at()), copenhagen);
}

bool HasConsent(const v1::Case& known, const absl::TimeZone& copenhagen) {
  const envej::v1::Consent& consent = known.consent().consent();
  return consent.has_contact() && consent.has_disclosure() && IsOfStay(consent.contact(), known.stay(), copenhagen) &&
         IsOfStay(consent.disclosure(), known.stay(), copenhagen);
}

bool IsPsychiatry(const v1::Stay& stay, const Site& site) {
  return site.wards.contains(stay.ward()) || site.services.contains(stay.service());
}

bool IsUnderAge(const std::string& birth_date, absl::CivilDay discharge) {
  const std::optional<absl::CivilDay> born = contract::ParseDay(birth_date);
  return born.has_value() && discharge < absl::CivilDay(born->year() + kAgeOfMajority, born->month(), born->day());
}

bool AllAreMet(const envej::v1::Criteria& criteria) {
  return criteria.aged_18_or_over() && criteria.mental_illness() && criteria.discharged_from_regional_psychiatry() &&
         criteria.no_support_under_serviceloven();
}

// What the citizen gave; of what is empty there, what systems say.
envej::v1::Citizen ContactOf(const v1::Case& known) {
  const envej::v1::Citizen& said = known.person().contact();
  envej::v1::Citizen contact = known.consent().contact();
  if (contact.name().empty()) contact.set_name(said.name());
  if (contact.phone_numbers().empty()) {
    for (const std::string& number : said.phone_numbers()) {
      if (number.front() == '+' && contact.phone_numbers_size() < 4) contact.add_phone_numbers(number);
    }
  }
  if (said.name_and_address_protection()) contact.set_name_and_address_protection(true);
  if (contact.name_and_address_protection()) contact.clear_postal_address();
  return contact;
}

// How a discharge stands in the way of a notice, whatever is known beside it.
std::optional<WhyNot> WhyNoDischarge(const v1::Stay& stay) {
  switch (stay.state()) {
    case v1::STAY_STATE_ENTERED_IN_ERROR:
      return WhyNot::kEnteredInError;
    case v1::STAY_STATE_DISCHARGED:
    case v1::STAY_STATE_DISCHARGE_PLANNED:
      return stay.discharge_date().empty() ? std::optional(WhyNot::kNotDischarged) : std::nullopt;
    default:
      if (stay.cancelled()) return WhyNot::kDischargeCancelled;
      return stay.readmitted() ? WhyNot::kReadmitted : WhyNot::kNotDischarged;
  }
}

std::optional<WhyNot> WhyNotThisStay(const v1::Case& known, const Site& site) {
  const v1::Stay& stay = known.stay();
  if (stay.stay_class() != v1::STAY_CLASS_INPATIENT) return WhyNot::kNotInpatient;
  if (stay.not_home()) return WhyNot::kNotHome;
  if (!IsPsychiatry(stay, site)) return WhyNot::kNotPsychiatry;
  const std::optional<absl::CivilDay> discharge = contract::ParseDay(stay.discharge_date());
  if (!discharge.has_value()) return WhyNot::kNotDischarged;
  if (IsUnderAge(known.person().birth_date(), *discharge)) return WhyNot::kUnderAge;
  return std::nullopt;
}

bool IsLongAgo(const std::string& discharge_date, absl::Time now, const absl::TimeZone& copenhagen) {
  const std::optional<absl::CivilDay> discharge = contract::ParseDay(discharge_date);
  return discharge.has_value() && *discharge < absl::ToCivilDay(now, copenhagen) - kDaysAfterDischarge;
}

// Why a notice that was made is withdrawn; nothing where it stands as it is.
std::optional<WithdrawalReason> ReasonFor(WhyNot why) {
  switch (why) {
    case WhyNot::kDeceased:
      return WithdrawalReason::WITHDRAWAL_REASON_DECEASED;
    case WhyNot::kConsentWithdrawn:
    case WhyNot::kNoConsent:
      return WithdrawalReason::WITHDRAWAL_REASON_CONSENT_WITHDRAWN;
    case WhyNot::kReadmitted:
      return WithdrawalReason::WITHDRAWAL_REASON_READMITTED;
    case WhyNot::kNotDischarged:
    case WhyNot::kEnteredInError:
    case WhyNot::kDischargeCancelled:
      return WithdrawalReason::WITHDRAWAL_REASON_SENT_IN_ERROR;
    case WhyNot::kNotInpatient:
    case WhyNot::kNotHome:
    case WhyNot::kNotPsychiatry:
    case WhyNot::kUnderAge:
    case WhyNot::kCriterionNotMet:
      return WithdrawalReason::WITHDRAWAL_REASON_NOT_IN_TARGET_GROUP;
    case WhyNot::kContactMissing:
    case WhyNot::kDischargedLongAgo:
      return std::nullopt;
  }
  return std::nullopt;
}

// `wanted` as it would be serialised everywhere: it has no map and no unknown field.
std::string DigestOf(const envej::v1::Notice& wanted) { return contract::Sha256(wanted.SerializeAsString()); }

v1::Outgoing Withdraw(WithdrawalReason reason, absl::Time now, v1::CaseNotice& notice) {
  notice.set_revision(notice.revision() + 1);
  notice.set_standing(v1::NOTICE_STANDING_WITHDRAWN);
  notice.set_withdrawal_reason(reason);
  notice.clear_said();
  notice.clear_former();
  *notice.mutable_changed_at() = ToMessage(now);
  v1::Outgoing outgoing;
  *outgoing.mutable_made_at() = ToMessage(now);
  envej::v1::Withdrawal& withdrawal = *outgoing.mutable_withdraw();
  withdrawal.set_municipality_code(notice.municipality_code());
  withdrawal.set_notice_id(notice.notice_id());
  withdrawal.set_revision(notice.revision());
  *withdrawal.mutable_created_at() = ToMessage(now);
  withdrawal.set_reason(reason);
  withdrawal.set_contract_version(kContractVersion);
  return outgoing;
}

// What the broker has is gone back to if what is made now is refused.
void KeepFormer(v1::CaseNotice& notice) {
  const bool is_there =
      notice.standing() == v1::NOTICE_STANDING_ACCEPTED || notice.standing() == v1::NOTICE_STANDING_ACKNOWLEDGED;
  if (!is_there) return;
  v1::FormerNotice& former = *notice.mutable_former();
  former.Clear();
  former.set_revision(notice.revision());
  former.set_standing(notice.standing());
  if (notice.has_said()) *former.mutable_said() = notice.said();
}

// The next of it: a new notice, or a revision of the one that was made.
v1::Outgoing Say(envej::v1::Notice wanted, bool confirmed, absl::Time now, v1::CaseNotice& notice) {
  KeepFormer(notice);
  notice.set_said_digest(DigestOf(wanted));
  notice.set_municipality_code(wanted.envelope().municipality_code());
  notice.set_discharge_date(wanted.envelope().discharge_date());
  notice.set_confirmed(confirmed);
  notice.set_revision(notice.revision() + 1);
  notice.set_standing(v1::NOTICE_STANDING_TO_BE_SENT);
  *notice.mutable_changed_at() = ToMessage(now);
  envej::v1::Envelope& envelope = *wanted.mutable_envelope();
  envelope.set_notice_id(notice.notice_id());
  envelope.set_revision(notice.revision());
  *envelope.mutable_created_at() = ToMessage(now);
  envelope.set_contract_version(kContractVersion);
  *notice.mutable_said() = wanted;
  v1::Outgoing outgoing;
  *outgoing.mutable_made_at() = ToMessage(now);
  *(notice.revision() == 1 ? outgoing.mutable_submit() : outgoing.mutable_revise()) = std::move(wanted);
  return outgoing;
}

v1::CaseNotice* Current(v1::Case& known) {
  if (known.notices().empty() || !IsCurrent(*known.notices().rbegin())) return nullptr;
  return known.mutable_notices(known.notices_size() - 1);
}

bool Says(const v1::CaseNotice& notice, const envej::v1::Notice& wanted, bool confirmed) {
  return notice.said_digest() == DigestOf(wanted) && notice.confirmed() == confirmed;
}

v1::CaseNotice& AddNotice(v1::Case& known, const NewNoticeId& new_id) {
  while (known.notices_size() >= kNoticesMost) known.mutable_notices()->DeleteSubrange(0, 1);
  known.set_notices_made(known.notices_made() + 1);
  std::string id = new_id(known);
  v1::CaseNotice& notice = *known.add_notices();
  notice.set_notice_id(std::move(id));
  return notice;
}

// Two patients that turned out to be one may have a notice each.
void WithdrawAllButTheLast(v1::Case& known, absl::Time now, std::vector<v1::Outgoing>& outgoing) {
  for (int notice = 0; notice + 1 < known.notices_size(); ++notice) {
    if (!IsCurrent(known.notices(notice))) continue;
    outgoing.push_back(
        Withdraw(WithdrawalReason::WITHDRAWAL_REASON_SENT_IN_ERROR, now, *known.mutable_notices(notice)));
  }
}

}  // namespace

bool IsCurrent(const v1::CaseNotice& notice) {
  return notice.standing() == v1::NOTICE_STANDING_TO_BE_SENT || notice.standing() == v1::NOTICE_STANDING_ACCEPTED ||
         notice.standing() == v1::NOTICE_STANDING_ACKNOWLEDGED;
}

absl::string_view NameOf(WhyNot why) { return kNames.at(static_cast<size_t>(why)); }

Verdict Judge(const v1::Case& known, const Site& site, absl::Time now, const absl::TimeZone& copenhagen) {
  if (known.person().deceased()) return WhyNot::kDeceased;
  if (known.consent().has_withdrawn_at()) return WhyNot::kConsentWithdrawn;
  const std::optional<WhyNot> no_discharge = WhyNoDischarge(known.stay());
  if (no_discharge.has_value()) return *no_discharge;
  if (!HasConsent(known, copenhagen)) return WhyNot::kNoConsent;
  if (const std::optional<WhyNot> why = WhyNotThisStay(known, site); why.has_value()) return *why;
  if (!AllAreMet(known.consent().criteria())) return WhyNot::kCriterionNotMet;
  envej::v1::Notice wanted;
  *wanted.mutable_citizen() = ContactOf(known);
  if (wanted.citizen().name().empty() || wanted.citizen().phone_numbers().empty()) return WhyNot::kContactMissing;
  if (IsLongAgo(known.stay().discharge_date(), now, copenhagen)) return WhyNot::kDischargedLongAgo;
  envej::v1::Envelope& envelope = *wanted.mutable_envelope();
  envelope.set_municipality_code(known.consent().municipality_code());
  envelope.set_discharge_date(known.stay().discharge_date());
  *envelope.mutable_consent() = known.consent().consent();
  *envelope.mutable_criteria() = known.consent().criteria();
  return wanted;
}

std::vector<v1::Outgoing> Reconcile(v1::Case& known, const Site& site, absl::Time now, const absl::TimeZone& copenhagen,
                                    const NewNoticeId& new_id) {
  std::vector<v1::Outgoing> outgoing;
  *known.mutable_touched_at() = ToMessage(now);
  WithdrawAllButTheLast(known, now, outgoing);
  Verdict verdict = Judge(known, site, now, copenhagen);
  v1::CaseNotice* const current = Current(known);
  if (const WhyNot* const why = std::get_if<WhyNot>(&verdict)) {
    const std::optional<WithdrawalReason> reason = ReasonFor(*why);
    if (current == nullptr || !reason.has_value()) return outgoing;
    if (*why == WhyNot::kReadmitted && IsLongAgo(current->discharge_date(), now, copenhagen)) return outgoing;
    outgoing.push_back(Withdraw(*reason, now, *current));
    return outgoing;
  }
  envej::v1::Notice& wanted = std::get<envej::v1::Notice>(verdict);
  const bool confirmed = known.stay().state() == v1::STAY_STATE_DISCHARGED;
  if (current != nullptr && current->municipality_code() == wanted.envelope().municipality_code()) {
    if (!Says(*current, wanted, confirmed)) outgoing.push_back(Say(std::move(wanted), confirmed, now, *current));
    return outgoing;
  }
  if (current != nullptr) {
    outgoing.push_back(Withdraw(WithdrawalReason::WITHDRAWAL_REASON_SENT_IN_ERROR, now, *current));
  } else if (!known.notices().empty()) {
    const v1::CaseNotice& last = *known.notices().rbegin();
    // What was refused, returned or not taken would be so again.
    if (last.standing() != v1::NOTICE_STANDING_WITHDRAWN && Says(last, wanted, confirmed)) return outgoing;
  }
  outgoing.push_back(Say(std::move(wanted), confirmed, now, AddNotice(known, new_id)));
  return outgoing;
}

}  // namespace envej::ward
