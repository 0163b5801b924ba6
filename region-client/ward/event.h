#ifndef ENVEJ_REGION_CLIENT_WARD_EVENT_H_
#define ENVEJ_REGION_CLIENT_WARD_EVENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace envej::ward {

// What a ward's system says has happened to a patient, whatever it speaks: HL7 v2 (region-client/hl7), MedCom's FHIR
// (region-client/fhir). A decoder fills in what the message says and judges nothing; what is clinical it drops, so that
// it is nowhere behind the decoder.
//
// Nearly all of it names a citizen: it is never logged, counted by or put into an error's text.

// Who, as the source knows the patient: a CPR number, or a number of the hospital's own.
struct PatientId {
  std::string authority;  // who gives such numbers: HL7 PID-3.4, a FHIR identifier's system; may be empty
  std::string value;

  bool operator==(const PatientId&) const = default;
};

enum class EventKind : uint8_t {
  kAdmitted = 1,            // a stay began
  kMoved = 2,               // to another ward, in the same stay
  kDischarged = 3,          // a stay ended
  kDischargeCancelled = 4,  // it did not end
  kDischargePlanned = 5,    // it will end, on the day of discharge that is said
  kDischargePlanCancelled = 6,
  kUpdated = 7,         // something about the patient is otherwise than was said before
  kMerged = 8,          // two numbers are of one patient
  kEnteredInError = 9,  // what this stay's messages said never was
};

enum class PatientClass : uint8_t { kUnknown = 0, kInpatient = 1, kOther = 2 };

struct PostalAddress {
  std::string street;
  std::string postal_code;
  std::string city;

  bool operator==(const PostalAddress&) const = default;
};

// How far ahead of the clock here a message may say that it was recorded. A decoder refuses what says more: whatever
// comes later would be older than it.
inline constexpr absl::Duration kRecordedAheadMost = absl::Hours(1);

// What a message says of how the patient is reached. What it does not say is empty.
struct Contact {
  std::string name;                        // as the citizen is addressed: given names, then the family name
  std::vector<std::string> phone_numbers;  // as written there
  bool has_no_phone_number = false;        // it says so: one that was known before is none any more
  std::string email;
  std::optional<PostalAddress> postal_address;
  std::optional<bool> name_and_address_protection;

  bool operator==(const Contact&) const = default;
};

struct Event {
  EventKind kind = EventKind::kUpdated;
  std::vector<PatientId> patient;  // all numbers that are said, in order; at least one
  std::vector<PatientId> merged;   // of kMerged: those that are no more, and are the patient's from now on
  std::string stay;                // the stay's own number; empty where none is said
  std::string ward;     // where the patient is, or was discharged from: HL7 PV1-3.1, or the organisation's code
  std::string service;  // the hospital service: HL7 PV1-10
  PatientClass patient_class = PatientClass::kUnknown;
  bool discharged_home = true;  // false where it is said that the patient went elsewhere: another hospital, say
  std::optional<absl::Time> happened_at;        // when it did
  std::optional<absl::Time> recorded_at;        // when it was recorded, by which later word stands before earlier
  std::optional<absl::CivilDay> discharge_day;  // in Copenhagen
  std::optional<absl::CivilDay> planned_day;    // of kUpdated: the day on which a discharge is expected that is planned
  std::optional<absl::CivilDay> birth_day;
  std::optional<bool> deceased;
  Contact contact;
  std::string source;  // who handed it over: a message's (MessageName); no decoder fills it in
};

}  // namespace envej::ward

#endif  // ENVEJ_REGION_CLIENT_WARD_EVENT_H_
