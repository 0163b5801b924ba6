#ifndef ENVEJ_REGION_CLIENT_HL7_PATIENT_EVENT_H_
#define ENVEJ_REGION_CLIENT_HL7_PATIENT_EVENT_H_

#include <cstdint>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "region-client/hl7/message.h"
#include "region-client/hl7/problem.h"
#include "region-client/ward/event.h"

namespace envej::hl7 {

// How one hospital's system writes what HL7 leaves to it.
struct Site {
  enum class DischargeTimeField : uint8_t { kEventOccurred /* EVN-6 */, kEventRecorded /* EVN-2 */ };

  absl::TimeZone zone;  // of times that name none: that of Copenhagen
  // Where the time of a discharge lies that PV1-45 does not say, the first that says one.
  std::vector<DischargeTimeField> discharge_time = {DischargeTimeField::kEventOccurred,
                                                    DischargeTimeField::kEventRecorded};
  // Codes by which PV1-36 (how) or PV1-37 (where to) say that the patient did not go home.
  std::set<std::string> dispositions_elsewhere = {};
  std::set<std::string> locations_elsewhere = {};
  // PV1-2 of those who lie in a bed of the hospital.
  std::set<std::string> inpatient_classes = {"I"};
  // Wards of several hospitals may have the same name: with their hospital's (PV1-3.4) before them, "NORD/P1".
  bool wards_by_facility = false;
  // Telephones at work (PID-14, and by XTN.2 WPN) are the citizen's too.
  bool telephones_at_work = false;
  // MSH-11 of the messages that count, so that nobody's training becomes a notice. An empty MSH-11 counts too.
  std::string processing_id = "P";
};

// A message that is right, and says nothing that a notice follows from: it is to be acknowledged and forgotten.
struct NotOfConcern {
  std::string event;  // such as "ADT^A04"; empty if MSH-9 is not made of two times three capital letters and digits
};

// What an ADT message says has happened:
//   A01 admitted; A02 moved; A06, A07 moved, from and to visits as an outpatient; A03 discharged; A08, A31 updated;
//   A11 admission cancelled, so that it never was; A13 discharge cancelled; A16 discharge planned; A25 that plan
//   cancelled; A40 two numbers of one patient, and so A30, A34, A36 and A47 with numbers in PID-3 and MRG-1.
// Of any other, if it says that the patient is dead, that is told as an update, and nothing else of it. All else is
// NotOfConcern, whatever it says.
//
// PID is required, with a number in PID-3 (or, of an old version, PID-2); PV1 of A01, A02, A03, A06, A07 and A16; MRG-1
// of A40; a day of discharge of A03 and A16. It is one patient's: a second PID is a problem, and so is a time stamp
// that is none, or a Y/N that is neither, among the fields that are read. When something happened or was recorded
// (EVN-6, EVN-2, MSH-7) is not more than ward::kRecordedAheadMost after `now`. PID-5 and who gives a number (PID-3.4)
// are within the bounds of text_bounds.h. At least one of those times, or of a discharge its own, says an hour. What is
// said explicitly to be nothing ("") is as absent, but for telephones.
//   recorded_at  EVN-2, else MSH-7, which engines make anew when they send again; of these the first that says an hour
//   happened_at  EVN-6, of a plan not; else of a discharge its time, unless that is still to come; else as recorded_at
//   patient_class  as PV1-2 says; where it does not, of A06 inpatient, of A07 another
//   discharge_day  of A03, A08 and A31 PV1-45; of A03 else as the site says; of A16 PV2-9, else PV1-45, else EVN-3
//   planned_day  of A08 and A31 PV2-9
//   contact  the name of PID-5 that is the legal one, else the first; the first address of PID-11 that is neither bad,
//            former, of birth nor of work; telephones of PID-13 and PID-40, but no fax and no pager, and none of
//            another person (XTN.2 EMR, ASN); none, if PID-13 or PID-40 is explicitly nothing and there is no other
//   deceased  true if PID-30 says so or PID-29 says when
//   name_and_address_protection  PD1-12
std::variant<ward::Event, NotOfConcern, Problem> ReadPatientEvent(const Message& message, const Site& site,
                                                                  absl::Time now);

}  // namespace envej::hl7

#endif  // ENVEJ_REGION_CLIENT_HL7_PATIENT_EVENT_H_
