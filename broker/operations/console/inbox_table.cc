#include "broker/operations/console/inbox_table.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "broker/operations/console/attention.h"
#include "broker/operations/console/figures.h"
#include "proto/contract/message_codec.h"

namespace envej::console {
namespace {

// The number first: a narrow screen cuts the end.
std::string PhoneOf(const v1::Contact& contact) { return absl::StrCat(contact.phone_number(), " ", contact.name()); }

}  // namespace

Table InboxTable(const std::vector<v1::InboxStatus>& inboxes, TimeForm form, const absl::TimeZone& zone,
                 absl::Time now) {
  const auto time = [&](bool present, const google::protobuf::Timestamp& at) {
    if (!present) return std::string();
    return form == TimeForm::kAgo ? Ago(contract::FromMessage(at), now) : LocalTimeAndAgo(true, at, zone, now);
  };
  Table table({{"CODE"},
               {"NAME"},
               {"ATTENTION"},
               {"WAITING", Align::kRight},
               {"ON CALL"},
               {"LEASED", Align::kRight},
               {"PARKED", Align::kRight},
               {"MISSING", Align::kRight},
               {"OVERDUE", Align::kRight},
               {"UNDELIVERED", Align::kRight},
               {"OLDEST"},
               {"LAST FETCH"},
               {"CONSUMERS", Align::kRight},
               {"ACCEPTED", Align::kRight},
               {"ACKNOWLEDGED", Align::kRight},
               {"RETURNED", Align::kRight}});
  for (const v1::InboxStatus& inbox : inboxes) {
    const Attention attention = AttentionOf(inbox, now);
    table.Add({inbox.municipality_code(), inbox.name(), attention.text, absl::StrCat(inbox.waiting()),
               inbox.has_on_call() ? PhoneOf(inbox.on_call()) : "", absl::StrCat(inbox.leased()),
               absl::StrCat(inbox.parked()), absl::StrCat(inbox.missing()), absl::StrCat(inbox.overdue()),
               absl::StrCat(inbox.undelivered()), time(inbox.has_oldest_entered_at(), inbox.oldest_entered_at()),
               time(inbox.has_last_fetch_at(), inbox.last_fetch_at()), absl::StrCat(inbox.consumers_connected()),
               absl::StrCat(inbox.accepted_today()), absl::StrCat(inbox.acknowledged_today()),
               absl::StrCat(inbox.returned_today())},
              EmphasisOf(attention));
  }
  return table;
}

std::string Totals(const std::vector<v1::InboxStatus>& inboxes) {
  v1::InboxStatus sum;
  uint64_t silent = 0;
  for (const v1::InboxStatus& inbox : inboxes) {
    silent += inbox.silent() ? 1 : 0;
    sum.set_waiting(sum.waiting() + inbox.waiting());
    sum.set_leased(sum.leased() + inbox.leased());
    sum.set_parked(sum.parked() + inbox.parked());
    sum.set_missing(sum.missing() + inbox.missing());
    sum.set_overdue(sum.overdue() + inbox.overdue());
    sum.set_undelivered(sum.undelivered() + inbox.undelivered());
    sum.set_accepted_today(sum.accepted_today() + inbox.accepted_today());
    sum.set_acknowledged_today(sum.acknowledged_today() + inbox.acknowledged_today());
    sum.set_returned_today(sum.returned_today() + inbox.returned_today());
  }
  return absl::StrCat(Counted(inboxes.size(), "inbox", "inboxes"), ", ", silent, " silent; ", sum.waiting(),
                      " waiting, ", sum.leased(), " leased, ", sum.parked(), " parked, ", sum.missing(), " missing; ",
                      sum.overdue(), " overdue, ", sum.undelivered(), " undelivered; today ", sum.accepted_today(),
                      " accepted, ", sum.acknowledged_today(), " acknowledged, ", sum.returned_today(), " returned");
}

}  // namespace envej::console
