#ifndef ENVEJ_BROKER_WIRE_PAGE_TOKEN_H_
#define ENVEJ_BROKER_WIRE_PAGE_TOKEN_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "broker/inbox/inboxes.h"

namespace envej::wire {

// A page token: where the next page of one query starts, opaque to callers. It authorises nothing: whose notices are
// listed comes from the certificate, and a token of another query is refused (AIP-158).
std::string EncodePageToken(const inbox::ListQuery& query, const contract::NoticeId& after);

// Nothing if the token was not made for this query (`query.after` is not looked at).
std::optional<contract::NoticeId> DecodePageToken(const inbox::ListQuery& query, absl::string_view token);

}  // namespace envej::wire

#endif  // ENVEJ_BROKER_WIRE_PAGE_TOKEN_H_
