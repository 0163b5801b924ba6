#include "region-client/hl7/mllp_framing.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace envej::hl7 {
namespace {

constexpr char kBegin = '\x0B';
constexpr char kEnd = '\x1C';
constexpr char kAfterEnd = '\r';
constexpr size_t kBetweenBytesMost = 1024;

}  // namespace

std::string EncodeFrame(absl::string_view message) {
  std::string frame(1, kBegin);
  frame.append(message.data(), message.size());
  frame += kEnd;
  frame += kAfterEnd;
  return frame;
}

absl::StatusOr<std::optional<std::string>> FrameDecoder::Decode(absl::string_view& bytes) {
  while (!bytes.empty()) {
    const char next = bytes.front();
    switch (state_) {
      case State::kBetween:
        bytes.remove_prefix(1);
        if (next == kBegin) {
          state_ = State::kWithin;
          between_bytes_ = 0;
        } else if ((next != '\r' && next != '\n') || ++between_bytes_ > kBetweenBytesMost) {
          return absl::InvalidArgumentError("something stands between the frames");
        }
        break;
      case State::kWithin:
        if (const absl::Status status = TakeText(bytes); !status.ok()) return status;
        break;
      case State::kEnding:
        if (next != kAfterEnd) return absl::InvalidArgumentError("the end of a frame is not complete");
        bytes.remove_prefix(1);
        state_ = State::kBetween;
        return TakeMessage();
    }
  }
  return std::nullopt;
}

absl::Status FrameDecoder::TakeText(absl::string_view& bytes) {
  const size_t size = std::min(bytes.find_first_of("\x0B\x1C"), bytes.size());
  const size_t taken = std::min(size, message_bytes_most_ + 1 - message_.size());
  message_.append(bytes.data(), taken);
  bytes.remove_prefix(taken);
  if (message_.size() > message_bytes_most_) {
    return absl::ResourceExhaustedError(absl::StrCat("a message is longer than ", message_bytes_most_, " bytes"));
  }
  if (bytes.empty()) return absl::OkStatus();
  if (bytes.front() == kBegin) return absl::InvalidArgumentError("a frame begins within a frame");
  bytes.remove_prefix(1);
  state_ = State::kEnding;
  return absl::OkStatus();
}

std::string FrameDecoder::TakeMessage() { return std::exchange(message_, {}); }

}  // namespace envej::hl7
