#ifndef ENVEJ_REGION_CLIENT_HL7_MLLP_FRAMING_H_
#define ENVEJ_REGION_CLIENT_HL7_MLLP_FRAMING_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace envej::hl7 {

// HL7's Minimal Lower Layer Protocol: each message between 0x0B and 0x1C 0x0D.

std::string EncodeFrame(absl::string_view message);

// Finds the frames in what comes, however it is cut. One thread at a time.
class FrameDecoder {
 public:
  // Messages have at most so many bytes; one byte more is kept at most.
  explicit FrameDecoder(size_t message_bytes_most) : message_bytes_most_(message_bytes_most) {}

  // Takes away from the beginning of `bytes` up to the end of one frame, and gives its message; or takes all, and
  // nothing if the frame is not at its end. After an error there is no telling where the next frame begins: nothing
  // more is to be decoded.
  //   INVALID_ARGUMENT: between frames stands anything but CR and LF, or more than 1024 of them; a frame begins within
  //   a frame; 0x1C is not followed by 0x0D. RESOURCE_EXHAUSTED: the message is too long; TakeMessage gives its
  //   beginning, one byte more than it may have.
  absl::StatusOr<std::optional<std::string>> Decode(absl::string_view& bytes);

  // A frame has begun, and not ended.
  bool is_within_frame() const { return state_ != State::kBetween; }

  // What came of the frame that has not ended.
  std::string TakeMessage();

 private:
  enum class State { kBetween, kWithin, kEnding };

  absl::Status TakeText(absl::string_view& bytes);

  const size_t message_bytes_most_;
  State state_ = State::kBetween;
  size_t between_bytes_ = 0;  // since the last frame
  std::string message_;
};

}  // namespace envej::hl7

#endif  // ENVEJ_REGION_CLIENT_HL7_MLLP_FRAMING_H_
