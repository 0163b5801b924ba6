// What comes, taken into what is known (joining.h).

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "proto/contract/day.h"
#include "proto/contract/message_codec.h"
#include "region-client/ward/joining.h"
#include "region-client/ward/stays.h"

namespace envej::ward {
namespace {

using contract::FromMessage;
using contract::ToMessage;
using Timestamp = google::protobuf::Timestamp;

constexpr int kStayEventsMost = 64;
constexpr int kDeathWordsMost = 8;
constexpr int kPatientIdsMost = 16;
static_assert(static_cast<int>(EventKind::kAdmitted) == v1::STAY_EVENT_KIND_ADMITTED &&
              static_cast<int>(EventKind::kMoved) == v1::STAY_EVENT_KIND_MOVED &&
              static_cast<int>(EventKind::kDischarged) == v1::STAY_EVENT_KIND_DISCHARGED &&
              static_cast<int>(EventKind::kDischargeCancelled) == v1::STAY_EVENT_KIND_DISCHARGE_CANCELLED &&
              static_cast<int>(EventKind::kDischargePlanned) == v1::STAY_EVENT_KIND_DISCHARGE_PLANNED &&
              static_cast<int>(EventKind::kDischargePlanCancelled) == v1::STAY_EVENT_KIND_DISCHARGE_PLAN_CANCELLED &&
              static_cast<int>(EventKind::kUpdated) == v1::STAY_EVENT_KIND_UPDATED &&
              static_cast<int>(EventKind::kEnteredInError) == v1::STAY_EVENT_KIND_ENTERED_IN_ERROR);

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

// That there is none is word as any.
void TakePhoneNumbers(const Contact& said, bool is_newer, v1::Person& person) {
  if (said.phone_numbers.empty() && !said.has_no_phone_number) return;
  auto& known = *person.mutable_contact()->mutable_phone_numbers();
  if (!is_newer && (!known.empty() || person.has_no_phone_number())) return;
  known.Assign(said.phone_numbers.begin(), said.phone_numbers.end());
  person.set_has_no_phone_number(said.phone_numbers.empty());
}

// No more than a notice may take from systems: an address or an e-mail address is passed on if the citizen gave it.
void TakeContact(const Contact& said, bool is_newer, envej::v1::Citizen& known) {
  TakeText(said.name, is_newer, *known.mutable_name());
  // What protects is believed of anybody who says it last.
  if (said.name_and_address_protection.has_value() && (is_newer || *said.name_and_address_protection)) {
    known.set_name_and_address_protection(*said.name_and_address_protection);
  }
}

// Of what a source says the last word counts, and no other source takes it back. One that says that the patient lives
// goes first where there are too many.
void TakeDeathWord(const v1::DeathWord& word, v1::Person& person) {
  auto& words = *person.mutable_death_words();
  const auto known =
      std::find_if(words.begin(), words.end(), [&](const auto& other) { return other.source() == word.source(); });
  if (known != words.end()) {
    if (FromMessage(word.recorded_at()) >= FromMessage(known->recorded_at())) *known = word;
    return;
  }
  *words.Add() = word;
  if (words.size() <= kDeathWordsMost) return;
  const auto living = std::find_if(words.begin(), words.end(), [](const auto& other) { return !other.deceased(); });
  words.erase(living == words.end() ? words.end() - 1 : living);
}

void TakePerson(const Event& event, v1::Person& person) {
  const absl::Time at = RecordedAt(event);
  const bool is_newer = IsNewer(at, person.has_recorded_at(), person.recorded_at());
  TakeContact(event.contact, is_newer, *person.mutable_contact());
  TakePhoneNumbers(event.contact, is_newer, person);
  if (event.birth_day.has_value()) {
    TakeText(contract::FormatDay(*event.birth_day), is_newer, *person.mutable_birth_date());
  }
  if (event.deceased.has_value()) {
    v1::DeathWord word;
    word.set_source(event.source);
    word.set_deceased(*event.deceased);
    *word.mutable_recorded_at() = ToMessage(at);
    TakeDeathWord(word, person);
  }
  if (is_newer) *person.mutable_recorded_at() = ToMessage(at);
}

v1::StayClass ClassOf(PatientClass said) {
  if (said == PatientClass::kUnknown) return v1::STAY_CLASS_UNSPECIFIED;
  return said == PatientClass::kInpatient ? v1::STAY_CLASS_INPATIENT : v1::STAY_CLASS_OTHER;
}

v1::StayEvent StayEventOf(const Event& event) {
  v1::StayEvent said;
  said.set_kind(static_cast<v1::StayEventKind>(event.kind));
  said.set_stay(event.stay);
  said.set_ward(event.ward);
  said.set_service(event.service);
  said.set_stay_class(ClassOf(event.patient_class));
  said.set_not_home(!event.discharged_home);
  if (event.discharge_day.has_value()) said.set_discharge_date(contract::FormatDay(*event.discharge_day));
  if (event.planned_day.has_value()) said.set_planned_date(contract::FormatDay(*event.planned_day));
  *said.mutable_happened_at() = ToMessage(HappenedAt(event));
  *said.mutable_recorded_at() = ToMessage(RecordedAt(event));
  return said;
}

bool SaysOfStay(const Event& event) {
  if (event.kind == EventKind::kMerged) return false;
  const bool is_of_patient = event.kind == EventKind::kUpdated && event.stay.empty();
  return !is_of_patient || event.discharge_day.has_value() || event.planned_day.has_value() || !event.discharged_home;
}

// What is recorded together stays as it came.
void SortStayEvents(v1::Case& known) {
  auto& events = *known.mutable_stay_events();
  std::stable_sort(events.pointer_begin(), events.pointer_end(), [](const auto* one, const auto* other) {
    return FromMessage(one->recorded_at()) < FromMessage(other->recorded_at());
  });
}

// An update that says what another one says: the later of them says it all.
bool Repeats(const v1::StayEvent& event, const v1::StayEvent& other) {
  const auto said = [](const v1::StayEvent& each) {
    return std::tuple(each.kind(), each.stay(), each.ward(), each.service(), each.stay_class(), each.not_home(),
                      each.discharge_date(), each.planned_date());
  };
  return event.kind() == v1::STAY_EVENT_KIND_UPDATED && said(event) == said(other);
}

// The higher, the longer it is kept.
int Weight(const v1::StayEvent& event, const std::vector<Stay>& stays, const v1::Case& known) {
  const Stay* const stay = OfEvent(event.number(), stays);
  if (stay == nullptr || !stay->counts) return 0;
  if (event.kind() == v1::STAY_EVENT_KIND_UPDATED || event.kind() == v1::STAY_EVENT_KIND_MOVED) return 1;
  int weight = 2;
  for (const v1::CaseNotice& notice : known.notices()) {
    if (!IsCurrent(notice)) continue;
    if (notice.stay_event() == event.number()) return 4;
    if (OfEvent(notice.stay_event(), stays) == stay) weight = 3;
  }
  return weight;
}

void KeepTheMost(const Site& site, v1::Case& known) {
  auto& events = *known.mutable_stay_events();
  while (events.size() > kStayEventsMost) {
    const std::vector<Stay> stays = StaysOf(known, site);
    events.erase(std::min_element(events.begin(), events.end(), [&](const auto& one, const auto& other) {
      return Weight(one, stays, known) < Weight(other, stays, known);
    }));
  }
}

void TakeStayEvent(v1::StayEvent said, const Site& site, v1::Case& known) {
  auto& events = *known.mutable_stay_events();
  const auto same =
      std::find_if(events.begin(), events.end(), [&](const v1::StayEvent& other) { return Repeats(said, other); });
  if (same != events.end()) {
    if (FromMessage(same->recorded_at()) > FromMessage(said.recorded_at())) return;
    events.erase(same);
  }
  known.set_stay_events_numbered(known.stay_events_numbered() + 1);
  said.set_number(known.stay_events_numbered());
  *events.Add() = std::move(said);
  SortStayEvents(known);
  KeepTheMost(site, known);
}

// The events of both, numbered on behind those that are known, as are the notices of them.
void TakeMergedStays(const v1::Case& merged, const Site& site, v1::Case& known) {
  const uint32_t behind = known.stay_events_numbered();
  for (v1::StayEvent event : merged.stay_events()) {
    event.set_number(behind + event.number());
    *known.add_stay_events() = std::move(event);
  }
  known.set_stay_events_numbered(behind + merged.stay_events_numbered());
  std::vector<v1::CaseNotice> notices(merged.notices().begin(), merged.notices().end());
  for (v1::CaseNotice& notice : notices) {
    if (notice.stay_event() != 0) notice.set_stay_event(behind + notice.stay_event());
  }
  notices.insert(notices.end(), known.notices().begin(), known.notices().end());
  std::stable_partition(notices.begin(), notices.end(), [](const auto& notice) { return !IsCurrent(notice); });
  known.mutable_notices()->Assign(notices.begin(), notices.end());
  SortStayEvents(known);
  KeepTheMost(site, known);
}

// Where there are as many as may be, one that identifies takes the place of the last that does not.
bool MakeRoom(const PatientId& id, const Site& site, v1::Case& known) {
  auto& ids = *known.mutable_patient_ids();
  if (ids.size() < kPatientIdsMost) return true;
  if (id.authority != site.patient_authority) return false;
  const auto last = std::find_if(ids.rbegin(), ids.rend(),
                                 [&](const auto& other) { return other.authority() != site.patient_authority; });
  if (last == ids.rend()) return false;
  ids.erase(std::prev(last.base()));
  return true;
}

void AddIds(const std::vector<PatientId>& ids, const Site& site, v1::Case& known) {
  for (const PatientId& id : ids) {
    const bool is_known = std::any_of(known.patient_ids().begin(), known.patient_ids().end(), [&](const auto& other) {
      return other.authority() == id.authority && other.value() == id.value;
    });
    if (is_known || !MakeRoom(id, site, known)) continue;
    v1::PatientId& added = *known.add_patient_ids();
    added.set_authority(id.authority);
    added.set_value(id.value);
  }
}

absl::Time At(bool has, const Timestamp& at) { return has ? FromMessage(at) : absl::InfinitePast(); }

// The person that was recorded last, with what only the other record says: also that it is dead, or protected.
v1::Person Newer(const v1::Person& one, const v1::Person& other) {
  const bool one_is_newer =
      At(one.has_recorded_at(), one.recorded_at()) >= At(other.has_recorded_at(), other.recorded_at());
  v1::Person newer = one_is_newer ? other : one;
  newer.mutable_contact()->clear_phone_numbers();
  newer.clear_death_words();
  const v1::Person& last = one_is_newer ? one : other;
  newer.MergeFrom(last);
  for (const v1::DeathWord& word : (one_is_newer ? other : one).death_words()) TakeDeathWord(word, newer);
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
    if (!id.value.empty() && id.authority == site.patient_authority) return id;
  }
  return std::nullopt;
}

std::vector<PatientId> IdsOf(const v1::Case& known) {
  std::vector<PatientId> ids;
  for (const v1::PatientId& id : known.patient_ids()) ids.push_back({.authority = id.authority(), .value = id.value()});
  return ids;
}

std::optional<WhyNot> WhyOfNoConcern(const Event& event, const Site& site) {
  if (event.kind == EventKind::kMerged || event.deceased.value_or(false)) return std::nullopt;
  if (event.patient_class == PatientClass::kOther) return WhyNot::kNotInpatient;
  const bool says_ward = !event.ward.empty() || !event.service.empty();
  if (says_ward && !IsPsychiatry(event.ward, event.service, site)) return WhyNot::kNotPsychiatry;
  return std::nullopt;
}

void TakeEvent(const Event& event, const Site& site, v1::Case& known) {
  AddIds(event.patient, site, known);
  AddIds(event.merged, site, known);
  TakePerson(event, *known.mutable_person());
  if (SaysOfStay(event)) TakeStayEvent(StayEventOf(event), site, known);
}

void TakeConsent(const v1::RegisteredConsent& consent, v1::Case& known) {
  const absl::Time at = FromMessage(consent.registered_at());
  if (IsNewer(at, known.has_consent(), known.consent().registered_at())) *known.mutable_consent() = consent;
}

void TakeConsentWithdrawal(absl::Time at, v1::Case& known) {
  v1::RegisteredConsent& consent = *known.mutable_consent();
  if (consent.has_registered_at()) at = std::max(at, FromMessage(consent.registered_at()));
  *consent.mutable_registered_at() = ToMessage(at);
  *consent.mutable_withdrawn_at() = ToMessage(at);
  consent.clear_lives_elsewhere();
}

void TakeMerged(const v1::Case& merged, const Site& site, v1::Case& known) {
  AddIds(IdsOf(merged), site, known);
  if (merged.has_consent()) TakeConsent(merged.consent(), known);
  *known.mutable_person() = Newer(known.person(), merged.person());
  TakeMergedStays(merged, site, known);
}

}  // namespace envej::ward
