// What comes, taken into what is known (joining.h).

#include <algorithm>
#include <utility>

#include "proto/contract/day.h"
#include "proto/contract/message_codec.h"
#include "region-client/ward/joining.h"

namespace envej::ward {
namespace {

using contract::FromMessage;
using contract::ToMessage;
using Timestamp = google::protobuf::Timestamp;

absl::Time RecordedAt(const Event& event) {
  return event.recorded_at.value_or(event.happened_at.value_or(absl::UnixEpoch()));
}

absl::Time HappenedAt(const Event& event) { return event.happened_at.value_or(RecordedAt(event)); }

// Whether what was recorded `at` is no older than what is known, if anything is.
bool IsNewer(absl::Time at, bool is_known, const Timestamp& known_at) {
  return !is_known || at >= FromMessage(known_at);
}

// Takes a value that is said: in the place of what is known if it is newer, or where nothing is known.
void TakeText(const std::string& said, bool is_newer, std::string& known) {
  if (!said.empty() && (is_newer || known.empty())) known = said;
}

void TakeAddress(const PostalAddress& said, envej::v1::PostalAddress& known) {
  known.set_street(said.street);
  known.set_postal_code(said.postal_code);
  known.set_city(said.city);
}

// That there is none is word as any.
void TakePhoneNumbers(const Contact& said, bool is_newer, v1::Person& person) {
  if (said.phone_numbers.empty() && !said.has_no_phone_number) return;
  auto& known = *person.mutable_contact()->mutable_phone_numbers();
  if (!is_newer && (!known.empty() || person.has_no_phone_number())) return;
  known.Assign(said.phone_numbers.begin(), said.phone_numbers.end());
  person.set_has_no_phone_number(said.phone_numbers.empty());
}

void TakeContact(const Contact& said, bool is_newer, envej::v1::Citizen& known) {
  TakeText(said.name, is_newer, *known.mutable_name());
  TakeText(said.email, is_newer, *known.mutable_email());
  if (said.postal_address.has_value() && (is_newer || !known.has_postal_address())) {
    TakeAddress(*said.postal_address, *known.mutable_postal_address());
  }
  // What protects is believed of anybody who says it last.
  if (said.name_and_address_protection.has_value() && (is_newer || *said.name_and_address_protection)) {
    known.set_name_and_address_protection(*said.name_and_address_protection);
  }
}

void TakePerson(const Event& event, v1::Person& person) {
  const absl::Time at = RecordedAt(event);
  const bool is_newer = IsNewer(at, person.has_recorded_at(), person.recorded_at());
  TakeContact(event.contact, is_newer, *person.mutable_contact());
  TakePhoneNumbers(event.contact, is_newer, person);
  if (event.birth_day.has_value()) {
    TakeText(contract::FormatDay(*event.birth_day), is_newer, *person.mutable_birth_date());
  }
  if (event.deceased.has_value() && IsNewer(at, person.has_deceased_recorded_at(), person.deceased_recorded_at())) {
    person.set_deceased(*event.deceased);
    *person.mutable_deceased_recorded_at() = ToMessage(at);
  }
  if (is_newer) *person.mutable_recorded_at() = ToMessage(at);
}

// Of the stay that is known, as far as numbers tell.
bool IsOfStay(const Event& event, const v1::Stay& stay) {
  return event.stay.empty() || stay.number().empty() || event.stay == stay.number();
}

// Word of the patient alone, as of a new address, says nothing of where the patient is, whatever its form has to say.
bool SaysPlace(const Event& event, const v1::Stay& stay) {
  const bool is_of_patient = event.kind == EventKind::kUpdated || event.kind == EventKind::kMerged;
  return is_of_patient ? !event.stay.empty() && event.stay == stay.number() : IsOfStay(event, stay);
}

void TakePlace(const Event& event, v1::Stay& stay) {
  const absl::Time at = RecordedAt(event);
  const bool is_newer = IsNewer(at, stay.has_ward_recorded_at(), stay.ward_recorded_at());
  const bool says_ward = !event.ward.empty() || !event.service.empty();
  if (event.patient_class != PatientClass::kUnknown && (is_newer || stay.stay_class() == v1::STAY_CLASS_UNSPECIFIED)) {
    stay.set_stay_class(event.patient_class == PatientClass::kInpatient ? v1::STAY_CLASS_INPATIENT
                                                                        : v1::STAY_CLASS_OTHER);
  }
  if (says_ward && (is_newer || (stay.ward().empty() && stay.service().empty()))) {
    stay.set_ward(event.ward);
    stay.set_service(event.service);
  }
  if (is_newer) *stay.mutable_ward_recorded_at() = ToMessage(at);
}

bool IsPsychiatry(const std::string& ward, const std::string& service, const Site& site) {
  return site.wards.contains(ward) || site.services.contains(service);
}

bool Counts(const v1::Stay& stay, const Site& site) {
  return stay.stay_class() == v1::STAY_CLASS_INPATIENT && IsPsychiatry(stay.ward(), stay.service(), site);
}

bool Counts(const Event& event, const Site& site) {
  return event.patient_class == PatientClass::kInpatient && IsPsychiatry(event.ward, event.service, site);
}

// Of a stay beside the one that is known, as far as numbers tell; where they do not, one that is over is not gone on
// with.
bool IsOfAnother(const Event& event, const v1::Stay& stay) {
  if (!event.stay.empty() && !stay.number().empty()) return event.stay != stay.number();
  const bool begins_or_ends = event.kind == EventKind::kAdmitted || event.kind == EventKind::kMoved ||
                              event.kind == EventKind::kDischarged || event.kind == EventKind::kDischargePlanned;
  return begins_or_ends && stay.state() == v1::STAY_STATE_DISCHARGED &&
         HappenedAt(event) > FromMessage(stay.happened_at());
}

// It becomes so by this event, which says nothing of a day of discharge.
void Become(v1::StayState state, v1::Stay& stay) {
  stay.set_state(state);
  stay.clear_discharge_date();
  stay.set_not_home(false);
}

void BeginStay(const Event& event, bool readmitted, v1::Stay& stay) {
  stay.Clear();
  stay.set_state(v1::STAY_STATE_ADMITTED);
  stay.set_number(event.stay);
  *stay.mutable_admitted_at() = ToMessage(HappenedAt(event));
  stay.set_readmitted(readmitted);
}

void Admit(const Event& event, v1::Stay& stay) {
  const bool is_over = stay.state() == v1::STAY_STATE_DISCHARGED;
  const bool is_same = !event.stay.empty() && event.stay == stay.number();
  const bool was_before = is_over && HappenedAt(event) <= FromMessage(stay.happened_at());
  if (is_same || was_before) {
    *stay.mutable_admitted_at() = ToMessage(HappenedAt(event));
    if (stay.state() == v1::STAY_STATE_ENTERED_IN_ERROR) Become(v1::STAY_STATE_ADMITTED, stay);
    return;
  }
  BeginStay(event, is_over || stay.readmitted(), stay);
}

void EndOn(const Event& event, v1::StayState state, v1::Stay& stay) {
  if (!IsOfStay(event, stay)) stay.clear_admitted_at();
  if (!event.stay.empty()) stay.set_number(event.stay);
  stay.set_state(state);
  stay.set_discharge_date(event.discharge_day.has_value() ? contract::FormatDay(*event.discharge_day) : "");
  stay.set_not_home(!event.discharged_home);
  stay.set_cancelled(false);
  stay.set_readmitted(false);
}

void Cancel(v1::Stay& stay) {
  Become(v1::STAY_STATE_ADMITTED, stay);
  stay.set_cancelled(true);
}

void MoveDay(const Event& event, v1::Stay& stay) {
  const bool is_planned = stay.state() == v1::STAY_STATE_DISCHARGE_PLANNED;
  if (!is_planned && stay.state() != v1::STAY_STATE_DISCHARGED) return;
  const bool says_plan = is_planned && event.planned_day.has_value();
  const std::optional<absl::CivilDay> day = says_plan ? event.planned_day : event.discharge_day;
  if (day.has_value()) stay.set_discharge_date(contract::FormatDay(*day));
}

// What was recorded last of the stay. False if it says nothing of it.
bool TakeNewest(const Event& event, v1::Stay& stay) {
  const bool is_of_stay = IsOfStay(event, stay);
  switch (event.kind) {
    case EventKind::kAdmitted:
      Admit(event, stay);
      return true;
    case EventKind::kMoved:
      // A visit, of which nothing is known beside a stay, became a stay.
      if (!is_of_stay && stay.state() == v1::STAY_STATE_DISCHARGED) {
        BeginStay(event, /*readmitted=*/true, stay);
        return true;
      }
      if (stay.state() == v1::STAY_STATE_UNSPECIFIED) stay.set_state(v1::STAY_STATE_ADMITTED);
      return is_of_stay;
    case EventKind::kDischargePlanned:
      if (stay.state() == v1::STAY_STATE_DISCHARGED && is_of_stay) return false;
      EndOn(event, v1::STAY_STATE_DISCHARGE_PLANNED, stay);
      return true;
    case EventKind::kDischarged:
      EndOn(event, v1::STAY_STATE_DISCHARGED, stay);
      return true;
    case EventKind::kDischargePlanCancelled:
      if (!is_of_stay || stay.state() == v1::STAY_STATE_DISCHARGED) return false;
      Cancel(stay);
      return true;
    case EventKind::kDischargeCancelled:
      if (!is_of_stay) return false;
      Cancel(stay);
      return true;
    case EventKind::kEnteredInError:
      if (!is_of_stay) return false;
      Become(v1::STAY_STATE_ENTERED_IN_ERROR, stay);
      return true;
    case EventKind::kUpdated:
      if (is_of_stay) MoveDay(event, stay);
      return false;
    case EventKind::kMerged:
      return false;
  }
  return false;
}

// Of stays beside one another the one in psychiatry is known, whatever came last: a visit to a clinic, or days in
// another hospital, are no readmission, and end nothing.
void TakeStay(const Event& event, const Site& site, v1::Stay& stay) {
  if (IsOfAnother(event, stay)) {
    if (Counts(stay, site) && !Counts(event, site)) return;
    if (!Counts(stay, site) && Counts(event, site)) stay.Clear();
  }
  const absl::Time at = RecordedAt(event);
  if (IsNewer(at, stay.has_recorded_at(), stay.recorded_at())) {
    if (TakeNewest(event, stay)) {
      *stay.mutable_recorded_at() = ToMessage(at);
      *stay.mutable_happened_at() = ToMessage(HappenedAt(event));
    }
  } else if (event.kind == EventKind::kAdmitted && IsOfStay(event, stay) && !stay.has_admitted_at() &&
             HappenedAt(event) <= FromMessage(stay.happened_at())) {
    *stay.mutable_admitted_at() = ToMessage(HappenedAt(event));
  }
  if (SaysPlace(event, stay)) TakePlace(event, stay);
}

void AddIds(const std::vector<PatientId>& ids, v1::Case& known) {
  for (const PatientId& id : ids) {
    const bool is_known = std::any_of(known.patient_ids().begin(), known.patient_ids().end(), [&](const auto& other) {
      return other.authority() == id.authority && other.value() == id.value;
    });
    if (is_known) continue;
    v1::PatientId& added = *known.add_patient_ids();
    added.set_authority(id.authority);
    added.set_value(id.value);
  }
}

absl::Time At(bool has, const Timestamp& at) { return has ? FromMessage(at) : absl::InfinitePast(); }

// Of two stays of one patient, rather than the other.
bool IsToBeKnown(const v1::Stay& stay, const v1::Stay& other, const Site& site) {
  if (Counts(stay, site) != Counts(other, site)) return Counts(stay, site);
  return At(stay.has_recorded_at(), stay.recorded_at()) > At(other.has_recorded_at(), other.recorded_at());
}

// The person that was recorded last, with what only the other record says: also that it is dead, or protected.
v1::Person Newer(const v1::Person& one, const v1::Person& other) {
  const bool one_is_newer =
      At(one.has_recorded_at(), one.recorded_at()) >= At(other.has_recorded_at(), other.recorded_at());
  v1::Person newer = one_is_newer ? other : one;
  newer.mutable_contact()->clear_phone_numbers();
  const v1::Person& last = one_is_newer ? one : other;
  newer.MergeFrom(last);
  newer.set_has_no_phone_number(last.has_no_phone_number());
  if (last.contact().phone_numbers().empty() && !last.has_no_phone_number()) {
    const v1::Person& older = one_is_newer ? other : one;
    *newer.mutable_contact()->mutable_phone_numbers() = older.contact().phone_numbers();
    newer.set_has_no_phone_number(older.has_no_phone_number());
  }
  return newer;
}

}  // namespace

std::optional<PatientId> Identify(const std::vector<PatientId>& ids, const Site& site) {
  for (const PatientId& id : ids) {
    if (!id.value.empty() && (site.patient_authority.empty() || id.authority == site.patient_authority)) return id;
  }
  return std::nullopt;
}

void TakeEvent(const Event& event, const Site& site, v1::Case& known) {
  AddIds(event.patient, known);
  AddIds(event.merged, known);
  TakePerson(event, *known.mutable_person());
  TakeStay(event, site, *known.mutable_stay());
}

void TakeConsent(const v1::RegisteredConsent& consent, v1::Case& known) {
  const absl::Time at = FromMessage(consent.registered_at());
  if (IsNewer(at, known.has_consent(), known.consent().registered_at())) *known.mutable_consent() = consent;
}

void TakeConsentWithdrawal(absl::Time at, v1::Case& known) {
  v1::RegisteredConsent& consent = *known.mutable_consent();
  if (!IsNewer(at, consent.has_registered_at(), consent.registered_at())) return;
  *consent.mutable_registered_at() = ToMessage(at);
  *consent.mutable_withdrawn_at() = ToMessage(at);
}

void TakeMerged(const v1::Case& merged, const Site& site, v1::Case& known) {
  std::vector<PatientId> ids;
  for (const v1::PatientId& id : merged.patient_ids())
    ids.push_back({.authority = id.authority(), .value = id.value()});
  AddIds(ids, known);
  if (merged.has_consent()) TakeConsent(merged.consent(), known);
  *known.mutable_person() = Newer(known.person(), merged.person());
  if (IsToBeKnown(merged.stay(), known.stay(), site)) *known.mutable_stay() = merged.stay();
  std::vector<v1::CaseNotice> notices(merged.notices().begin(), merged.notices().end());
  notices.insert(notices.end(), known.notices().begin(), known.notices().end());
  std::stable_partition(notices.begin(), notices.end(), [](const auto& notice) { return !IsCurrent(notice); });
  known.mutable_notices()->Assign(notices.begin(), notices.end());
}

}  // namespace envej::ward
