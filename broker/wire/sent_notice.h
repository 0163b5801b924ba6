#ifndef ENVEJ_BROKER_WIRE_SENT_NOTICE_H_
#define ENVEJ_BROKER_WIRE_SENT_NOTICE_H_

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>
#include <grpcpp/support/status.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "envej/v1/notice.pb.h"
#include "proto/contract/notice_rules.h"
#include "proto/contract/wiping.h"

namespace envej::wire {

// The two submit calls take bytes and read them here: gRPC would refuse a whole batch for one notice that is no
// message, without a reason of ours.

// A notice as it was sent; wiped when it goes.
struct SentNotice {
  SentNotice() = default;
  ~SentNotice() { contract::Wipe(message); }
  SentNotice(SentNotice&&) = default;
  SentNotice& operator=(SentNotice&&) = default;

  v1::Notice message;
  std::string region_code;  // whose it is said to be; empty for the caller's own
  // Whether it is what the contract's schema says. If not, it was read as far as to say what is wrong with it, and
  // must be refused.
  bool is_well_formed = true;
};

// The bytes of a call as one piece, which is a copy only if they came in several. They may hold plain content: when it
// goes, both are wiped, and the call's own buffer must not be read again.
class SentBytes {
 public:
  explicit SentBytes(const grpc::ByteBuffer& buffer);
  ~SentBytes();
  SentBytes(const SentBytes&) = delete;
  SentBytes& operator=(const SentBytes&) = delete;

  absl::string_view view() const { return view_; }

 private:
  std::vector<grpc::Slice> slices_;  // the call's own
  std::string joined_;
  absl::string_view view_;
};

// The notice of a SubmitNoticeRequest, or of a ReviseNoticeRequest; an empty one if it has none. Refused:
// MESSAGE_MALFORMED.
absl::StatusOr<SentNotice> ReadRequest(absl::string_view request, contract::SentAs sent_as);

// The bytes of each notice of a SubmitNoticesRequest, within `request`. Refused: BATCH_EMPTY, BATCH_TOO_LARGE (more
// than the contract's number of notices), MESSAGE_MALFORMED.
absl::StatusOr<std::vector<absl::string_view>> SplitBatch(absl::string_view request);
// One of them. Refused: MESSAGE_MALFORMED.
absl::StatusOr<SentNotice> ReadNotice(absl::string_view notice);

// Makes a call's answer bytes, as gRPC itself does.
grpc::Status WriteAnswer(const google::protobuf::MessageLite& answer, grpc::ByteBuffer& buffer);

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_SENT_NOTICE_H_
