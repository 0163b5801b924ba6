#ifndef ENVEJ_BROKER_ADMISSION_PARTICIPANTS_READER_H_
#define ENVEJ_BROKER_ADMISSION_PARTICIPANTS_READER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "broker/admission/participants.h"

namespace envej::admission {

// Reads and checks the register of participants; deploy/participants.yaml shows its form. Refused are, beside what
// yaml_reader.h refuses: codes that are not four digits; a code or name twice; an agreement with an unknown region, or
// with an unknown or not participating municipality, or that ends before it begins, or that overlaps another one of the
// same two; a participating municipality without scheme name, phone number or leaflet text; a phone number that is not
// E.164; text that is not NFC or holds control characters (line breaks in the leaflet's text are allowed); a region
// that succeeds an unknown one, or itself by any way round; a certificate's subject that stands twice, whoever it is
// of. Errors: as in yaml_reader.h.
absl::StatusOr<Participants> ReadParticipants(absl::string_view path);

}  // namespace envej::admission

#endif  // ENVEJ_BROKER_ADMISSION_PARTICIPANTS_READER_H_
