#include "municipality-client/item_check.h"

#include <google/protobuf/util/json_util.h>

#include <string>
#include <utility>

#include "proto/contract/message_codec.h"
#include "proto/contract/notice_id.h"
#include "proto/contract/text_rules.h"

namespace envej::municipality_client {
namespace {

// The name becomes part of a file's name, and the region's word (an envelope or a withdrawal) on what it sent must be
// the broker's.
template <typename Word>
bool NamedAsLeased(const v1::LeaseName& name, const Word& word, absl::string_view municipality_code) {
  return contract::IsCode(name.region_code()) && contract::NoticeId::Parse(name.notice_id()).has_value() &&
         name.revision() > 0 && word.notice_id() == name.notice_id() && word.revision() == name.revision() &&
         absl::string_view(word.municipality_code()) == municipality_code;
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

// The arrival of an item, whose line is this message.
Verdict Keep(const v1::InboxItem& item, EntryKind kind, const google::protobuf::Message& message) {
  const v1::LeaseName& name = item.lease().name();
  Arrival arrival{
      .item = {.region_code = name.region_code(), .notice_id = name.notice_id(), .revision = name.revision()},
      .kind = kind,
      .replaces = item.replaces_revision() < name.revision() ? item.replaces_revision() : 0,
      .accepted_at = contract::FromMessage(item.accepted_at()),
      .line = ""};
  if (!google::protobuf::util::MessageToJsonString(message, &arrival.line).ok()) {
    return ReturnFor(v1::RETURN_REASON_RULES_BROKEN);
  }
  return {.arrival = std::move(arrival), .cause = std::nullopt};
}

Verdict CheckWithdrawal(const v1::InboxItem& item) {
  v1::Withdrawal withdrawal = item.withdrawal();
  withdrawal.clear_sealed();
  if (withdrawal.reason() == v1::WITHDRAWAL_REASON_UNSPECIFIED) {
    return ReturnFor(v1::RETURN_REASON_RULES_BROKEN, {contract::Reason::kWithdrawalReasonMissing});
  }
  return Keep(item, EntryKind::kWithdrawal, withdrawal);
}

}  // namespace

Verdict CheckItem(const v1::InboxItem& item, absl::string_view municipality_code, const contract::Moment& moment) {
  const v1::LeaseName& name = item.lease().name();
  switch (item.kind()) {
    case v1::ITEM_KIND_WITHDRAWAL:
      if (!NamedAsLeased(name, item.withdrawal(), municipality_code)) {
        return ReturnFor(v1::RETURN_REASON_RULES_BROKEN);
      }
      return CheckWithdrawal(item);
    case v1::ITEM_KIND_NOTICE:
    case v1::ITEM_KIND_REVISION:
      break;
    default:
      return ReturnFor(v1::RETURN_REASON_UNSUPPORTED);
  }
  if (item.notice().has_sealed()) return ReturnFor(v1::RETURN_REASON_CANNOT_BE_OPENED);
  if (!NamedAsLeased(name, item.notice().envelope(), municipality_code)) {
    return ReturnFor(v1::RETURN_REASON_RULES_BROKEN);
  }
  if (std::vector<contract::Reason> broken = BrokenRules(item.notice(), moment); !broken.empty()) {
    return ReturnFor(v1::RETURN_REASON_RULES_BROKEN, std::move(broken));
  }
  return Keep(item, EntryKind::kNotice, item.notice());
}

}  // namespace envej::municipality_client
