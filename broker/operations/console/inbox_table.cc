#include "broker/operations/console/inbox_table.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "broker/operations/console/figures.h"
#include "proto/contract/message_codec.h"

namespace envej::console {
namespace {

// The ranks of attention, the most pressing last.
enum Rank { kNone, kMissing, kParked, kSuspended, kOverdue, kUndelivered, kSilent };

uint64_t Held(const v1::InboxStatus& inbox) {
  return inbox.waiting() + inbox.leased() + inbox.parked() + inbox.missing();
}

absl::Time OldestOf(const v1::InboxStatus& inbox) {
  return inbox.has_oldest_entered_at() ? contract::FromMessage(inbox.oldest_entered_at()) : absl::InfiniteFuture();
}

std::string PhoneOf(const v1::Contact& contact) {
  return absl::StrJoin(std::vector<std::string>{contact.name(), contact.phone_number()}, " ");
}

Emphasis EmphasisOf(int rank) {
  if (rank >= kOverdue) return Emphasis::kTrouble;
  return rank > kNone ? Emphasis::kWarning : Emphasis::kPlain;
}

std::string SilentFor(const v1::InboxStatus& inbox, absl::Time now) {
  if (!inbox.has_silent_since()) return "SILENT";
  return absl::StrCat("SILENT for ", RoughDuration(now - contract::FromMessage(inbox.silent_since())));
}

}  // namespace

Attention AttentionOf(const v1::InboxStatus& inbox, absl::Time now) {
  Attention attention;
  std::vector<std::string> reasons;
  const auto add = [&](bool applies, Rank rank, const std::string& text) {
    if (!applies) return;
    attention.rank = std::max<int>(attention.rank, rank);
    reasons.push_back(text);
  };
  add(inbox.silent(), kSilent, SilentFor(inbox, now));
  add(inbox.undelivered() > 0, kUndelivered, absl::StrCat(inbox.undelivered(), " undelivered"));
  add(inbox.overdue() > 0, kOverdue, absl::StrCat(inbox.overdue(), " overdue"));
  add(inbox.suspended(), kSuspended, "suspended");
  add(!inbox.participating() && Held(inbox) > 0, kSuspended, "takes no part");
  add(inbox.parked() > 0, kParked, absl::StrCat(inbox.parked(), " parked"));
  add(inbox.missing() > 0, kMissing, absl::StrCat(inbox.missing(), " missing"));
  attention.text = absl::StrJoin(reasons, ", ");
  return attention;
}

std::vector<v1::InboxStatus> ByTrouble(std::vector<v1::InboxStatus> inboxes, absl::Time now) {
  const auto key = [now](const v1::InboxStatus& inbox) {
    return std::make_tuple(-AttentionOf(inbox, now).rank, OldestOf(inbox), -static_cast<double>(Held(inbox)),
                           inbox.municipality_code());
  };
  std::stable_sort(inboxes.begin(), inboxes.end(), [&key](const v1::InboxStatus& left, const v1::InboxStatus& right) {
    return key(left) < key(right);
  });
  return inboxes;
}

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
               {"RETURNED", Align::kRight},
               {"ON CALL"}});
  for (const v1::InboxStatus& inbox : inboxes) {
    const Attention attention = AttentionOf(inbox, now);
    table.Add({inbox.municipality_code(), inbox.name(), attention.text, absl::StrCat(inbox.waiting()),
               absl::StrCat(inbox.leased()), absl::StrCat(inbox.parked()), absl::StrCat(inbox.missing()),
               absl::StrCat(inbox.overdue()), absl::StrCat(inbox.undelivered()),
               time(inbox.has_oldest_entered_at(), inbox.oldest_entered_at()),
               time(inbox.has_last_fetch_at(), inbox.last_fetch_at()), absl::StrCat(inbox.consumers_connected()),
               absl::StrCat(inbox.accepted_today()), absl::StrCat(inbox.acknowledged_today()),
               absl::StrCat(inbox.returned_today()), inbox.has_on_call() ? PhoneOf(inbox.on_call()) : ""},
              EmphasisOf(attention.rank));
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
