#include "broker/commands/recovery_text.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace envej::commands {
namespace {

using journal::RecoveryMark;
using Json = nlohmann::ordered_json;

std::string InWords(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, absl::UTCTimeZone()) + " UTC";
}

absl::string_view NameOf(RecoveryMark::End end) {
  switch (end) {
    case RecoveryMark::End::kNotYet:
      return "recovering";
    case RecoveryMark::End::kNothingLost:
      return "nothing_lost";
    case RecoveryMark::End::kAfterWaiting:
      return "waited";
    case RecoveryMark::End::kAccepted:
      return "accepted";
  }
  return "";
}

std::string PullsInWords(const RecoveryMark& mark) {
  switch (mark.end) {
    case RecoveryMark::End::kNothingLost:
      return "pulls are served: the journal was replayed up to where the lost store ended";
    case RecoveryMark::End::kAfterWaiting:
      return absl::StrCat("pulls are served since ", InWords(mark.ended_at), ", when regions had had their time");
    case RecoveryMark::End::kAccepted:
      return absl::StrCat("pulls are served since ", InWords(mark.ended_at),
                          ", when operations accepted what is missing");
    case RecoveryMark::End::kNotYet:
      break;
  }
  if (!mark.wait.has_value()) {
    return "RECOVERING: pulls are refused until operations accept what is missing (envej-broker recovery accept)";
  }
  return absl::StrCat("RECOVERING: pulls are refused until the broker has served for ",
                      absl::FormatDuration(*mark.wait),
                      ", so that regions withdraw and send again, or until operations accept what is missing");
}

// What operations have to do where pulls wait for them; empty elsewhere.
std::string WhatToDo(const RecoveryMark& mark) {
  if (mark.end != RecoveryMark::End::kNotYet || mark.wait.has_value()) return "";
  std::string text;
  if (mark.mirror_read && mark.known_end < mark.backup_batch) {
    text = absl::StrCat("The mirror ends at batch ", mark.known_end,
                        ", before the backup, as it does when the store is lost within a minute after its backup: "
                        "nothing says what came after the backup.\n");
  }
  absl::StrAppend(
      &text,
      "To do: if there is a mirror that goes further, or --lost-data was left out, restore again with it, as "
      "long as no broker has served here. Else let the regions withdraw and send again what they know of "
      "(envej-region resend, or watch, which does it by itself), and then accept what is missing: "
      "envej-broker recovery accept\n");
  return text;
}

}  // namespace

std::string ToText(const RecoveryMark& mark) {
  std::string text = absl::StrCat(PullsInWords(mark), "\nbackup: up to batch ", mark.backup_batch, " of ",
                                  InWords(mark.backup_time), "\n");
  if (mark.mirror_read) {
    absl::StrAppend(&text, "mirrored journal: replayed up to batch ", mark.reached_batch, " of ",
                    InWords(mark.reached_time));
    if (mark.known_end > mark.reached_batch) absl::StrAppend(&text, ", NOT up to batch ", mark.known_end);
    absl::StrAppend(&text, "\n");
  } else {
    absl::StrAppend(&text, "mirrored journal: none was read: what happened after the backup is not known\n");
  }
  if (mark.end != RecoveryMark::End::kNothingLost) {
    absl::StrAppend(&text, "unknown: what was accepted, acknowledged or withdrawn after ", InWords(mark.reached_time),
                    "\n");
  }
  absl::StrAppend(&text, "missing: ", mark.missing, " notices that their regions are told to send again\n");
  if (mark.unfitting > 0) {
    absl::StrAppend(&text, "NOT UNDERSTOOD: ", mark.unfitting, " events of the journal that fit no notice\n");
  }
  absl::StrAppend(&text, WhatToDo(mark));
  return text;
}

std::string ToJson(const RecoveryMark& mark) {
  const auto time = [](absl::Time at) { return absl::FormatTime(absl::RFC3339_full, at, absl::UTCTimeZone()); };
  Json json;
  json["recovering"] = mark.end == RecoveryMark::End::kNotYet;
  json["state"] = std::string(NameOf(mark.end));
  if (mark.wait.has_value()) json["wait_seconds"] = absl::ToInt64Seconds(*mark.wait);
  json["restored_at"] = time(mark.restored_at);
  json["backup_batch"] = mark.backup_batch;
  json["backup_time"] = time(mark.backup_time);
  json["mirror_read"] = mark.mirror_read;
  json["reached_batch"] = mark.reached_batch;
  json["reached_time"] = time(mark.reached_time);
  json["known_end"] = mark.known_end;
  json["missing"] = mark.missing;
  json["not_understood"] = mark.unfitting;
  if (mark.end != RecoveryMark::End::kNotYet) json["ended_at"] = time(mark.ended_at);
  return json.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

}  // namespace envej::commands
