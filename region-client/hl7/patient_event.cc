#include "region-client/hl7/patient_event.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "proto/contract/text_rules.h"
#include "region-client/hl7/contact.h"
#include "region-client/hl7/time_stamp.h"
#include "region-client/ward/text_bounds.h"

namespace envej::hl7 {
namespace {

using ward::EventKind;

struct TriggerEvent {
  absl::string_view code;
  EventKind kind;
  bool needs_visit;  // PV1
  ward::PatientClass unsaid_class = ward::PatientClass::kUnknown;
};

constexpr TriggerEvent kTriggerEvents[] = {
    {"A01", EventKind::kAdmitted, true},
    {"A02", EventKind::kMoved, true},
    {"A03", EventKind::kDischarged, true},
    {"A08", EventKind::kUpdated, false},
    {"A11", EventKind::kEnteredInError, false},
    {"A13", EventKind::kDischargeCancelled, false},
    {"A16", EventKind::kDischargePlanned, true},
    {"A25", EventKind::kDischargePlanCancelled, false},
    {"A31", EventKind::kUpdated, false},
    {"A40", EventKind::kMerged, false},
    {"A06", EventKind::kMoved, true, ward::PatientClass::kInpatient},
    {"A07", EventKind::kMoved, true, ward::PatientClass::kOther},
};

// They merge what A40 does, where they name what is merged as it does.
constexpr absl::string_view kOtherMerges[] = {"A30", "A34", "A36", "A47"};
constexpr TriggerEvent kOtherMerge = {"", EventKind::kMerged, false};
// Of which only a death counts.
constexpr TriggerEvent kAnyOther = {"", EventKind::kUpdated, false};

constexpr size_t kPatientIdBytesMost = 199;

struct Field {
  absl::string_view segment;
  int number;
};

constexpr Field kMessageType{"MSH", 9};
constexpr Field kMessageMade{"MSH", 7};
constexpr Field kProcessingId{"MSH", 11};
constexpr Field kEventCode{"EVN", 1};
constexpr Field kEventRecorded{"EVN", 2};
constexpr Field kEventPlanned{"EVN", 3};
constexpr Field kEventOccurred{"EVN", 6};
constexpr Field kExternalIds{"PID", 2};
constexpr Field kPatientIds{"PID", 3};
constexpr Field kName{"PID", 5};
constexpr Field kBirth{"PID", 7};
constexpr Field kDeathTime{"PID", 29};
constexpr Field kDeath{"PID", 30};
constexpr Field kProtection{"PD1", 12};
constexpr Field kPatientClass{"PV1", 2};
constexpr Field kWard{"PV1", 3};
constexpr Field kService{"PV1", 10};
constexpr Field kStay{"PV1", 19};
constexpr Field kOtherStay{"PV1", 50};
constexpr Field kDisposition{"PV1", 36};
constexpr Field kDischargedTo{"PV1", 37};
constexpr Field kDischargeTime{"PV1", 45};
constexpr Field kExpectedDischarge{"PV2", 9};
constexpr Field kMergedIds{"MRG", 1};

Place PlaceOf(Field field, int component = 0) {
  return {.segment = std::string(field.segment), .field = field.number, .component = component};
}

bool IsCode(absl::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isupper(static_cast<unsigned char>(c)) ||
                  absl::ascii_isdigit(static_cast<unsigned char>(c));
         });
}

// Reads one message; remembers the first thing that is wrong and goes on as if it were absent.
class EventReader {
 public:
  EventReader(const Message& message, const Site& site, absl::Time now) : message_(message), site_(site), now_(now) {}

  std::variant<ward::Event, NotOfConcern, Problem> Read();

