#include "region-client/ward/stays.h"

#include <algorithm>
#include <tuple>

#include "proto/contract/message_codec.h"

namespace envej::ward {
namespace {

using contract::FromMessage;

absl::Time HappenedAt(const v1::StayEvent& event) { return FromMessage(event.happened_at()); }

// Of the patient alone, or of what was said before.
bool SaysThatItIs(v1::StayEventKind kind) {
  return kind == v1::STAY_EVENT_KIND_ADMITTED || kind == v1::STAY_EVENT_KIND_MOVED ||
         kind == v1::STAY_EVENT_KIND_DISCHARGED || kind == v1::STAY_EVENT_KIND_DISCHARGE_PLANNED;
}

bool SaysWard(const v1::StayEvent& event) { return !event.ward().empty() || !event.service().empty(); }

bool IsElsewhere(const v1::StayEvent& event, const Site& site) {
  return event.stay_class() == v1::STAY_CLASS_OTHER ||
         (SaysWard(event) && !IsPsychiatry(event.ward(), event.service(), site));
}

bool Counts(v1::StayClass stay_class, const std::string& ward, const std::string& service, const Site& site) {
  return stay_class == v1::STAY_CLASS_INPATIENT && IsPsychiatry(ward, service, site);
}

// Whether an event that does not say the stay's number may be of it.
bool GoesWith(const v1::StayEvent& event, const Stay& stay, const Site& site) {
  if (stay.admitted_at.has_value() && *stay.admitted_at > HappenedAt(event)) return false;
  const bool is_of_error =
      event.kind() == v1::STAY_EVENT_KIND_ENTERED_IN_ERROR || event.kind() == v1::STAY_EVENT_KIND_ADMITTED;
  if (stay.state == v1::STAY_STATE_ENTERED_IN_ERROR && !is_of_error) return false;
  if (!stay.counts || !IsElsewhere(event, site)) return true;
  if (event.stay_class() == v1::STAY_CLASS_OTHER) return false;
  return event.kind() == v1::STAY_EVENT_KIND_MOVED || (event.ward() == stay.ward && event.service() == stay.service);
}

// Of all stays, or of those without a number, the one that began last before it; else the next that may have.
Stay* Fitting(const v1::StayEvent& event, const Site& site, std::vector<Stay>& stays) {
  const bool counts = Counts(event.stay_class(), event.ward(), event.service(), site);
  const auto nearness = [&](const Stay& stay) {
    const absl::Duration since = HappenedAt(event) - BeganAt(stay);
    return std::tuple(counts && stay.counts, since >= absl::ZeroDuration(), -absl::AbsDuration(since));
  };
  Stay* fitting = nullptr;
  for (Stay& stay : stays) {
    if (!event.stay().empty() && !stay.number.empty()) continue;
    if (!GoesWith(event, stay, site)) continue;
    if (fitting == nullptr || nearness(stay) >= nearness(*fitting)) fitting = &stay;
  }
  return fitting;
}

// The last of a number.
Stay* WithNumber(const std::string& number, std::vector<Stay>& stays) {
  const auto found =
      std::find_if(stays.rbegin(), stays.rend(), [&](const Stay& stay) { return stay.number == number; });
  return found == stays.rend() ? nullptr : &*found;
}

bool BeginsAnother(const v1::StayEvent& event, const Stay& stay) {
  if (!stay.ended_at.has_value()) return false;
  const absl::Duration since = HappenedAt(event) - *stay.ended_at;
  if (since > absl::Hours(24 * kDaysAfterDischarge)) return SaysThatItIs(event.kind());
  const bool says_number = !event.stay().empty() && event.stay() == stay.number;
  const bool is_there = event.kind() == v1::STAY_EVENT_KIND_ADMITTED || event.kind() == v1::STAY_EVENT_KIND_MOVED;
  return is_there && !says_number && since > absl::ZeroDuration();
}

// nullptr where it says nothing of any.
Stay* OfWhich(const v1::StayEvent& event, const Site& site, std::vector<Stay>& stays) {
  Stay* stay = event.stay().empty() ? nullptr : WithNumber(event.stay(), stays);
  if (stay == nullptr) stay = Fitting(event, site, stays);
  if (stay != nullptr && !BeginsAnother(event, *stay)) return stay;
  if (event.stay().empty() && !SaysThatItIs(event.kind())) return nullptr;
  return &stays.emplace_back();
}

void TakePlace(const v1::StayEvent& event, const Site& site, Stay& stay) {
  // Word of the patient alone, as of a new address, says nothing of where the patient is.
  if (event.kind() == v1::STAY_EVENT_KIND_UPDATED && event.stay().empty()) return;
  if (event.stay_class() != v1::STAY_CLASS_UNSPECIFIED) stay.stay_class = event.stay_class();
  if (SaysWard(event)) {
    stay.ward = event.ward();
    stay.service = event.service();
  }
  stay.counts = stay.counts || Counts(stay.stay_class, stay.ward, stay.service, site);
}

void GoOn(bool cancelled, Stay& stay) {
  stay.state = v1::STAY_STATE_ADMITTED;
  stay.cancelled = cancelled;
  stay.ended_at.reset();
  stay.discharge_date.clear();
  stay.not_home = false;
}

void Admit(const v1::StayEvent& event, Stay& stay) {
  const bool is_over = stay.ended_at.has_value() && HappenedAt(event) > *stay.ended_at;
  if (!is_over) stay.admitted_at = HappenedAt(event);
  if (stay.state == v1::STAY_STATE_UNSPECIFIED || stay.state == v1::STAY_STATE_ENTERED_IN_ERROR) {
    GoOn(/*cancelled=*/false, stay);
  }
}

void End(const v1::StayEvent& event, v1::StayState state, Stay& stay) {
  stay.state = state;
  stay.cancelled = false;
  if (!event.discharge_date().empty()) stay.discharge_date = event.discharge_date();
  stay.discharge_event = event.number();
  stay.not_home = event.not_home();
}

void TakeState(const v1::StayEvent& event, Stay& stay) {
  const bool is_over = stay.state == v1::STAY_STATE_DISCHARGED;
  switch (event.kind()) {
    case v1::STAY_EVENT_KIND_ADMITTED:
      return Admit(event, stay);
    case v1::STAY_EVENT_KIND_MOVED:
      if (stay.state == v1::STAY_STATE_UNSPECIFIED) GoOn(/*cancelled=*/false, stay);
      return;
    case v1::STAY_EVENT_KIND_DISCHARGE_PLANNED:
      if (!is_over) End(event, v1::STAY_STATE_DISCHARGE_PLANNED, stay);
      return;
    case v1::STAY_EVENT_KIND_DISCHARGED:
      End(event, v1::STAY_STATE_DISCHARGED, stay);
      stay.ended_at = HappenedAt(event);
      return;
    case v1::STAY_EVENT_KIND_DISCHARGE_PLAN_CANCELLED:
      if (!is_over) GoOn(/*cancelled=*/true, stay);
      return;
    case v1::STAY_EVENT_KIND_DISCHARGE_CANCELLED:
      return GoOn(/*cancelled=*/true, stay);
    case v1::STAY_EVENT_KIND_ENTERED_IN_ERROR:
      GoOn(/*cancelled=*/false, stay);
      stay.state = v1::STAY_STATE_ENTERED_IN_ERROR;
      return;
    case v1::STAY_EVENT_KIND_UPDATED:
      if (!event.discharge_date().empty()) stay.discharge_date = event.discharge_date();
      if (stay.state == v1::STAY_STATE_DISCHARGE_PLANNED && !event.planned_date().empty()) {
        stay.discharge_date = event.planned_date();
      }
      // That the patient went home says also who does not say where to.
      if (event.not_home()) stay.not_home = true;
      return;
    default:
      return;
  }
}

void Take(const v1::StayEvent& event, const Site& site, Stay& stay) {
  if (stay.number.empty()) stay.number = event.stay();
  stay.events.push_back(event.number());
  TakePlace(event, site, stay);
  TakeState(event, stay);
  const bool is_word_of_it =
      event.kind() != v1::STAY_EVENT_KIND_UPDATED && event.kind() != v1::STAY_EVENT_KIND_ENTERED_IN_ERROR;
  if (is_word_of_it) stay.first_at = std::min(stay.first_at.value_or(absl::InfiniteFuture()), HappenedAt(event));
}

bool MayHaveNotice(const Stay& stay) { return stay.counts && stay.state != v1::STAY_STATE_ENTERED_IN_ERROR; }

}  // namespace

absl::Time BeganAt(const Stay& stay) {
  if (stay.admitted_at.has_value()) return *stay.admitted_at;
  return stay.first_at.value_or(absl::InfinitePast());
}

std::vector<Stay> StaysOf(const v1::Case& known, const Site& site) {
  std::vector<Stay> stays;
  for (const v1::StayEvent& event : known.stay_events()) {
    if (Stay* const stay = OfWhich(event, site, stays); stay != nullptr) Take(event, site, *stay);
  }
  std::stable_sort(stays.begin(), stays.end(),
                   [](const Stay& one, const Stay& other) { return BeganAt(one) < BeganAt(other); });
  return stays;
}

const Stay* CurrentStay(const std::vector<Stay>& stays) {
  const auto last = std::find_if(stays.rbegin(), stays.rend(), MayHaveNotice);
  if (last != stays.rend()) return &*last;
  return stays.empty() ? nullptr : &stays.back();
}

const Stay* OfEvent(uint32_t event, const std::vector<Stay>& stays) {
  for (const Stay& stay : stays) {
    if (std::find(stay.events.begin(), stay.events.end(), event) != stay.events.end()) return &stay;
  }
  return nullptr;
}

const Stay* EndedBefore(const Stay& stay, const std::vector<Stay>& stays) {
  const Stay* last = nullptr;
  for (const Stay& other : stays) {
    const bool had_ended =
        other.counts && &other != &stay && other.ended_at.has_value() && *other.ended_at <= BeganAt(stay);
    if (had_ended && (last == nullptr || *other.ended_at > *last->ended_at)) last = &other;
  }
  return last;
}

const Stay* BegunAfter(const Stay& stay, const std::vector<Stay>& stays) {
  for (const Stay& other : stays) {
    if (&other != &stay && MayHaveNotice(other) && BeganAt(other) > BeganAt(stay)) return &other;
  }
  return nullptr;
}

}  // namespace envej::ward
