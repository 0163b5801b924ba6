#ifndef ENVEJ_REGION_CLIENT_HL7_CONTACT_H_
#define ENVEJ_REGION_CLIENT_HL7_CONTACT_H_

#include "region-client/hl7/message.h"
#include "region-client/ward/event.h"

namespace envej::hl7 {

// How the patient is reached, by PID-5, PID-11, PID-13 and PID-40, and at work, if that is asked for, by PID-14;
// patient_event.h says which of several. Without what PD1-12 says of protection.
ward::Contact ReadContact(const Message& message, bool also_at_work);

}  // namespace envej::hl7

#endif  // ENVEJ_REGION_CLIENT_HL7_CONTACT_H_
