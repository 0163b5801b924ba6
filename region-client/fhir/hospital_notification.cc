#include "region-client/fhir/hospital_notification.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "region-client/fhir/activity.h"
#include "region-client/fhir/identifier.h"
#include "region-client/fhir/patient.h"
#include "region-client/fhir/provenance.h"

namespace envej::fhir {
namespace {

using ward::EventKind;

constexpr absl::string_view kMedcom = "://medcomfhir.dk/";
constexpr absl::string_view kHospitalNotification = "hospital-notification-message";
constexpr absl::string_view kAcknowledgement = "acknowledgement-message";
constexpr absl::string_view kActCodes = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
constexpr absl::string_view kDispositions = "http://terminology.hl7.org/CodeSystem/discharge-disposition";
constexpr absl::string_view kElsewhere[] = {"other-hcf", "hosp", "long", "psy", "rehab", "snf"};

bool Holds(const std::vector<Place>& places, const Place& place) {
  return std::any_of(places.begin(), places.end(),
                     [&](const Place& each) { return each.element() == place.element(); });
}

std::vector<Place> EncountersOf(const Bundle& bundle) {
  std::vector<Place> encounters;
  for (const Place& focus : bundle.header().All("focus")) {
    const Place resource = bundle.Follow(bundle.header(), focus);
    if (resource.Text("resourceType") != "Encounter" || Holds(encounters, resource)) continue;
    if (encounters.size() == kEncounters) {
      focus.Wrong(Issue::kTooLong, absl::StrCat("leads to more Encounters than ", kEncounters));
      return encounters;
    }
    encounters.push_back(resource);
  }
  if (!encounters.empty()) return encounters;
  encounters = bundle.OfType("Encounter");
  if (encounters.size() != 1) {
    bundle.header().Absent("focus").Wrong(Issue::kRequired, "leads to no Encounter, and there is not only one");
  }
  return encounters;
}

ward::PatientClass ClassOf(const Place& encounter) {
  const Place coding = encounter.Only("class");
  const std::string system = coding.Text("system");
  const std::string code = coding.Text("code");
  if (code.empty() || (!system.empty() && system != kActCodes)) return ward::PatientClass::kUnknown;
  // Acute and non-acute stays are kinds of inpatient ones.
  const bool is_inpatient = code == "IMP" || code == "ACUTE" || code == "NONAC";
  return is_inpatient ? ward::PatientClass::kInpatient : ward::PatientClass::kOther;
}

std::string WardOf(const Bundle& bundle, const Place& encounter) {
  const Place provider = encounter.Only("serviceProvider");
  const Place organization = bundle.Follow(encounter, provider);
  std::string code = IdentifierOf(organization, kSorSystem);
  if (code.empty()) code = FirstIdentifierOf(organization);
  if (code.empty()) code = provider.Only("identifier").Text("value");
  return code;
}

std::string ServiceOf(const Place& encounter) {
  const std::vector<Place> codings = encounter.Only("serviceType").All("coding");
  return codings.empty() ? "" : codings[0].Text("code");
}

// MedCom's stay is an episode of care, and its Encounter is of one message; elsewhere an episode has many stays.
std::string StayOf(const Place& encounter, bool is_medcom) {
  if (!is_medcom) return FirstIdentifierOf(encounter);
  for (const Place& episode : encounter.All("episodeOfCare")) {
    if (std::string number = episode.Only("identifier").Text("value"); !number.empty()) return number;
  }
  return "";
}

void ReadDisposition(const Place& encounter, ward::Event& event) {
  for (const Place& coding : encounter.Only("hospitalization").Only("dischargeDisposition").All("coding")) {
    if (coding.Text("system") != kDispositions) continue;
    const std::string code = coding.Text("code");
    if (code == "exp") event.deceased = true;
    if (std::find(std::begin(kElsewhere), std::end(kElsewhere), code) != std::end(kElsewhere)) {
      event.discharged_home = false;
    }
  }
}

// One Encounter of a message.
class Reader {
 public:
  Reader(const Bundle& bundle, const std::optional<Provenance>& provenance, const absl::TimeZone& copenhagen,
         absl::Time now)
      : bundle_(bundle), provenance_(provenance), copenhagen_(copenhagen), now_(now) {}

