#ifndef ENVEJ_REGION_CLIENT_HL7_ACKNOWLEDGEMENT_H_
#define ENVEJ_REGION_CLIENT_HL7_ACKNOWLEDGEMENT_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "region-client/hl7/problem.h"

namespace envej::hl7 {

// The application's acknowledgement code, of table 0008.
enum class AcknowledgementCode {
  kAccept,  // AA: it is kept, or of no concern; not to be sent again
  kError,   // AE: what it says is wrong; sent again as it is, it is refused again
  kReject,  // AR: of a kind that is not taken here, or it cannot be kept now: then it may be sent again
};

AcknowledgementCode CodeFor(const std::optional<Problem>& problem);

// What an acknowledgement says of itself.
struct OwnHeader {
  std::string control_id;  // MSH-10: 1 to 20 printable ASCII characters, never the same again
  absl::Time now;
  absl::TimeZone zone;
};

// The ACK for what was received, in its delimiters, version, character set and processing id: receiver and sender
// exchanged, the answered MSH-10 in MSA-2. With a problem, an ERR says place, table 0357's code and why: as ERR-1 up to
// 2.4, as ERR-2, 3, 4 and 7 from 2.5 on. Segments end with CR.
//
// `message` may be anything, also what Message::Read refuses, or the beginning of what is too long. Of what has no
// header that can be read it is said as well as can be, as 2.5: with MSA-2 empty. A field that is longer than HL7 lets
// it be is left out, and so are characters that control.
//
// Where MSH-15 or MSH-16 is valued, the enhanced mode holds (HL7 2.5.1, section 2.9.3), and each says when it asks for
// an acknowledgement: AL always, ER of a problem, SU without one, NE never. There is one answer at most, for all is
// done before it is given: the accept acknowledgement (CA; CR where MSH-9, 11 or 12 is not taken here; else CE) where
// MSH-15 asks for it, else the application's where MSH-16 does, else none: it is empty.
std::string Acknowledge(absl::string_view message, const std::optional<Problem>& problem, const OwnHeader& own);

}  // namespace envej::hl7

#endif  // ENVEJ_REGION_CLIENT_HL7_ACKNOWLEDGEMENT_H_
