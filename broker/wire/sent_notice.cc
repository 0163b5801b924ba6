#include "broker/wire/sent_notice.h"

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
  message.Clear();
  return ReadLeniently(bytes, message) ? absl::OkStatus() : contract::Refusal(Reason::kMessageMalformed);
}

}  // namespace

grpc::Slice JoinBytes(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.TrySingleSlice(&slice).ok() && !buffer.DumpToSingleSlice(&slice).ok()) return grpc::Slice();
  return slice;
}

absl::string_view View(const grpc::Slice& slice) {
  return absl::string_view(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

absl::StatusOr<SentNotice> ReadRequest(absl::string_view request) {
  v1::SubmitNoticeRequest message;
  SentNotice sent;
  const absl::Status read = Read(request, message, sent.is_well_formed);
  if (!read.ok()) return read;
  sent.message = std::move(*message.mutable_notice());
  return sent;
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
