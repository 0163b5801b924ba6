#include "broker/wire/inbox_messages.h"

#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/rejection.h"
#include "proto/contract/text_rules.h"

namespace envej::wire {
namespace {

// The lease's duration, or the default if none is given; nothing if it is out of range.
template <typename Request>
std::optional<absl::Duration> LeaseDuration(const Request& request) {
  if (!request.has_lease_duration()) return contract::kLeaseDefault;
  const absl::Duration duration = contract::FromMessage(request.lease_duration());
  if (duration < contract::kLeaseLeast || duration > contract::kLeaseMost) return std::nullopt;
  return duration;
}

}  // namespace

absl::StatusOr<inbox::PullRequest> ToPullRequest(const v1::PullNoticesRequest& request, const std::string& actor) {
  const auto out_of_range = [](absl::string_view field) {
    return contract::Refusal(contract::Reason::kRequestOutOfRange, field);
  };
  if (request.max_notices() < 0 || request.max_notices() > contract::kBatchNotices) return out_of_range("max_notices");
  if (request.max_bytes() < 0 || static_cast<size_t>(request.max_bytes()) > contract::kBatchBytes) {
    return out_of_range("max_bytes");
  }
  const absl::Duration wait = contract::FromMessage(request.wait());
  if (wait < absl::ZeroDuration() || wait > contract::kPullWaitMost) return out_of_range("wait");
  const std::optional<absl::Duration> lease = LeaseDuration(request);
  if (!lease.has_value()) return out_of_range("lease_duration");
  return inbox::PullRequest{
      .municipality_code = request.municipality_code(),
      .actor = actor,
      .max_notices =
          static_cast<size_t>(request.max_notices() == 0 ? contract::kPullNoticesDefault : request.max_notices()),
      .max_bytes = request.max_bytes() == 0 ? contract::kBatchBytes : static_cast<size_t>(request.max_bytes()),
      .wait = wait,
      .lease = *lease};
}

absl::StatusOr<absl::Duration> ToLeaseDuration(const v1::ExtendLeasesRequest& request) {
  const std::optional<absl::Duration> duration = LeaseDuration(request);
  if (!duration.has_value()) return contract::Refusal(contract::Reason::kRequestOutOfRange, "lease_duration");
  return *duration;
}

std::optional<inbox::LeaseName> ToLeaseName(const v1::LeaseName& message) {
  const std::optional<contract::NoticeId> id = contract::NoticeId::Parse(message.notice_id());
  if (!id.has_value() || !contract::IsCode(message.region_code()) ||
      message.token().size() > contract::kTokenCharacters) {
    return std::nullopt;
  }
  return inbox::LeaseName{
      .region_code = message.region_code(), .id = *id, .revision = message.revision(), .token = message.token()};
}

std::optional<inbox::ReturnReason> ToReturnReason(v1::ReturnReason reason) {
  if (reason <= v1::RETURN_REASON_UNSPECIFIED || !v1::ReturnReason_IsValid(reason) ||
      reason == v1::RETURN_REASON_NOT_DELIVERABLE) {
    return std::nullopt;
  }
  return static_cast<inbox::ReturnReason>(reason);
}

absl::StatusOr<v1::InboxItem> ToMessage(const inbox::PulledItem& item) {
  v1::InboxItem message;
  if (!message.ParseFromString(item.content)) {
    return absl::DataLossError("the store holds content that cannot be read");
  }
  message.set_kind(static_cast<v1::ItemKind>(item.record.kind));
  v1::LeaseName& name = *message.mutable_lease()->mutable_name();
  name.set_region_code(item.item.notice.region_code);
  name.set_notice_id(item.item.notice.id.ToString());
  name.set_revision(item.item.revision);
  name.set_token(item.record.token);
  *message.mutable_lease()->mutable_expires_at() = contract::ToMessage(item.record.lease_expires_at);
  *message.mutable_accepted_at() = contract::ToMessage(item.record.newest.accepted_at);
  message.set_lease_count(item.record.lease_count);
  message.set_replaces_revision(item.record.delivered_revision);
  return message;
}

}  // namespace envej::wire
