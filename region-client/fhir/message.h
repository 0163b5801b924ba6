#ifndef ENVEJ_REGION_CLIENT_FHIR_MESSAGE_H_
#define ENVEJ_REGION_CLIENT_FHIR_MESSAGE_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "region-client/fhir/element.h"
#include "region-client/fhir/problem.h"
#include "region-client/ward/event.h"

namespace envej::fhir {

// What a message is known by when it comes again: both ids the same.
struct MessageIds {
  std::string bundle_id;  // empty where it says none
  std::string header_id;  // an acknowledgement names it; empty where it could not be read

  bool operator==(const MessageIds&) const = default;
};

// One end of a message, as it says; what it does not say is empty.
struct Party {
  std::string endpoint;
  std::string sor_code;  // its number in the register of healthcare organisations (SOR)
  std::string ean_code;
  std::string name;

  bool operator==(const Party&) const = default;
};

// Why a message that is as it should be says nothing of a discharge.
enum class NoConcern : uint8_t {
  kLeave = 1,            // from the ward, in the same stay
  kNoStayYet = 2,        // planned, or not begun
  kAcknowledgement = 3,  // of a message of ours; it is not answered
};

struct Message {
  // As far as they could be read, whatever is wrong with the rest.
  MessageIds ids;
  Party sender;
  Party receiver;

  // Events, at least one; or why there is none.
  std::variant<Problem, NoConcern, std::vector<ward::Event>> says;
};

// Reads a message from outside: MedCom's HospitalNotification 3.0.2, or a message of FHIR R4 without MedCom's codes
// whose Encounter says it. One that is labelled as a test (HTEST) is not supported, and one that says that it was made
// after `now` is wrong (Place::PastTime). Pure; `copenhagen` is the time zone in which days are meant. What is clinical
// is dropped.
Message ReadMessage(absl::string_view bytes, Form form, const absl::TimeZone& copenhagen, absl::Time now);

}  // namespace envej::fhir

#endif  // ENVEJ_REGION_CLIENT_FHIR_MESSAGE_H_
