#include "broker/wire/sent_notice.h"

#include <openssl/crypto.h>

#include <utility>

#include "broker/wire/field_walk.h"
#include "broker/wire/lenient_reader.h"
#include "envej/v1/intake_service.grpc.pb.h"
#include "proto/contract/limits.h"
#include "proto/contract/rejection.h"

namespace envej::wire {
namespace {

using contract::Reason;

absl::Status Read(absl::string_view bytes, google::protobuf::Message& message, bool& is_well_formed) {
  is_well_formed = message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (is_well_formed) return absl::OkStatus();
  contract::Wipe(message);
  return ReadLeniently(bytes, message) ? absl::OkStatus() : contract::Refusal(Reason::kMessageMalformed);
}

template <typename Request>
absl::StatusOr<SentNotice> ReadCall(absl::string_view request) {
  Request message;
  const contract::WipeAtEnd<google::protobuf::Message> wipe(message);
  SentNotice sent;
  const absl::Status read = Read(request, message, sent.is_well_formed);
  if (!read.ok()) return read;
  sent.message = std::move(*message.mutable_notice());
  if constexpr (requires { message.region_code(); }) sent.region_code = message.region_code();
  return sent;
}

absl::string_view View(const grpc::Slice& slice) {
  return absl::string_view(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

}  // namespace

SentBytes::SentBytes(const grpc::ByteBuffer& buffer) {
  if (!buffer.Dump(&slices_).ok()) return;
  if (slices_.size() == 1) {
    view_ = View(slices_.front());
    return;
  }
  joined_.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices_) joined_.append(View(slice).data(), slice.size());
  view_ = joined_;
}

// A slice is only to be read because others may hold it too. Of these bytes, of one call's message, nobody else reads.
SentBytes::~SentBytes() {
  for (const grpc::Slice& slice : slices_) OPENSSL_cleanse(const_cast<uint8_t*>(slice.begin()), slice.size());
  contract::Wipe(joined_);
}

absl::StatusOr<SentNotice> ReadRequest(absl::string_view request, contract::SentAs sent_as) {
  return sent_as == contract::SentAs::kNew ? ReadCall<v1::SubmitNoticeRequest>(request)
                                           : ReadCall<v1::ReviseNoticeRequest>(request);
}

absl::StatusOr<std::vector<absl::string_view>> SplitBatch(absl::string_view request) {
  std::vector<absl::string_view> notices;
  FieldWalk walk(request);
  while (walk.Next()) {
    if (walk.number() != v1::SubmitNoticesRequest::kNoticesFieldNumber || !walk.content().has_value()) continue;
    if (notices.size() == contract::kBatchNotices) return contract::Refusal(Reason::kBatchTooLarge, "notices");
    notices.push_back(*walk.content());
  }
  if (!walk.IsComplete()) return contract::Refusal(Reason::kMessageMalformed);
  if (notices.empty()) return contract::Refusal(Reason::kBatchEmpty, "notices");
  return notices;
}

absl::StatusOr<SentNotice> ReadNotice(absl::string_view notice) {
  SentNotice sent;
  const absl::Status read = Read(notice, sent.message, sent.is_well_formed);
  if (!read.ok()) return read;
  return sent;
}

grpc::Status WriteAnswer(const google::protobuf::MessageLite& answer, grpc::ByteBuffer& buffer) {
  bool is_owned = false;  // always so, of what is made from a message
  return grpc::SerializationTraits<google::protobuf::MessageLite>::Serialize(answer, &buffer, &is_owned);
}

}  // namespace envej::wire
