#ifndef ENVEJ_REGION_CLIENT_HL7_MLLP_LIMITS_H_
#define ENVEJ_REGION_CLIENT_HL7_MLLP_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"
#include "region-client/hl7/message.h"

namespace envej::hl7 {

// What senders can take of a listener. Tests use others.
struct MllpLimits {
  size_t connections = 64;  // after their handshake; one more, and of those at rest the one is closed whose last
                            // message is oldest, or else the new one
  size_t handshakes = 16;   // at once; one more, and the oldest is closed
  size_t message_bytes = kMessageBytesMost;
  absl::Duration handshake = absl::Seconds(5);
  absl::Duration idle = absl::Hours(12);       // from an answer to the first byte of the next frame
  absl::Duration frame = absl::Seconds(30);    // from a frame's first byte to its last
  absl::Duration answer = absl::Seconds(10);   // for an answer to be taken
  absl::Duration farewell = absl::Seconds(1);  // for one that is under way when all is to end
};

}  // namespace envej::hl7

#endif  // ENVEJ_REGION_CLIENT_HL7_MLLP_LIMITS_H_
