#include "broker/operations/console/attention.h"

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
enum Rank { kNone, kMissing, kParked, kSuspended, kUnknown, kOverdue, kUndelivered, kSilent };

uint64_t Held(const v1::InboxStatus& inbox) {
  return inbox.waiting() + inbox.leased() + inbox.parked() + inbox.missing();
}

absl::Time OldestOf(const v1::InboxStatus& inbox) {
  return inbox.has_oldest_entered_at() ? contract::FromMessage(inbox.oldest_entered_at()) : absl::InfiniteFuture();
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
  add(inbox.silence_unknown(), kUnknown, "silent or not: not known yet");
  add(inbox.suspended(), kSuspended, "suspended");
  add(!inbox.participating() && Held(inbox) > 0, kSuspended, "takes no part");
  add(inbox.parked() > 0, kParked, absl::StrCat(inbox.parked(), " parked"));
  add(inbox.missing() > 0, kMissing, absl::StrCat(inbox.missing(), " missing"));
  attention.text = absl::StrJoin(reasons, ", ");
  return attention;
}

Emphasis EmphasisOf(const Attention& attention) {
  if (attention.rank >= kOverdue) return Emphasis::kTrouble;
  return attention.rank > kNone ? Emphasis::kWarning : Emphasis::kPlain;
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

std::string TroubleOf(const v1::GetBrokerStatusResponse& status) {
  std::string trouble;
  const auto add = [&trouble](bool applies, absl::string_view text) {
    if (applies) absl::StrAppend(&trouble, trouble.empty() ? "" : ", ", text);
  };
  add(!status.can_write(), "BROKER CANNOT WRITE");
  add(status.recovering(), "RECOVERING");
  add(status.store().damaged(), "STORE DAMAGED");
  add(status.store().nearly_full(), "DISK NEARLY FULL");
  add(status.trust().reload_refused(), "NEWEST FILES REFUSED");
  return trouble;
}

}  // namespace envej::console
