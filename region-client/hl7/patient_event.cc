#include "region-client/hl7/patient_event.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "region-client/hl7/contact.h"
#include "region-client/hl7/time_stamp.h"

namespace envej::hl7 {
namespace {

using ward::EventKind;

struct TriggerEvent {
  absl::string_view code;
  EventKind kind;
  bool needs_visit;  // PV1
};

constexpr TriggerEvent kTriggerEvents[] = {
    {"A01", EventKind::kAdmitted, true},         {"A02", EventKind::kMoved, true},
    {"A03", EventKind::kDischarged, true},       {"A08", EventKind::kUpdated, false},
    {"A11", EventKind::kEnteredInError, false},  {"A13", EventKind::kDischargeCancelled, false},
    {"A16", EventKind::kDischargePlanned, true}, {"A25", EventKind::kDischargePlanCancelled, false},
    {"A31", EventKind::kUpdated, false},         {"A40", EventKind::kMerged, false},
};

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
  EventReader(const Message& message, const Site& site) : message_(message), site_(site) {}

  std::variant<ward::Event, NotOfConcern, Problem> Read();

 private:
  void ReadPatient(ward::Event& event);
  void ReadVisit(ward::Event& event);
  void ReadTimes(ward::Event& event);
  std::optional<TimeStamp> ReadDischargeTime();
  std::optional<absl::CivilDay> ReadPlannedDay();
  std::vector<ward::PatientId> ReadIds(Field field);

  void CheckSegments(const TriggerEvent& trigger);
  std::string EventCode() const;
  std::string Text(Field field, int component = 0) const { return message_.Text(PlaceOf(field, component)); }
  std::optional<TimeStamp> Stamp(Field field);
  std::optional<bool> YesOrNo(Field field);
  void Fail(Place place, ErrorCode code, absl::string_view what);

  const Message& message_;
  const Site& site_;
  std::optional<Problem> problem_;
};

void EventReader::Fail(Place place, ErrorCode code, absl::string_view what) {
  if (!problem_.has_value()) problem_ = Problem{std::move(place), code, std::string(what)};
}

std::string EventReader::EventCode() const {
  const std::string code = Text(kMessageType, 2);
  return code.empty() ? Text(kEventCode) : code;
}

std::variant<ward::Event, NotOfConcern, Problem> EventReader::Read() {
  const std::string type = Text(kMessageType, 1);
  const std::string code = EventCode();
  const auto* const trigger = std::find_if(std::begin(kTriggerEvents), std::end(kTriggerEvents),
                                           [&](const TriggerEvent& known) { return known.code == code; });
  if (type != "ADT" || trigger == std::end(kTriggerEvents)) {
    return NotOfConcern{IsCode(type) && IsCode(code) ? absl::StrCat(type, "^", code) : ""};
  }
  const std::string processing_id = Text(kProcessingId);
  if (!processing_id.empty() && processing_id != site_.processing_id) {
    Fail(PlaceOf(kProcessingId), ErrorCode::kUnsupportedProcessingId, "is not that of messages that count here");
  }
  CheckSegments(*trigger);
  ward::Event event;
  event.kind = trigger->kind;
  ReadPatient(event);
  ReadVisit(event);
  ReadTimes(event);
  if (problem_.has_value()) return *std::move(problem_);
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

void EventReader::ReadPatient(ward::Event& event) {
  event.patient = ReadIds(kPatientIds);
  if (event.patient.empty()) event.patient = ReadIds(kExternalIds);
  if (event.patient.empty()) Fail(PlaceOf(kPatientIds), ErrorCode::kRequiredFieldMissing, "is missing");
  if (event.kind == EventKind::kMerged) {
    event.merged = ReadIds(kMergedIds);
    if (event.merged.empty()) Fail(PlaceOf(kMergedIds), ErrorCode::kRequiredFieldMissing, "is missing");
  }
  if (const std::optional<TimeStamp> birth = Stamp(kBirth); birth.has_value()) event.birth_day = birth->day;
  event.deceased = YesOrNo(kDeath);
  if (!Text(kDeathTime).empty()) event.deceased = true;
  event.contact = ReadContact(message_);
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
    ids.push_back({.authority = std::move(authority), .value = std::move(value)});
  }
  return ids;
}

void EventReader::ReadVisit(ward::Event& event) {
  event.stay = Text(kStay);
  if (event.stay.empty()) event.stay = Text(kOtherStay);
  event.ward = Text(kWard);
  event.service = Text(kService);
  const std::string patient_class = Text(kPatientClass);
  if (!patient_class.empty()) {
    event.patient_class = patient_class == "I" ? ward::PatientClass::kInpatient : ward::PatientClass::kOther;
  }
  event.discharged_home = site_.dispositions_elsewhere.count(Text(kDisposition)) == 0 &&
                          site_.locations_elsewhere.count(Text(kDischargedTo)) == 0;
}

void EventReader::ReadTimes(ward::Event& event) {
  std::vector<std::optional<TimeStamp>> happened = {Stamp(kEventOccurred)};
  if (event.kind == EventKind::kDischarged) {
    const std::optional<TimeStamp> discharge = ReadDischargeTime();
    if (discharge.has_value()) event.discharge_day = discharge->day;
    if (!event.discharge_day.has_value()) {
      Fail(PlaceOf(kDischargeTime), ErrorCode::kRequiredFieldMissing,
           "is missing, and nothing else says the day of discharge");
    }
    happened.push_back(discharge);
  } else if (event.kind == EventKind::kUpdated) {
    if (const auto discharge = Stamp(kDischargeTime); discharge.has_value()) event.discharge_day = discharge->day;
  } else if (event.kind == EventKind::kDischargePlanned) {
    event.discharge_day = ReadPlannedDay();
    if (!event.discharge_day.has_value()) {
      Fail(PlaceOf(kExpectedDischarge), ErrorCode::kRequiredFieldMissing,
           "is missing, and nothing else says the planned day");
    }
  }
  happened.push_back(Stamp(kEventRecorded));
  happened.push_back(Stamp(kMessageMade));
  if (happened.back().has_value()) event.recorded_at = happened.back()->time;
  for (const std::optional<TimeStamp>& stamp : happened) {
    if (!event.happened_at.has_value() && stamp.has_value()) event.happened_at = stamp->time;
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
    const std::optional<TimeStamp> stamp = Stamp(field);
    if (stamp.has_value() && stamp->day.has_value()) return stamp->day;
  }
  return std::nullopt;
}

std::optional<TimeStamp> EventReader::Stamp(Field field) {
  const std::string text = Text(field);
  if (text.empty()) return std::nullopt;
  const std::optional<TimeStamp> stamp = ParseTimeStamp(text, site_.zone);
  if (!stamp.has_value()) Fail(PlaceOf(field), ErrorCode::kDataTypeError, "is not a time stamp");
  return stamp;
}

std::optional<bool> EventReader::YesOrNo(Field field) {
  const std::string text = Text(field);
  if (text.empty()) return std::nullopt;
  if (text != "Y" && text != "N") Fail(PlaceOf(field), ErrorCode::kTableValueNotFound, "is neither Y nor N");
  return text == "Y";
}

}  // namespace

std::variant<ward::Event, NotOfConcern, Problem> ReadPatientEvent(const Message& message, const Site& site) {
  return EventReader(message, site).Read();
}

}  // namespace envej::hl7