  std::variant<NoConcern, ward::Event> Read(const Place& encounter) const {
    ward::Event event;
    ReadWho(encounter, event);
    ReadDisposition(encounter, event);
    const Place period = encounter.Only("period");
    const Place status = encounter.Required("status");
    const Happening happening =
        provenance_.has_value()
            ? WhatMedcomTells(provenance_->activity, status.Value(), event.deceased)
            : WhatStatusTells(status.Value(), static_cast<bool>(period.Only("end")), event.deceased);
    if (const auto* no_concern = std::get_if<NoConcern>(&happening)) return *no_concern;
    if (const auto* kind = std::get_if<EventKind>(&happening)) {
      event.kind = *kind;
    } else if (provenance_.has_value()) {
      status.Wrong(Issue::kValue, "is none that goes with the activity of the message's Provenance");
    } else {
      status.Wrong(Issue::kValue, "says nothing of a stay");
    }
    event.patient_class = ClassOf(encounter);
    event.ward = WardOf(bundle_, encounter);
    event.service = ServiceOf(encounter);
    event.stay = StayOf(encounter, provenance_.has_value());
    ReadTimes(period, event);
    return event;
  }

 private:
  void ReadWho(const Place& encounter, ward::Event& event) const {
    const Place patient = bundle_.Follow(encounter, encounter.Required("subject"));
    if (patient.Text("resourceType") != "Patient") {
      encounter.Absent("subject").Wrong(Issue::kValue, "leads to no Patient");
    }
    ReadPatient(patient, copenhagen_, event);
  }

  void ReadTimes(const Place& period, ward::Event& event) const {
    const std::optional<Moment> start = period.DateTime("start");
    const std::optional<Moment> end = period.DateTime("end");
    const bool ends = event.kind == EventKind::kDischarged || event.kind == EventKind::kDischargePlanned;
    if (ends && end.has_value()) event.discharge_day = end->DayIn(copenhagen_);
    if (event.kind == EventKind::kDischarged && !event.discharge_day.has_value() && event.deceased != true) {
      period.Absent("end").Wrong(Issue::kRequired, "says no day, and the stay is over");
    }
    event.recorded_at = bundle_.root().PastTime("timestamp", now_);
    if (!event.recorded_at.has_value() && provenance_.has_value()) event.recorded_at = provenance_->recorded_at;
    if (IsSaidFirst(event)) {
      if (event.kind == EventKind::kAdmitted) event.happened_at = TimeIn(start);
      if (event.kind == EventKind::kDischarged) event.happened_at = TimeIn(end);
    }
    if (!event.happened_at.has_value() && provenance_.has_value()) event.happened_at = provenance_->occurred_at;
    if (!event.happened_at.has_value()) event.happened_at = event.recorded_at;
    if (!event.happened_at.has_value()) {
      bundle_.root().Absent("timestamp").Wrong(Issue::kRequired, "says no time of day, and nothing else does");
    }
  }

  std::optional<absl::Time> TimeIn(const std::optional<Moment>& moment) const {
    const bool is_past =
        moment.has_value() && moment->time.has_value() && *moment->time <= now_ + ward::kRecordedAheadMost;
    return is_past ? moment->time : std::nullopt;
  }

  // Word of a death, or that it was none, comes with the activity of the message before.
  bool IsSaidFirst(const ward::Event& event) const {
    if (!provenance_.has_value()) return true;
    return provenance_->activity.change == Activity::Change::kNew && !event.deceased.has_value();
  }

  const Bundle& bundle_;
  const std::optional<Provenance>& provenance_;
  const absl::TimeZone& copenhagen_;
  const absl::Time now_;
};

}  // namespace

std::variant<Problem, NoConcern, std::vector<ward::Event>> ReadNotification(const Bundle& bundle,
                                                                            const absl::TimeZone& copenhagen,
                                                                            absl::Time now) {
  const Place coding = bundle.header().Only("eventCoding");
  const std::string code = coding.Text("code");
  std::optional<Provenance> provenance;
  if (code == kAcknowledgement) return NoConcern::kAcknowledgement;
  if (code == kHospitalNotification || absl::StrContains(coding.Text("system"), kMedcom)) {
    if (code != kHospitalNotification) {
      coding.Wrong(Issue::kNotSupported, "is another message than a hospital notification");
    }
    provenance = ReadProvenance(bundle, now);
  }
  const Reader reader(bundle, provenance, copenhagen, now);
  std::vector<ward::Event> events;
  std::optional<NoConcern> no_concern;
  for (const Place& encounter : EncountersOf(bundle)) {
    auto read = reader.Read(encounter);
    if (auto* event = std::get_if<ward::Event>(&read)) {
      events.push_back(std::move(*event));
    } else {
      no_concern = std::get<NoConcern>(read);
    }
  }
  if (events.empty() && no_concern.has_value()) return *no_concern;
  return events;
}

}  // namespace envej::fhir
