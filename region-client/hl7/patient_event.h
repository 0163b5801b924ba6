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
  // MSH-11 of the messages that count, so that nobody's training becomes a notice. An empty MSH-11 counts too.
  std::string processing_id = "P";
};

// A message that is right, and says nothing that a notice follows from: it is to be acknowledged and forgotten.
struct NotOfConcern {
  std::string event;  // such as "ADT^A04"; empty if MSH-9 is not made of two times three capital letters and digits
};

// What an ADT message says has happened:
//   A01 admitted; A02 moved; A03 discharged; A08, A31 updated; A11 admission cancelled, so that it never was;
//   A13 discharge cancelled; A16 discharge planned; A25 that plan cancelled; A40 two numbers of one patient.
// Every other message is NotOfConcern, whatever else it says.
//
// PID is required, with a number in PID-3 (or, of an old version, PID-2); PV1 of A01, A02, A03 and A16; MRG-1 of A40; a
// day of discharge of A03 and A16. It is one patient's: a second PID is a problem, and so is a time stamp that is none,
// or a Y/N that is neither, among the fields that are read. What is said explicitly to be nothing ("") is as absent.
//   happened_at  EVN-6, else of a discharge its time, else EVN-2, else MSH-7; of these the first that says an hour
//   discharge_day  of A03, A08 and A31 PV1-45; of A03 else as the site says; of A16 PV2-9, else PV1-45, else EVN-3
//   contact  the name of PID-5 that is the legal one, else the first; the first address of PID-11 that is neither bad,
//            former, of birth nor of work; telephones of PID-13, PID-14 and PID-40, but no fax and no pager
//   deceased  true if PID-30 says so or PID-29 says when
//   name_and_address_protection  PD1-12
std::variant<ward::Event, NotOfConcern, Problem> ReadPatientEvent(const Message& message, const Site& site);

}  // namespace envej::hl7

#endif  // ENVEJ_REGION_CLIENT_HL7_PATIENT_EVENT_H_
