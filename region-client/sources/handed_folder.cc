#include "region-client/sources/handed_folder.h"

#include <cstdint>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "region-client/folder/hl7_decoder.h"
#include "region-client/folder/line_decoder.h"
#include "region-client/sources/fhir_decoder.h"
#include "region-client/sources/source_name.h"

namespace envej::region {
namespace {

using options::TextRule;
using options::YamlMapping;

bool IsAfterTaking(absl::string_view text) { return text == "wiped" || text == "sealed"; }

constexpr int kRejectedDaysMost = 90;
constexpr TextRule kAfterTaking = {.accepts = IsAfterTaking, .form = "wiped or sealed"};

FileDecoders DecodersOf(const HandedFolderOptions& options, absl::TimeZone copenhagen,
                        const std::function<absl::Time()>& now) {
  const Hl7Files hl7{.name = options.name, .site = SiteOf(options.hl7, copenhagen), .unsaid = options.hl7.unsaid};
  const auto fhir = [name = options.name, copenhagen, now](fhir::Form form) {
    return [=](absl::string_view bytes, size_t /*items_most*/) {
      return DecodeFhirFile(bytes, form, name, copenhagen, now());
    };
  };
  return {
      {".hl7", [hl7, now](absl::string_view bytes, size_t most) { return DecodeHl7File(bytes, most, hl7, now()); }},
      {".jsonl",
       [now, copenhagen](absl::string_view bytes, size_t most) { return DecodeLines(bytes, most, now(), copenhagen); }},
      {".json", fhir(fhir::Form::kJson)},
      {".xml", fhir(fhir::Form::kXml)},
  };
}

std::string LineOf(const HandedFolderOptions& options, const FileOutcome& outcome) {
  std::string line =
      absl::StrCat(options.name, ": a file was ", outcome.good() ? "taken" : "rejected", ": ", outcome.taken,
                   " taken, ", outcome.repeated, " taken before, ", outcome.refused.size(), " refused");
  if (!outcome.good()) {
    absl::StrAppend(&line, "; ", outcome.refused.front().problem.reason, "; it is wiped in ", options.rejected_days,
                    " days");
  }
  return line;
}

absl::Status CountRefused(Desk& desk, const std::string& name, const FileOutcome& outcome) {
  std::map<std::string, uint64_t> counts;
  for (const RefusedItem& refused : outcome.refused) ++counts[refused.problem.reason];
  absl::Status status;
  for (const auto& [reason, count] : counts) status.Update(desk.CountRefused(name, reason, count));
  return status;
}

}  // namespace

HandedFolderOptions ReadHandedFolder(YamlMapping& mapping) {
  HandedFolderOptions folder;
  folder.name = mapping.Text("name", kSourceName);
  folder.folder = mapping.Path("folder");
  if (mapping.Has("processed") && mapping.Text("processed", kAfterTaking) == "sealed") {
    folder.after_taking = AfterTaking::kSeal;
  }
  if (mapping.Has("rejected_days")) folder.rejected_days = mapping.Number("rejected_days", 1, kRejectedDaysMost);
  if (mapping.Has("hl7")) {
    YamlMapping hl7 = mapping.Mapping("hl7");
    folder.hl7 = ReadHl7Form(hl7);
    hl7.RefuseOtherKeys();
  }
  mapping.RefuseOtherKeys();
  return folder;
}

absl::StatusOr<std::unique_ptr<HandedFolder>> HandedFolder::Open(const HandedFolderOptions& options, Parts parts) {
  std::unique_ptr<HandedFolder> folder(new HandedFolder(std::move(parts.at_rest)));
  FolderOptions source_options{.folder = options.folder,
                               .after_taking = options.after_taking,
                               .rejected_kept = options.rejected_days * absl::Hours(24)};
  source_options.on_file = [log = parts.log, options, &desk = parts.desk](const FileOutcome& outcome) {
    log(LineOf(options, outcome));
    if (const absl::Status counted = CountRefused(desk, options.name, outcome); !counted.ok()) {
      log(absl::StrCat(options.name, ": ", counted.message()));
    }
  };
  source_options.on_wiped = [log = parts.log, options](size_t files) {
    log(absl::StrCat(options.name, ": rejected files were wiped, since nobody had seen to them in ",
                     options.rejected_days, " days: ", files));
  };
  source_options.on_folder = [log = parts.log, name = options.name] {
    log(absl::StrCat(name, ": a folder that is named as a file is lies there, and is passed over"));
  };
  source_options.on_error = [log = parts.log, name = options.name](const absl::Status& error) {
    log(absl::StrCat(name, ": files are not taken now: ", error.message()));
  };
  absl::StatusOr<FolderSource> source =
      FolderSource::Open(std::move(source_options), DecodersOf(options, parts.copenhagen, parts.now), parts.desk,
                         folder->at_rest_, parts.now);
  if (!source.ok()) {
    return absl::Status(source.status().code(), absl::StrCat("folder ", options.name, ": ", source.status().message()));
  }
  folder->source_ = std::make_unique<FolderSource>(*std::move(source));
  return folder;
}

}  // namespace envej::region
