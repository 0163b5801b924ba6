#include "broker/commands/verified_part.h"

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace envej::commands {
namespace {

using journal::Finding;
using journal::Verification;
using Json = nlohmann::ordered_json;

std::string Place(const Finding& finding) {
  if (finding.last_batch > finding.batch) return absl::StrCat("batches ", finding.batch, " to ", finding.last_batch);
  if (finding.event) return absl::StrCat("batch ", finding.batch, ", event ", *finding.event);
  return absl::StrCat("batch ", finding.batch);
}

bool IsWhole(const Verification& result) { return result.status.ok() && result.findings.count() == 0; }

Json ToJson(const VerifiedPart& part) {
  const Verification& result = part.result;
  Json json;
  json["part"] = part.name;
  json["place"] = part.place;
  json["whole"] = IsWhole(result);
  if (!result.status.ok()) json["error"] = std::string(result.status.message());
  json["store_incarnation"] = absl::BytesToHexString(result.store_incarnation);
  json["batches"] = result.batches;
  json["events"] = result.events;
  json["checkpoints"] = result.checkpoints;
  json["last_batch"] = result.last_batch;
  json["pruned_up_to"] = result.pruned_up_to;
  json["restored_after"] = result.restored_after;
  json["signed_up_to"] = result.signed_up_to;
  if (part.name == "store") json["mirrored_up_to"] = result.mirrored_up_to;
  json["findings"] = Json::array();
  for (const Finding& finding : result.findings.kept()) {
    Json entry;
    entry["batch"] = finding.batch;
    if (finding.last_batch > finding.batch) entry["last_batch"] = finding.last_batch;
    if (finding.event) entry["event"] = *finding.event;
    entry["what"] = finding.what;
    json["findings"].push_back(std::move(entry));
  }
  json["findings_in_all"] = result.findings.count();
  return json;
}

}  // namespace

std::string ToText(const std::vector<VerifiedPart>& parts) {
  std::string text;
  for (const VerifiedPart& part : parts) {
    const Verification& result = part.result;
    for (const Finding& finding : result.findings.kept()) {
      absl::StrAppend(&text, part.name, ": ", Place(finding), ": ", finding.what, "\n");
    }
    const uint64_t left_out = result.findings.count() - result.findings.kept().size();
    if (left_out > 0) absl::StrAppend(&text, part.name, ": ", left_out, " more\n");
    if (!result.status.ok()) {
      absl::StrAppend(&text, part.name, ": cannot be read after batch ", result.last_batch, ": ",
                      result.status.message(), "\n");
    }
    absl::StrAppend(&text, part.name, " ", part.place, ": ", IsWhole(result) ? "whole" : "NOT WHOLE", ", ");
    if (result.pruned_up_to > 0) {
      absl::StrAppend(&text, "verified from batch ", result.pruned_up_to + 1,
                      ", earlier ones pruned under the checkpoint of batch ", result.pruned_up_to, ", ");
    }
    if (result.restored_after > 0) {
      absl::StrAppend(&text, "restored after batch ", result.restored_after, " of another incarnation, ");
    }
    absl::StrAppend(&text, result.batches, " batches, ", result.events, " events, ", result.checkpoints,
                    " checkpoints; signed up to batch ", result.signed_up_to, " of ", result.last_batch);
    if (part.name == "store") absl::StrAppend(&text, ", mirrored up to ", result.mirrored_up_to);
    absl::StrAppend(&text, "\n");
  }
  return text;
}

std::string ToJson(const std::vector<VerifiedPart>& parts) {
  Json json;
  bool whole = true;
  json["whole"] = true;
  json["parts"] = Json::array();
  for (const VerifiedPart& part : parts) {
    whole = whole && IsWhole(part.result);
    json["parts"].push_back(ToJson(part));
  }
  json["whole"] = whole;
  return json.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

}  // namespace envej::commands
