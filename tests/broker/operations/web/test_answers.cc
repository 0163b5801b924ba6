#include "tests/broker/operations/web/test_answers.h"

#include <google/protobuf/util/json_util.h>

#include <string>

#include "proto/contract/rejection.h"

namespace envej::operations {
namespace {

bool Read(absl::string_view json, google::protobuf::Message& message) {
  message.Clear();
  return google::protobuf::util::JsonStringToMessage(std::string(json), &message).ok();
}

}  // namespace

bool TestAnswers::Set(absl::string_view part, absl::string_view json) {
  const MutexLock lock(mutex_);
  if (part == "inboxes") return Read(json, inboxes_);
  if (part == "late") return Read(json, late_);
  if (part == "status") return Read(json, status_);
  if (part == "participants") return Read(json, participants_);
  return part == "trace" && Read(json, trace_);
}

absl::StatusOr<v1::ListInboxesResponse> TestAnswers::ListInboxes(const v1::ListInboxesRequest& request) {
  const MutexLock lock(mutex_);
  if (request.municipality_code().empty()) return inboxes_;
  v1::ListInboxesResponse one;
  for (const v1::InboxStatus& inbox : inboxes_.inboxes()) {
    if (inbox.municipality_code() == request.municipality_code()) *one.add_inboxes() = inbox;
  }
  if (one.inboxes().empty()) return contract::Refusal(contract::Reason::kMunicipalityUnknown);
  return one;
}

absl::StatusOr<v1::ListOperationsNoticesResponse> TestAnswers::ListNotices(
    const v1::ListOperationsNoticesRequest& request) {
  const MutexLock lock(mutex_);
  notice_pages_.push_back(request.page_size());
  v1::ListOperationsNoticesResponse some;
  some.set_left_out(late_.left_out());
  some.set_next_page_token(late_.next_page_token());
  for (const v1::OperationsNotice& notice : late_.notices()) {
    if (notice.municipality_code() == request.municipality_code()) *some.add_notices() = notice;
  }
  return some;
}

absl::StatusOr<v1::TraceNoticeResponse> TestAnswers::TraceNotice(const v1::TraceNoticeRequest& request) {
  const MutexLock lock(mutex_);
  if (trace_.traces().empty() || trace_.traces(0).notice().notice_id() != request.notice_id()) {
    return contract::Refusal(contract::Reason::kNoticeNotFound);
  }
  return trace_;
}

absl::StatusOr<v1::ListParticipantsResponse> TestAnswers::ListParticipants(const v1::ListParticipantsRequest&) {
  const MutexLock lock(mutex_);
  return participants_;
}

absl::StatusOr<v1::GetBrokerStatusResponse> TestAnswers::GetBrokerStatus(const v1::GetBrokerStatusRequest&) {
  const MutexLock lock(mutex_);
  return status_;
}

}  // namespace envej::operations