 private:
  const TriggerEvent* FindTrigger(absl::string_view code) const;
  bool IsDead() const { return !Text(kDeathTime).empty() || Text(kDeath) == "Y"; }
  ward::Event ReadEvent(const TriggerEvent& trigger);
  ward::Event ReadDeath();
  void ReadNumbers(ward::Event& event);
  void ReadPerson(ward::Event& event);
  void ReadVisit(const TriggerEvent& trigger, ward::Event& event);
  void ReadDays(ward::Event& event);
  void ReadTimes(ward::Event& event);
  std::optional<TimeStamp> ReadDischargeTime();
  std::optional<absl::CivilDay> ReadPlannedDay();
  std::vector<ward::PatientId> ReadIds(Field field);

  void CheckSegments(const TriggerEvent& trigger);
  std::string EventCode() const;
  std::string Text(Field field, int component = 0) const { return message_.Text(PlaceOf(field, component)); }
  std::optional<TimeStamp> Stamp(Field field);
  // The time that it says, if any, not ahead.
  std::optional<absl::Time> PastTime(Field field);
  std::optional<absl::CivilDay> Day(Field field);
  bool IsAhead(absl::Time time) const { return time > now_ + ward::kRecordedAheadMost; }
  std::optional<bool> YesOrNo(Field field);
  void CheckLength(const Place& place, absl::string_view text, size_t characters_most);
  void Fail(Place place, ErrorCode code, absl::string_view what);

  const Message& message_;
  const Site& site_;
  const absl::Time now_;
  std::optional<Problem> problem_;
};

void EventReader::Fail(Place place, ErrorCode code, absl::string_view what) {
  if (!problem_.has_value()) problem_ = Problem{std::move(place), code, std::string(what)};
}

std::string EventReader::EventCode() const {
  const std::string code = Text(kMessageType, 2);
  return code.empty() ? Text(kEventCode) : code;
}

const TriggerEvent* EventReader::FindTrigger(absl::string_view code) const {
  const auto* const known = std::find_if(std::begin(kTriggerEvents), std::end(kTriggerEvents),
                                         [&](const TriggerEvent& each) { return each.code == code; });
  if (known != std::end(kTriggerEvents)) return known;
  const bool merges = std::find(std::begin(kOtherMerges), std::end(kOtherMerges), code) != std::end(kOtherMerges);
  if (merges && !Text(kPatientIds).empty() && !Text(kMergedIds).empty()) return &kOtherMerge;
  return IsDead() ? &kAnyOther : nullptr;
}

std::variant<ward::Event, NotOfConcern, Problem> EventReader::Read() {
  const std::string type = Text(kMessageType, 1);
  const std::string code = EventCode();
  const TriggerEvent* const trigger = type == "ADT" ? FindTrigger(code) : nullptr;
  if (trigger == nullptr) return NotOfConcern{IsCode(type) && IsCode(code) ? absl::StrCat(type, "^", code) : ""};
  const std::string processing_id = Text(kProcessingId);
  if (!processing_id.empty() && processing_id != site_.processing_id) {
    Fail(PlaceOf(kProcessingId), ErrorCode::kUnsupportedProcessingId, "is not that of messages that count here");
  }
  CheckSegments(*trigger);
  ward::Event event = trigger == &kAnyOther ? ReadDeath() : ReadEvent(*trigger);
  if (problem_.has_value()) return *std::move(problem_);
  return event;
}

ward::Event EventReader::ReadEvent(const TriggerEvent& trigger) {
  ward::Event event;
  event.kind = trigger.kind;
  ReadNumbers(event);
  ReadPerson(event);
  ReadVisit(trigger, event);
  ReadDays(event);
  ReadTimes(event);
  return event;
}

ward::Event EventReader::ReadDeath() {
  ward::Event event;
  event.kind = EventKind::kUpdated;
  ReadNumbers(event);
  event.deceased = true;
  ReadTimes(event);
  return event;
}

void EventReader::CheckSegments(const TriggerEvent& trigger) {
  const std::pair<absl::string_view, bool> segments[] = {
      {"PID", true}, {"PV1", trigger.needs_visit}, {"MRG", trigger.kind == EventKind::kMerged}};
  for (const auto& [segment, is_needed] : segments) {
    const int count = message_.Count(segment);
    if (is_needed && count == 0) {
      Fail({.segment = std::string(segment)}, ErrorCode::kSegmentSequenceError, "is missing");
    } else if (count > 1) {
      Fail({.segment = std::string(segment), .occurrence = 2}, ErrorCode::kSegmentSequenceError,
           "is too many: a message is about one patient and one stay");
    }
  }
}

