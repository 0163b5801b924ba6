#include "municipality-client/output.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "proto/contract/notice_id.h"
#include "proto/contract/text_rules.h"

namespace envej::municipality_client {
namespace {

using Json = nlohmann::ordered_json;

// What does not have the form of a code or an id could be anything, so it is not repeated.
std::string SafeRegion(const std::string& region) { return contract::IsCode(region) ? region : "invalid"; }

std::string SafeId(const std::string& id) { return contract::NoticeId::Parse(id).has_value() ? id : "invalid"; }

std::string ReasonName(v1::ReturnReason reason) {
  const std::string name = v1::ReturnReason_Name(reason);
  return name.substr(sizeof("RETURN_REASON_") - 1);
}

Json ItemEvent(const char* event, const std::string& region, const std::string& id, uint32_t revision) {
  return {{"event", event}, {"region", SafeRegion(region)}, {"id", SafeId(id)}, {"revision", revision}};
}

Json LeaseEvent(const char* event, const v1::LeaseName& name) {
  return ItemEvent(event, name.region_code(), name.notice_id(), name.revision());
}

std::string NameOf(const std::string& region, const std::string& id) {
  return absl::StrCat("notice ", SafeId(id), " of region ", SafeRegion(region));
}

std::string NameOf(const v1::LeaseName& name) { return NameOf(name.region_code(), name.notice_id()); }

const char* KindOf(const Kept& kept) {
  if (kept.kind == EntryKind::kWithdrawal) return "withdrawal";
  return kept.replaces > 0 ? "revision" : "notice";
}

std::string Meaning(const Kept& kept) {
  if (kept.kind == EntryKind::kWithdrawal) return " (the notice is withdrawn)";
  return kept.replaces > 0 ? absl::StrCat(" (replaces revision ", kept.replaces, ")") : "";
}

// Whether it was written out.
bool WriteLine(std::FILE* stream, absl::string_view line) {
  return std::fprintf(stream, "%.*s\n", static_cast<int>(line.size()), line.data()) >= 0 && std::fflush(stream) == 0;
}

}  // namespace

Output::Output(Format format, std::FILE* events, std::FILE* messages)
    : format_(format), events_(events), messages_(messages), terminal_(isatty(fileno(messages)) == 1) {}

void Output::ClearProgress() {
  if (progress_shown_) std::fputs("\r\033[K", messages_);
  progress_shown_ = false;
}

void Output::Tell(const Json& event, absl::string_view line) {
  const std::string text = format_ == Format::kJson
                               ? event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
                               : std::string(line);
  if (text.empty() || failed_) return;
  ClearProgress();
  failed_ = !WriteLine(events_, text);
}

void Output::TellAside(const Json& event, absl::string_view line) {
  if (format_ == Format::kJson) Tell(event, "");
  ClearProgress();
  WriteLine(messages_, line);
}

void Output::Pulled(size_t count) { Tell({{"event", "pulled"}, {"count", count}}, ""); }

void Output::KeptItem(const Kept& kept, absl::string_view path) {
  const char* const what = kept.written ? "written" : kept.unknown ? "remembered" : "already_had";
  Json event = ItemEvent(what, kept.item.region_code, kept.item.notice_id, kept.item.revision);
  event["kind"] = KindOf(kept);
  if (kept.replaces > 0) event["replaces_revision"] = kept.replaces;
  const std::string file = FileNameOf(kept.item, kept.kind);
  if (kept.written) {
    event["file"] = file;
    Tell(event, absl::StrCat("written ", path, Meaning(kept)));
    return;
  }
  if (kept.unknown) return Tell(event, "");
  event["present"] = kept.present;
  if (kept.newer > 0) event["newer_revision"] = kept.newer;
  Tell(event, absl::StrCat("already had ", file,
                           kept.newer > 0 ? absl::StrCat(" (revision ", kept.newer, " came before)")
                           : kept.present ? ""
                                          : " (consumed)"));
}

void Output::Acknowledging(size_t count) { Tell({{"event", "acknowledging"}, {"count", count}}, ""); }

void Output::Acknowledged(const v1::LeaseName& name) { Tell(LeaseEvent("acknowledged", name), ""); }

void Output::Returned(const v1::LeaseName& name, const ReturnCause& cause) {
  Json event = LeaseEvent("returned", name);
  event["reason"] = ReasonName(cause.reason);
  std::string line = absl::StrCat("returned ", NameOf(name), ": ", ReasonName(cause.reason));
  Json rules = Json::array();
  for (const contract::Reason rule : cause.rules) {
    const contract::ReasonEntry& entry = contract::Describe(rule);
    rules.push_back(std::string(entry.name));
    absl::StrAppend(&line, "; ", entry.text);
  }
  event["rules"] = rules;
  Tell(event, line);
}

void Output::Refused(const v1::LeaseName& name, absl::string_view reason, bool comes_again) {
  Json event = LeaseEvent("refused", name);
  event["reason"] = std::string(reason);
  event["comes_again"] = comes_again;
  Tell(event, comes_again ? "" : absl::StrCat("refused ", NameOf(name), ": ", reason));
}

void Output::Disputed(const ItemName& item, absl::string_view path) {
  const std::string text = absl::StrCat(
      NameOf(item.region_code, item.notice_id),
      " came, signed by its region, after the broker had said without its signature that it is withdrawn; ", path,
      " is kept: ask the region before anybody calls the citizen");
  Json event = ItemEvent("warning", item.region_code, item.notice_id, item.revision);
  event["text"] = text;
  TellAside(event, absl::StrCat("envej-municipality: ", text));
}

void Output::WithdrawnUnsigned(const v1::LeaseName& name, absl::string_view path) {
  const std::string text = absl::StrCat(
      NameOf(name),
      " was withdrawn before it was acknowledged, says the broker, but its withdrawal has not come; since no signature "
      "proves it, ",
      path, " is not erased: unless the withdrawal follows, ask the region before anybody calls the citizen");
  Json event = LeaseEvent("warning", name);
  event["text"] = text;
  TellAside(event, absl::StrCat("envej-municipality: ", text));
}

void Output::CommandFailed(size_t files, absl::string_view why) {
  TellAside(
      {{"event", "command_failed"}, {"count", files}, {"reason", std::string(why)}},
      absl::StrCat("envej-municipality: ", why, "; ", files,
                   files == 1 ? " written notice is not acknowledged and comes again when its lease runs out"
                              : " written notices are not acknowledged and come again when their leases run out"));
}

void Output::Retrying(const Retry& retry) {
  const std::string code = absl::StatusCodeToString(retry.code);
  const std::string reason =
      retry.reason == contract::Reason::kNone ? "" : std::string(contract::Describe(retry.reason).name);
  TellAside(
      {{"event", "retrying"}, {"code", code}, {"reason", reason}, {"wait_ms", absl::ToInt64Milliseconds(retry.wait)}},
      absl::StrCat(
          "envej-municipality: ",
          retry.lacks_tls_connection ? "no TLS connection to the broker comes about (" : "the broker does not answer (",
          code, reason.empty() ? "" : ", ", reason,
          retry.lacks_tls_connection ? "): check that --authorities and --certificate are those of its "
                                       "authority, and that --broker is a name in its certificate"
                                     : ")",
          "; trying again in ", absl::FormatDuration(absl::Trunc(retry.wait, absl::Milliseconds(10)))));
}

void Output::Warning(absl::string_view text) {
  TellAside({{"event", "warning"}, {"text", std::string(text)}}, absl::StrCat("envej-municipality: ", text));
}

void Output::Progress(const Summary& summary) {
  if (!terminal_) return;
  ClearProgress();
  std::fprintf(messages_, "received %llu, acknowledged %llu", static_cast<unsigned long long>(summary.received),
               static_cast<unsigned long long>(summary.acknowledged));
  std::fflush(messages_);
  progress_shown_ = true;
}

void Output::End(const Summary& summary) {
  ClearProgress();
  std::string line = absl::StrCat("received ", summary.received, ", already had ", summary.already_had, ", returned ",
                                  summary.returned, ", acknowledged ", summary.acknowledged);
  if (summary.unknown > 0) absl::StrAppend(&line, ", withdrawn before they came ", summary.unknown);
  if (summary.refused > 0) absl::StrAppend(&line, ", refused ", summary.refused);
  WriteLine(messages_, line);
}

}  // namespace envej::municipality_client
