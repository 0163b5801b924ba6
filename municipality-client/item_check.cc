#include "municipality-client/item_check.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/notice_id.h"

namespace envej::municipality_client {
namespace {

bool IsCode(absl::string_view text) {
  return text.size() == 4 && std::all_of(text.begin(), text.end(),
                                         [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

// The name becomes part of a file's name, and the region's word on what it sent must be the broker's.
bool NamedAsLeased(const v1::InboxItem& item, absl::string_view municipality_code) {
  const v1::LeaseName& name = item.lease().name();
  const v1::Envelope& envelope = item.notice().envelope();
  return IsCode(name.region_code()) && contract::NoticeId::Parse(name.notice_id()).has_value() && name.revision() > 0 &&
         envelope.notice_id() == name.notice_id() && envelope.revision() == name.revision() &&
         absl::string_view(envelope.municipality_code()) == municipality_code;
}

std::vector<contract::Reason> BrokenRules(const v1::Notice& message, const contract::Moment& moment) {
  const contract::Notice notice = contract::FromMessage(message);
  std::vector<contract::Reason> broken;
  for (const contract::Rule& rule : contract::AllRules()) {
    const bool receivers = rule.scope == contract::Scope::kContent || rule.reason == contract::Reason::kUnknownField;
    const bool listed = !broken.empty() && broken.back() == rule.reason;
    if (receivers && !listed && rule.holds == contract::Holds::kAlways && rule.broken(notice, moment)) {
      broken.push_back(rule.reason);
    }
  }
  return broken;
}

Verdict ReturnFor(v1::ReturnReason reason, std::vector<contract::Reason> rules = {}) {
  return {.arrival = std::nullopt, .cause = ReturnCause{.reason = reason, .rules = std::move(rules)}};
}

}  // namespace

Verdict CheckItem(const v1::InboxItem& item, absl::string_view municipality_code, const contract::Moment& moment) {
  if (item.kind() != v1::ITEM_KIND_NOTICE) return ReturnFor(v1::RETURN_REASON_UNSUPPORTED);
  if (item.notice().has_sealed()) return ReturnFor(v1::RETURN_REASON_CANNOT_BE_OPENED);
  if (!NamedAsLeased(item, municipality_code)) return ReturnFor(v1::RETURN_REASON_RULES_BROKEN);
  if (std::vector<contract::Reason> broken = BrokenRules(item.notice(), moment); !broken.empty()) {
    return ReturnFor(v1::RETURN_REASON_RULES_BROKEN, std::move(broken));
  }
  Arrival arrival{.item = {.region_code = item.lease().name().region_code(),
                           .notice_id = item.lease().name().notice_id(),
                           .revision = item.lease().name().revision()},
                  .accepted_at = contract::FromMessage(item.accepted_at()),
                  .line = ""};
  if (!google::protobuf::util::MessageToJsonString(item.notice(), &arrival.line).ok()) {
    return ReturnFor(v1::RETURN_REASON_RULES_BROKEN);
  }
  return {.arrival = std::move(arrival), .cause = std::nullopt};
}

}  // namespace envej::municipality_client
