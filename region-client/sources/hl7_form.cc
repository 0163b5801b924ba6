#include "region-client/sources/hl7_form.h"

#include <utility>

#include "absl/strings/string_view.h"

namespace envej::region {
namespace {

using options::LocatedText;
using options::TextRule;
using options::YamlMapping;

constexpr size_t kCodesMost = 100;

bool IsCharacterSet(absl::string_view text) { return hl7::FindCharacterSet(text).has_value(); }
bool IsTimeField(absl::string_view text) { return text == "EVN-6" || text == "EVN-2"; }
bool IsWardName(absl::string_view text) { return text == "PV1-3.1" || text == "PV1-3.4/PV1-3.1"; }
bool IsTelephones(absl::string_view text) { return text == "own" || text == "own-and-work"; }
bool IsProcessingId(absl::string_view text) { return text == "P" || text == "T" || text == "D"; }

constexpr TextRule kCharacterSet = {.accepts = IsCharacterSet, .form = "ASCII, 8859/1 or UTF-8"};
constexpr TextRule kTimeField = {.accepts = IsTimeField, .form = "EVN-6 or EVN-2"};
constexpr TextRule kWardName = {.accepts = IsWardName, .form = "PV1-3.1 or PV1-3.4/PV1-3.1"};
constexpr TextRule kTelephones = {.accepts = IsTelephones, .form = "own or own-and-work"};
constexpr TextRule kProcessingId = {.accepts = IsProcessingId, .form = "P, T or D"};
constexpr TextRule kCode = {.most_characters = 100};

std::set<std::string> ReadCodes(YamlMapping& mapping, absl::string_view key) {
  std::set<std::string> codes;
  if (!mapping.Has(key)) return codes;
  for (LocatedText& code : mapping.Texts(key, kCodesMost, kCode)) codes.insert(std::move(code.text));
  return codes;
}

void ReadElsewhere(YamlMapping mapping, Hl7Form& form) {
  form.dispositions_elsewhere = ReadCodes(mapping, "dispositions");
  form.locations_elsewhere = ReadCodes(mapping, "locations");
  mapping.RefuseOtherKeys();
}

std::vector<hl7::Site::DischargeTimeField> ReadDischargeTime(YamlMapping& mapping) {
  using Field = hl7::Site::DischargeTimeField;
  std::vector<Field> fields;
  for (const LocatedText& field : mapping.Texts("discharge_time", 2, kTimeField)) {
    fields.push_back(field.text == "EVN-6" ? Field::kEventOccurred : Field::kEventRecorded);
  }
  return fields;
}

}  // namespace

Hl7Form ReadHl7Form(YamlMapping& mapping) {
  Hl7Form form;
  if (mapping.Has("character_set")) {
    form.unsaid =
        hl7::FindCharacterSet(mapping.Text("character_set", kCharacterSet)).value_or(hl7::CharacterSet::kAscii);
  }
  if (mapping.Has("discharge_time")) form.discharge_time = ReadDischargeTime(mapping);
  if (mapping.Has("elsewhere")) ReadElsewhere(mapping.Mapping("elsewhere"), form);
  if (mapping.Has("inpatient_classes")) form.inpatient_classes = ReadCodes(mapping, "inpatient_classes");
  if (mapping.Has("wards")) form.wards_by_facility = mapping.Text("wards", kWardName) != "PV1-3.1";
  if (mapping.Has("telephones")) form.telephones_at_work = mapping.Text("telephones", kTelephones) != "own";
  if (mapping.Has("processing_id")) form.processing_id = mapping.Text("processing_id", kProcessingId);
  return form;
}

hl7::Site SiteOf(const Hl7Form& form, absl::TimeZone copenhagen) {
  return {.zone = copenhagen,
          .discharge_time = form.discharge_time,
          .dispositions_elsewhere = form.dispositions_elsewhere,
          .locations_elsewhere = form.locations_elsewhere,
          .inpatient_classes = form.inpatient_classes,
          .wards_by_facility = form.wards_by_facility,
          .telephones_at_work = form.telephones_at_work,
          .processing_id = form.processing_id};
}

}  // namespace envej::region
