#include "region-client/ward/joining.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "proto/contract/day.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/receipt.h"
#include "region-client/ward/stays.h"

namespace envej::ward {
namespace {

using contract::FromMessage;
using contract::ToMessage;
using envej::v1::WithdrawalReason;

constexpr int kAgeOfMajority = 18;
constexpr int kNoticesMost = 8;
constexpr uint32_t kContractVersion = 1;

constexpr std::array<absl::string_view, 15> kNames = {"deceased",          "consent-withdrawn", "lives-elsewhere",
                                                      "not-discharged",    "entered-in-error",  "discharge-cancelled",
                                                      "readmitted",        "not-inpatient",     "not-home",
                                                      "not-psychiatry",    "under-age",         "no-consent",
                                                      "criterion-not-met", "contact-missing",   "discharged-long-ago"};

// A case, and what follows from it now.
struct Situation {
  const v1::Case& known;
  const std::vector<Stay>& stays;
  const Stay& stay;  // the current one
  const Site& site;
  absl::Time now;
  const absl::TimeZone& copenhagen;
};

const Stay& CurrentOrNone(const std::vector<Stay>& stays) {
  static const Stay* const kNone = new Stay;
  const Stay* const current = CurrentStay(stays);
  return current == nullptr ? *kNone : *current;
}

// From which day on a consent is of this stay, and not of one before. Of a stay whose admission was not told, it is
// what was given since the one before ended; nothing where there was none.
std::optional<absl::CivilDay> ConsentFrom(const Situation& situation) {
  const absl::CivilDay began = absl::ToCivilDay(BeganAt(situation.stay), situation.copenhagen);
  if (situation.stay.admitted_at.has_value()) return began;
  const Stay* const before = EndedBefore(situation.stay, situation.stays);
  if (before == nullptr) return std::nullopt;
  return std::min(began, absl::ToCivilDay(*before->ended_at, situation.copenhagen) + 1);
}

// Given during the stay or at its end (model, section 4.1).
bool IsOfStay(const envej::v1::ConsentPart& part, const std::optional<absl::CivilDay>& from) {
  if (!from.has_value()) return true;
  const std::optional<absl::CivilDay> given = contract::ParseDay(part.given_on());
  return given.has_value() && *given >= *from;
}

bool HasConsent(const Situation& situation) {
  const envej::v1::Consent& consent = situation.known.consent().consent();
  const std::optional<absl::CivilDay> from = ConsentFrom(situation);
  return consent.has_contact() && consent.has_disclosure() && IsOfStay(consent.contact(), from) &&
         IsOfStay(consent.disclosure(), from);
}

std::optional<WhyNot> WhyWithdrawn(const v1::Case& known) {
  if (!known.consent().has_withdrawn_at()) return std::nullopt;
  return known.consent().lives_elsewhere() ? WhyNot::kLivesElsewhere : WhyNot::kConsentWithdrawn;
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
std::optional<WhyNot> WhyNoDischarge(const Situation& situation) {
  switch (situation.stay.state) {
    case v1::STAY_STATE_ENTERED_IN_ERROR:
      return WhyNot::kEnteredInError;
    case v1::STAY_STATE_DISCHARGED:
    case v1::STAY_STATE_DISCHARGE_PLANNED:
      return situation.stay.discharge_date.empty() ? std::optional(WhyNot::kNotDischarged) : std::nullopt;
    default:
      if (situation.stay.cancelled) return WhyNot::kDischargeCancelled;
      return EndedBefore(situation.stay, situation.stays) != nullptr ? WhyNot::kReadmitted : WhyNot::kNotDischarged;
  }
}

std::optional<WhyNot> WhyNotThisStay(const Situation& situation) {
  const Stay& stay = situation.stay;
  if (stay.stay_class != v1::STAY_CLASS_INPATIENT) return WhyNot::kNotInpatient;
  if (stay.not_home) return WhyNot::kNotHome;
  if (!IsPsychiatry(stay.ward, stay.service, situation.site)) return WhyNot::kNotPsychiatry;
  const std::optional<absl::CivilDay> discharge = contract::ParseDay(stay.discharge_date);
  if (!discharge.has_value()) return WhyNot::kNotDischarged;
  if (IsUnderAge(situation.known.person().birth_date(), *discharge)) return WhyNot::kUnderAge;
  return std::nullopt;
}

bool IsLongAgo(const std::string& discharge_date, absl::Time now, const absl::TimeZone& copenhagen) {
  const std::optional<absl::CivilDay> discharge = contract::ParseDay(discharge_date);
  return discharge.has_value() && *discharge < absl::ToCivilDay(now, copenhagen) - kDaysAfterDischarge;
}

// Why a notice of the current stay is withdrawn; nothing where it stands as it is.
std::optional<WithdrawalReason> ReasonFor(WhyNot why) {
  switch (why) {
    case WhyNot::kDeceased:
      return WithdrawalReason::WITHDRAWAL_REASON_DECEASED;
    case WhyNot::kConsentWithdrawn:
    case WhyNot::kNoConsent:
      return WithdrawalReason::WITHDRAWAL_REASON_CONSENT_WITHDRAWN;
    case WhyNot::kLivesElsewhere:
    case WhyNot::kNotDischarged:
    case WhyNot::kEnteredInError:
    case WhyNot::kDischargeCancelled:
    case WhyNot::kReadmitted:  // before its own discharge, which did not take place
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

// The same of a notice of an earlier stay; nullptr where that is not known any more.
std::optional<WithdrawalReason> ReasonForEarlier(const Situation& situation, const Stay* stay) {
  if (IsDead(situation.known.person())) return WithdrawalReason::WITHDRAWAL_REASON_DECEASED;
  if (const auto why = WhyWithdrawn(situation.known); why.has_value()) return ReasonFor(*why);
  if (stay == nullptr) return std::nullopt;
  if (!stay->ended_at.has_value()) return WithdrawalReason::WITHDRAWAL_REASON_SENT_IN_ERROR;
  const Stay* const next = BegunAfter(*stay, situation.stays);
  if (next == nullptr) return std::nullopt;
  // Then the patient went on to it, and not home.
  if (BeganAt(*next) < *stay->ended_at) return WithdrawalReason::WITHDRAWAL_REASON_SENT_IN_ERROR;
  return IsLongAgo(stay->discharge_date, BeganAt(*next), situation.copenhagen)
             ? std::nullopt
             : std::optional(WithdrawalReason::WITHDRAWAL_REASON_READMITTED);
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

// The last notice of a stay; nullptr where there is none.
v1::CaseNotice* LastOf(const Stay& stay, const std::vector<Stay>& stays, v1::Case& known) {
  for (int notice = known.notices_size() - 1; notice >= 0; --notice) {
    if (OfEvent(known.notices(notice).stay_event(), stays) == &stay) return known.mutable_notices(notice);
  }
  return nullptr;
}

bool Says(const v1::CaseNotice& notice, const envej::v1::Notice& wanted, bool confirmed) {
  return notice.said_digest() == DigestOf(wanted) && notice.confirmed() == confirmed;
}

// The municipality said that the citizen does not live there, or is dead: until somebody asked the citizen again it
// would say so again, whatever the notice says.
bool IsBarred(const std::string& municipality_code, const Situation& situation) {
  const auto& notices = situation.known.notices();
  return std::any_of(notices.begin(), notices.end(), [&](const v1::CaseNotice& notice) {
    const bool bars = notice.return_reason() == envej::v1::RETURN_REASON_NOT_RESIDENT ||
                      notice.return_reason() == envej::v1::RETURN_REASON_DECEASED;
    return bars && notice.municipality_code() == municipality_code &&
           OfEvent(notice.stay_event(), situation.stays) == &situation.stay &&
           FromMessage(situation.known.consent().registered_at()) <= FromMessage(notice.changed_at());
  });
}

v1::CaseNotice& AddNotice(const Stay& stay, v1::Case& known, const NewNoticeId& new_id) {
  auto& notices = *known.mutable_notices();
  while (notices.size() >= kNoticesMost) {
    const auto over = std::find_if_not(notices.begin(), notices.end(), IsCurrent);
    notices.erase(over == notices.end() ? notices.begin() : over);
  }
  known.set_notices_made(known.notices_made() + 1);
  std::string id = new_id(known);
  v1::CaseNotice& notice = *notices.Add();
  notice.set_notice_id(std::move(id));
  notice.set_stay_event(stay.discharge_event);
  notice.set_ward(stay.ward);
  return notice;
}

// Of every stay but the current one; and of that all but the last, since two patients that turned out to be one may
// have a notice of it each.
void WithdrawOthers(const Situation& situation, v1::Case& changed, std::vector<v1::Outgoing>& outgoing) {
  std::set<const Stay*> met;
  for (int at = changed.notices_size() - 1; at >= 0; --at) {
    v1::CaseNotice& notice = *changed.mutable_notices(at);
    if (!IsCurrent(notice)) continue;
    const Stay* const stay = OfEvent(notice.stay_event(), situation.stays);
    const bool is_double = stay != nullptr && !met.insert(stay).second;
    std::optional<WithdrawalReason> reason;
    if (is_double) reason = WithdrawalReason::WITHDRAWAL_REASON_SENT_IN_ERROR;
    if (!is_double && stay != &situation.stay) reason = ReasonForEarlier(situation, stay);
    if (reason.has_value()) outgoing.push_back(Withdraw(*reason, situation.now, notice));
  }
}

Verdict JudgeNow(const Situation& situation) {
  const v1::Case& known = situation.known;
  if (IsDead(known.person())) return WhyNot::kDeceased;
  if (const auto why = WhyWithdrawn(known); why.has_value()) return *why;
  if (const std::optional<WhyNot> why = WhyNoDischarge(situation); why.has_value()) return *why;
  if (const std::optional<WhyNot> why = WhyNotThisStay(situation); why.has_value()) return *why;
  if (!HasConsent(situation)) return WhyNot::kNoConsent;
  if (!AllAreMet(known.consent().criteria())) return WhyNot::kCriterionNotMet;
  envej::v1::Notice wanted;
  *wanted.mutable_citizen() = ContactOf(known);
  if (wanted.citizen().name().empty() || wanted.citizen().phone_numbers().empty()) return WhyNot::kContactMissing;
  if (IsLongAgo(situation.stay.discharge_date, situation.now, situation.copenhagen)) return WhyNot::kDischargedLongAgo;
  envej::v1::Envelope& envelope = *wanted.mutable_envelope();
  envelope.set_municipality_code(known.consent().municipality_code());
  envelope.set_discharge_date(situation.stay.discharge_date);
  *envelope.mutable_consent() = known.consent().consent();
  *envelope.mutable_criteria() = known.consent().criteria();
  return wanted;
}

v1::Stay InShort(const Stay& stay) {
  v1::Stay in_short;
  in_short.set_number(stay.number);
  in_short.set_state(stay.state);
  in_short.set_discharge_date(stay.discharge_date);
  in_short.set_counts(stay.counts);
  return in_short;
}

}  // namespace

bool IsDead(const v1::Person& person) {
  const auto& words = person.death_words();
  return std::any_of(words.begin(), words.end(), [](const v1::DeathWord& word) { return word.deceased(); });
}

bool IsCurrent(const v1::CaseNotice& notice) {
  return notice.standing() == v1::NOTICE_STANDING_TO_BE_SENT || notice.standing() == v1::NOTICE_STANDING_ACCEPTED ||
         notice.standing() == v1::NOTICE_STANDING_ACKNOWLEDGED;
}

absl::string_view NameOf(WhyNot why) { return kNames.at(static_cast<size_t>(why)); }

Verdict Judge(const v1::Case& known, const Site& site, absl::Time now, const absl::TimeZone& copenhagen) {
  const std::vector<Stay> stays = StaysOf(known, site);
  return JudgeNow({known, stays, CurrentOrNone(stays), site, now, copenhagen});
}

std::vector<v1::Outgoing> Reconcile(v1::Case& known, const Site& site, absl::Time now, const absl::TimeZone& copenhagen,
                                    const NewNoticeId& new_id) {
  std::vector<v1::Outgoing> outgoing;
  const std::vector<Stay> stays = StaysOf(known, site);
  const Stay& stay = CurrentOrNone(stays);
  *known.mutable_touched_at() = ToMessage(now);
  *known.mutable_stay() = InShort(stay);
  const Situation situation{known, stays, stay, site, now, copenhagen};
  WithdrawOthers(situation, known, outgoing);
  Verdict verdict = JudgeNow(situation);
  v1::CaseNotice* const last = LastOf(stay, stays, known);
  v1::CaseNotice* const current = last != nullptr && IsCurrent(*last) ? last : nullptr;
  if (const WhyNot* const why = std::get_if<WhyNot>(&verdict)) {
    const std::optional<WithdrawalReason> reason = ReasonFor(*why);
    if (current != nullptr && reason.has_value()) outgoing.push_back(Withdraw(*reason, now, *current));
    return outgoing;
  }
  envej::v1::Notice& wanted = std::get<envej::v1::Notice>(verdict);
  const bool confirmed = stay.state == v1::STAY_STATE_DISCHARGED;
  if (current != nullptr && current->municipality_code() == wanted.envelope().municipality_code()) {
    if (!Says(*current, wanted, confirmed)) outgoing.push_back(Say(std::move(wanted), confirmed, now, *current));
    return outgoing;
  }
  if (current != nullptr) {
    outgoing.push_back(Withdraw(WithdrawalReason::WITHDRAWAL_REASON_SENT_IN_ERROR, now, *current));
  } else if (last != nullptr) {
    // What was refused, returned or not taken would be so again.
    if (last->standing() != v1::NOTICE_STANDING_WITHDRAWN && Says(*last, wanted, confirmed)) return outgoing;
  }
  if (IsBarred(wanted.envelope().municipality_code(), situation)) return outgoing;
  outgoing.push_back(Say(std::move(wanted), confirmed, now, AddNotice(stay, known, new_id)));
  return outgoing;
}

}  // namespace envej::ward