void EventReader::ReadNumbers(ward::Event& event) {
  event.patient = ReadIds(kPatientIds);
  if (event.patient.empty()) event.patient = ReadIds(kExternalIds);
  if (event.patient.empty()) Fail(PlaceOf(kPatientIds), ErrorCode::kRequiredFieldMissing, "is missing");
  if (event.kind == EventKind::kMerged) {
    event.merged = ReadIds(kMergedIds);
    if (event.merged.empty()) Fail(PlaceOf(kMergedIds), ErrorCode::kRequiredFieldMissing, "is missing");
  }
}

void EventReader::ReadPerson(ward::Event& event) {
  event.birth_day = Day(kBirth);
  event.deceased = YesOrNo(kDeath);
  if (!Text(kDeathTime).empty()) event.deceased = true;
  event.contact = ReadContact(message_, site_.telephones_at_work);
  CheckLength(PlaceOf(kName), event.contact.name, ward::kNameCharacters);
  event.contact.name_and_address_protection = YesOrNo(kProtection);
}

// CX: 1 the number, 4 who gives it, by name or by an id.
std::vector<ward::PatientId> EventReader::ReadIds(Field field) {
  std::vector<ward::PatientId> ids;
  for (int repetition = 1; repetition <= message_.Repetitions(field.segment, field.number); ++repetition) {
    Place place = PlaceOf(field, 1);
    place.repetition = repetition;
    std::string value = message_.Text(place);
    if (value.empty()) continue;
    if (value.size() > kPatientIdBytesMost) Fail(place, ErrorCode::kValueTooLong, "is too long for a number");
    place.component = 4;
    std::string authority = message_.Text(place);
    if (authority.empty()) {
      place.subcomponent = 2;
      authority = message_.Text(place);
    }
    CheckLength(place, authority, ward::kAuthorityCharacters);
    ids.push_back({.authority = std::move(authority), .value = std::move(value)});
  }
  return ids;
}

void EventReader::ReadVisit(const TriggerEvent& trigger, ward::Event& event) {
  event.stay = Text(kStay);
  if (event.stay.empty()) event.stay = Text(kOtherStay);
  event.ward = Text(kWard);
  const std::string facility = site_.wards_by_facility ? Text(kWard, 4) : "";
  if (!facility.empty() && !event.ward.empty()) event.ward = absl::StrCat(facility, "/", event.ward);
  event.service = Text(kService);
  event.patient_class = trigger.unsaid_class;
  if (const std::string said = Text(kPatientClass); !said.empty()) {
    const bool is_inpatient = site_.inpatient_classes.count(said) > 0;
    event.patient_class = is_inpatient ? ward::PatientClass::kInpatient : ward::PatientClass::kOther;
  }
  event.discharged_home = site_.dispositions_elsewhere.count(Text(kDisposition)) == 0 &&
                          site_.locations_elsewhere.count(Text(kDischargedTo)) == 0;
}

void EventReader::ReadDays(ward::Event& event) {
  if (event.kind == EventKind::kDischarged) {
    if (const auto discharge = ReadDischargeTime(); discharge.has_value()) event.discharge_day = discharge->day;
    if (!event.discharge_day.has_value()) {
      Fail(PlaceOf(kDischargeTime), ErrorCode::kRequiredFieldMissing,
           "is missing, and nothing else says the day of discharge");
    }
  } else if (event.kind == EventKind::kUpdated) {
    event.discharge_day = Day(kDischargeTime);
    event.planned_day = Day(kExpectedDischarge);
  } else if (event.kind == EventKind::kDischargePlanned) {
    event.discharge_day = ReadPlannedDay();
    if (!event.discharge_day.has_value()) {
      Fail(PlaceOf(kExpectedDischarge), ErrorCode::kRequiredFieldMissing,
           "is missing, and nothing else says the planned day");
    }
  }
}

