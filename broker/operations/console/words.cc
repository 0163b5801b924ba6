#include "broker/operations/console/words.h"

#include <google/protobuf/descriptor.h>

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "certs/option_checks.h"
#include "proto/contract/printable.h"

namespace envej::console {
namespace {

// "EVENT_KIND_LEASE_EXPIRED" as "lease-expired", for each value but the one that is never sent.
template <typename Value>
const std::map<std::string, Value>* OptionWords(const google::protobuf::EnumDescriptor& values,
                                                absl::string_view prefix) {
  auto* const words = new std::map<std::string, Value>;
  for (int i = 0; i < values.value_count(); ++i) {
    const google::protobuf::EnumValueDescriptor& value = *values.value(i);
    if (value.number() == 0) continue;
    const std::string word = absl::AsciiStrToLower(absl::string_view(value.name()).substr(prefix.size()));
    words->emplace(absl::StrReplaceAll(word, {{"_", "-"}}), static_cast<Value>(value.number()));
  }
  return words;
}

template <typename Event>
std::string DetailOfEvent(const Event& event) {
  switch (event.kind()) {
    case v1::EVENT_KIND_RETURNED:
      return WordOf(event.return_reason());
    case v1::EVENT_KIND_WITHDRAWN:
      return WordOf(event.withdrawal_reason());
    case v1::EVENT_KIND_OVERDUE:
      return WordOf(event.lateness());
    case v1::EVENT_KIND_UNDELIVERED:
      return absl::StrCat("told ", event.undelivered_times(), event.undelivered_times() == 1 ? " time" : " times");
    default:
      return "";
  }
}

}  // namespace

std::string WordOf(v1::NoticeState state) {
  return contract::Word(v1::NoticeState_Name(state), "NOTICE_STATE_", state);
}

std::string WordOf(v1::ItemKind kind) { return contract::Word(v1::ItemKind_Name(kind), "ITEM_KIND_", kind); }

std::string WordOf(v1::EventKind kind) { return contract::Word(v1::EventKind_Name(kind), "EVENT_KIND_", kind); }

// It may have been fetched since.
std::string WordOf(v1::Lateness lateness) {
  const std::string word = contract::Word(v1::Lateness_Name(lateness), "LATENESS_", lateness);
  return lateness == v1::LATENESS_NOT_FETCHED ? absl::StrCat(word, " in time") : word;
}

std::string WordOf(v1::ReturnReason reason) {
  return contract::Word(v1::ReturnReason_Name(reason), "RETURN_REASON_", reason);
}

std::string WordOf(v1::WithdrawalReason reason) {
  return contract::Word(v1::WithdrawalReason_Name(reason), "WITHDRAWAL_REASON_", reason);
}

std::string WordsOf(const google::protobuf::RepeatedField<int>& late) {
  std::string words;
  for (const int lateness : late) {
    absl::StrAppend(&words, words.empty() ? "" : ", ", WordOf(static_cast<v1::Lateness>(lateness)));
  }
  return words;
}

const std::map<std::string, v1::NoticeState>& States() {
  static const auto* const kStates = OptionWords<v1::NoticeState>(*v1::NoticeState_descriptor(), "NOTICE_STATE_");
  return *kStates;
}

const std::map<std::string, v1::EventKind>& EventKinds() {
  static const auto* const kKinds = OptionWords<v1::EventKind>(*v1::EventKind_descriptor(), "EVENT_KIND_");
  return *kKinds;
}

std::string NameOf(const v1::OperationsNoticeName& name) {
  return absl::StrCat(name.municipality_code(), "/", name.region_code(), "/", name.notice_id());
}

std::string NameOf(const v1::OperationsNotice& notice) {
  return absl::StrCat(notice.municipality_code(), "/", notice.region_code(), "/", notice.notice_id());
}

std::string CheckNoticeName(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  if (parts.size() != 3) {
    return "a notice is named MUNICIPALITY/REGION/ID, as `envej-ops notices` and `envej-ops trace` show it";
  }
  for (const std::string& wrong :
       {certs::CheckMunicipalityCode(parts[0]), certs::CheckRegionCode(parts[1]), certs::CheckNoticeId(parts[2])}) {
    if (!wrong.empty()) return wrong;
  }
  return "";
}

std::string CheckNoticeNameOrId(const std::string& text) {
  return absl::StrContains(text, '/') ? CheckNoticeName(text) : certs::CheckNoticeId(text);
}

v1::OperationsNoticeName ToNoticeName(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  v1::OperationsNoticeName name;
  if (parts.size() == 1) name.set_notice_id(text);
  if (parts.size() != 3) return name;
  name.set_municipality_code(parts[0]);
  name.set_region_code(parts[1]);
  name.set_notice_id(parts[2]);
  return name;
}

std::string DetailOf(const v1::TraceHop& hop) { return DetailOfEvent(hop); }

std::string DetailOf(const v1::OperationsEvent& event) {
  if (event.kind() != v1::EVENT_KIND_CALLS_REFUSED) return DetailOfEvent(event);
  const std::string reason =
      event.refusal_reason().empty() ? "too many to be told apart" : contract::Printable(event.refusal_reason());
  return absl::StrCat(reason, ", ", event.count(), event.count() == 1 ? " time" : " times");
}

Emphasis EmphasisOf(v1::EventKind kind) {
  switch (kind) {
    case v1::EVENT_KIND_OVERDUE:
    case v1::EVENT_KIND_UNDELIVERED:
    case v1::EVENT_KIND_DESTROYED:
    case v1::EVENT_KIND_MISSING:
    case v1::EVENT_KIND_RESTORED:
      return Emphasis::kTrouble;
    case v1::EVENT_KIND_PARKED:
    case v1::EVENT_KIND_LEASE_EXPIRED:
    case v1::EVENT_KIND_CALLS_REFUSED:
    case v1::EVENT_KIND_PARTICIPANT_SUSPENDED:
      return Emphasis::kWarning;
    default:
      return Emphasis::kPlain;
  }
}

}  // namespace envej::console
