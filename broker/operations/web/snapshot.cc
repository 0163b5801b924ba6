#include "broker/operations/web/snapshot.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace envej::operations {
namespace {

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

bool WasFollowed(const v1::SeenCertificate& certificate, const v1::Participant& participant) {
  return std::any_of(participant.certificates().begin(), participant.certificates().end(),
                     [&](const v1::SeenCertificate& other) {
                       return other.origin() == certificate.origin() &&
                              ToTime(other.expires_at()) > ToTime(certificate.expires_at()) &&
                              ToTime(other.last_seen_at()) >= ToTime(certificate.last_seen_at());
                     });
}

template <typename Response>
std::string JsonOf(const absl::StatusOr<Response>& answer) {
  return answer.ok() ? ToJson(*answer) : "null";
}

}  // namespace

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  return status.ok() ? json : "null";
}

v1::ListParticipantsResponse WorthTelling(const v1::ListParticipantsResponse& all, absl::Time now) {
  const auto is_late = [&](const google::protobuf::Timestamp& at) { return ToTime(at) > now + kExpiresSoon; };
  v1::ListParticipantsResponse worth;
  for (const v1::Participant& participant : all.participants()) {
    v1::Participant told = participant;
    told.clear_certificates();
    for (const v1::SeenCertificate& certificate : participant.certificates()) {
      if (!is_late(certificate.expires_at()) && !WasFollowed(certificate, participant)) {
        *told.add_certificates() = certificate;
      }
    }
    const auto& inbox_certificates = participant.inbox_certificates_expire_at();
    if (std::any_of(inbox_certificates.begin(), inbox_certificates.end(), is_late)) {
      told.clear_inbox_certificates_expire_at();
    }
    const bool expires = !told.certificates().empty() || !told.inbox_certificates_expire_at().empty();
    if (told.suspended() || expires) *worth.add_participants() = told;
  }
  return worth;
}

v1::ListParticipantsResponse Unseen(const v1::ListParticipantsResponse& all) {
  v1::ListParticipantsResponse unseen;
  for (const v1::Participant& participant : all.participants()) {
    if (!participant.certificates().empty() || participant.suspended() || participant.left_register()) continue;
    v1::Participant& told = *unseen.add_participants();
    told.set_participant(participant.participant());
    told.set_name(participant.name());
    if (participant.has_on_call()) *told.mutable_on_call() = participant.on_call();
  }
  return unseen;
}

absl::StatusOr<v1::ListOperationsNoticesResponse> LateNotices(Answers& answers, const std::string& municipality_code) {
  v1::ListOperationsNoticesRequest request;
  request.set_municipality_code(municipality_code);
  request.set_late_only(true);
  request.set_page_size(kLateNoticesMost);
  return answers.ListNotices(request);
}

std::string SnapshotMaker::Make(absl::Time now, absl::Duration passed) {
  absl::StatusOr<v1::ListInboxesResponse> inboxes = answers_.ListInboxes({});
  const absl::StatusOr<v1::GetBrokerStatusResponse> status = answers_.GetBrokerStatus({});
  const absl::StatusOr<v1::ListParticipantsResponse> participants = answers_.ListParticipants({});
  const std::string late = inboxes.ok() ? Late(*inboxes, passed) : "null";
  // Counted again is not changed.
  if (inboxes.ok()) inboxes->clear_counted_at();
  return absl::StrCat("\"inboxes\":", JsonOf(inboxes), ",\"status\":", JsonOf(status),
                      ",\"participants\":", participants.ok() ? ToJson(WorthTelling(*participants, now)) : "null",
                      ",\"unseen\":", participants.ok() ? ToJson(Unseen(*participants)) : "null", ",\"late\":", late);
}

const std::string& SnapshotMaker::Late(const v1::ListInboxesResponse& inboxes, absl::Duration passed) {
  std::string numbers;
  for (const v1::InboxStatus& inbox : inboxes.inboxes()) {
    if (inbox.overdue() == 0 && inbox.undelivered() == 0) continue;
    absl::StrAppend(&numbers, inbox.municipality_code(), " ", inbox.overdue(), " ", inbox.undelivered(), "\n");
  }
  if (!late_.empty() && numbers == late_of_ && passed - late_at_ < kLateEvery) return late_;
  late_of_ = numbers;
  late_at_ = passed;
  v1::ListOperationsNoticesResponse all;
  int asked = 0;
  bool is_whole = true;
  for (const v1::InboxStatus& inbox : inboxes.inboxes()) {
    if (inbox.overdue() == 0 && inbox.undelivered() == 0) continue;
    if (asked++ == kLateInboxesMost) {
      is_whole = false;
      break;
    }
    const absl::StatusOr<v1::ListOperationsNoticesResponse> late = LateNotices(answers_, inbox.municipality_code());
    if (!late.ok()) return late_ = "null";
    all.mutable_notices()->MergeFrom(late->notices());
    is_whole = is_whole && late->next_page_token().empty();
    all.set_left_out(all.left_out() + late->left_out());
  }
  if (!is_whole) all.set_next_page_token("more");
  return late_ = ToJson(all);
}

}  // namespace envej::operations