void EventReader::ReadTimes(ward::Event& event) {
  const std::optional<absl::Time> recorded = PastTime(kEventRecorded);
  const std::optional<absl::Time> made = PastTime(kMessageMade);
  event.recorded_at = recorded.has_value() ? recorded : made;
  const bool is_of_plan =
      event.kind == EventKind::kDischargePlanned || event.kind == EventKind::kDischargePlanCancelled;
  if (!is_of_plan) event.happened_at = PastTime(kEventOccurred);
  if (!event.happened_at.has_value() && event.kind == EventKind::kDischarged) {
    const std::optional<TimeStamp> discharge = ReadDischargeTime();
    if (discharge.has_value() && discharge->time.has_value() && !IsAhead(*discharge->time)) {
      event.happened_at = discharge->time;
    }
  }
  if (!event.happened_at.has_value()) event.happened_at = event.recorded_at;
  if (!event.happened_at.has_value()) {
    Fail(PlaceOf(kMessageMade), ErrorCode::kRequiredFieldMissing, "says no time of day, and nothing else does");
  }
}

std::optional<TimeStamp> EventReader::ReadDischargeTime() {
  std::vector<Field> fields = {kDischargeTime};
  for (const Site::DischargeTimeField lies_in : site_.discharge_time) {
    fields.push_back(lies_in == Site::DischargeTimeField::kEventOccurred ? kEventOccurred : kEventRecorded);
  }
  for (const Field field : fields) {
    const std::optional<TimeStamp> stamp = Stamp(field);
    if (stamp.has_value() && stamp->day.has_value()) return stamp;
  }
  return std::nullopt;
}

std::optional<absl::CivilDay> EventReader::ReadPlannedDay() {
  for (const Field field : {kExpectedDischarge, kDischargeTime, kEventPlanned}) {
    if (const std::optional<absl::CivilDay> day = Day(field); day.has_value()) return day;
  }
  return std::nullopt;
}

std::optional<TimeStamp> EventReader::Stamp(Field field) {
  const std::string text = Text(field);
  if (text.empty()) return std::nullopt;
  const std::optional<TimeStamp> stamp = ParseTimeStamp(text, site_.zone, now_);
  if (!stamp.has_value()) Fail(PlaceOf(field), ErrorCode::kDataTypeError, "is not a time stamp");
  return stamp;
}

std::optional<absl::CivilDay> EventReader::Day(Field field) {
  const std::optional<TimeStamp> stamp = Stamp(field);
  return stamp.has_value() ? stamp->day : std::nullopt;
}

std::optional<absl::Time> EventReader::PastTime(Field field) {
  const std::optional<TimeStamp> stamp = Stamp(field);
  if (!stamp.has_value() || !stamp->time.has_value()) return std::nullopt;
  if (IsAhead(*stamp->time)) Fail(PlaceOf(field), ErrorCode::kDataTypeError, "is more than an hour ahead");
  return stamp->time;
}

std::optional<bool> EventReader::YesOrNo(Field field) {
  const std::string text = Text(field);
  if (text.empty()) return std::nullopt;
  if (text != "Y" && text != "N") Fail(PlaceOf(field), ErrorCode::kTableValueNotFound, "is neither Y nor N");
  return text == "Y";
}

void EventReader::CheckLength(const Place& place, absl::string_view text, size_t characters_most) {
  const std::optional<size_t> characters = contract::CountCharacters(text);
  if (!characters.has_value() || *characters > characters_most) {
    Fail(place, ErrorCode::kValueTooLong, absl::StrCat("is longer than ", characters_most, " characters"));
  }
}

}  // namespace

std::variant<ward::Event, NotOfConcern, Problem> ReadPatientEvent(const Message& message, const Site& site,
                                                                  absl::Time now) {
  return EventReader(message, site, now).Read();
}

}  // namespace envej::hl7
