#ifndef ENVEJ_BROKER_WIRE_INBOX_MESSAGES_H_
#define ENVEJ_BROKER_WIRE_INBOX_MESSAGES_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "broker/inbox/inboxes.h"
#include "envej/v1/inbox_service.pb.h"

namespace envej::wire {

// The broker's own values as messages of the inbox service, and back.

// Refused: REQUEST_OUT_OF_RANGE.
absl::StatusOr<inbox::PullRequest> ToPullRequest(const v1::PullNoticesRequest& request, const std::string& actor);
absl::StatusOr<absl::Duration> ToLeaseDuration(const v1::ExtendLeasesRequest& request);

// Nothing for a name that no lease can have: such a notice is not found.
std::optional<inbox::LeaseName> ToLeaseName(const v1::LeaseName& message);

// Nothing for a reason that is unspecified, that this version does not know, or that is not a municipality's to give.
std::optional<inbox::ReturnReason> ToReturnReason(v1::ReturnReason reason);

// DATA_LOSS if the stored content is no notice.
absl::StatusOr<v1::InboxItem> ToMessage(const inbox::PulledItem& item);

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_INBOX_MESSAGES_H_
