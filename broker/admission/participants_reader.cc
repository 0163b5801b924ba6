#include "broker/admission/participants_reader.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "certs/identity.h"
#include "certs/key_file.h"
#include "certs/options/yaml_reader.h"
#include "proto/contract/text_rules.h"

namespace envej::admission {
namespace {

using options::TextRule;
using options::YamlMapping;

constexpr size_t kRegionsMost = 100;
constexpr size_t kMunicipalitiesMost = 1000;
constexpr size_t kAgreementsMost = 10'000;
constexpr size_t kOperationsMost = 100;
constexpr size_t kCertificatesMost = 100;  // of one participant
constexpr size_t kSubjectCharacters = 256;
constexpr size_t kNameCharacters = 100;
constexpr size_t kLeafletCharacters = 4000;
constexpr size_t kInboxCertificatesMost = 8;
constexpr int kLateHoursMost = 7 * 24;
constexpr int kUndeliveredDaysMost = 29;
constexpr int kDestroyedDaysMost = 30;

constexpr TextRule kCode = {.accepts = contract::IsCode, .form = "four digits"};
constexpr TextRule kName = {
    .most_characters = kNameCharacters, .accepts = contract::HasLetter, .form = "a text with a letter"};
constexpr TextRule kLeaflet = {.most_characters = kLeafletCharacters,
                               .lines = true,
                               .accepts = contract::HasLetter,
                               .form = "a text with a letter"};
constexpr TextRule kPhoneNumber = {.accepts = contract::IsE164, .form = "a phone number such as +45 and eight digits"};
bool IsSealing(absl::string_view text) { return text == "sender" || text == "any"; }

constexpr TextRule kSealing = {.accepts = IsSealing, .form = "sender or any"};
constexpr TextRule kSubject = {.most_characters = kSubjectCharacters};
constexpr TextRule kOperationsName = {.accepts = certs::IsIdentityName,
                                      .form = "1 to 32 lower-case letters, digits and hyphens"};

// Reads the parts in an order in which each finds what it refers to.
class RegisterReader {
 public:
  Register Read(YamlMapping top) {
    ReadRegions(top);
    ReadMunicipalities(top);
    ReadAgreements(top);
    ReadOperations(top);
    top.RefuseOtherKeys();
    return std::move(register_);
  }

 private:
  struct Lasting {
    absl::CivilDay last_day;
    int line;
  };
  // The codes of a list, with the line of each. Where one could not be read, nothing is said to be missing.
  struct Codes {
    std::map<std::string, int> lines;
    bool complete = true;

    bool Lacks(const std::string& code) const { return complete && !code.empty() && !lines.contains(code); }
  };

  // A code of its own; empty if it is none.
  static std::string ReadCode(YamlMapping& mapping, Codes& codes) {
    std::string code = mapping.Text("code", kCode);
    if (code.empty()) {
      codes.complete = false;
      return code;
    }
    const auto [first, added] = codes.lines.try_emplace(code, mapping.LineOf("code"));
    if (!added) mapping.Refuse("code", absl::StrCat("code ", code, " stands twice, first on line ", first->second));
    return code;
  }

  void ReadRegions(YamlMapping& top) {
    std::vector<YamlMapping> mappings = top.Mappings("regions", kRegionsMost);
    regions_.complete = !top.Refused("regions");
    for (YamlMapping& mapping : mappings) {
      Region region;
      region.code = ReadCode(mapping, regions_);
      region.name = mapping.Text("name", kName);
      region.access = ReadAccess(mapping);
      region.on_call = ReadOnCall(mapping);
      if (mapping.Has("successor_of")) region.successor_of = ReadPredecessors(mapping);
      mapping.RefuseOtherKeys();
      register_.regions.push_back(std::move(region));
    }
    RefuseUnknownPredecessors();
    RefuseCircles(mappings);
  }

  Access ReadAccess(YamlMapping& participant) {
    Access access;
    if (participant.Has("suspended")) access.suspended = participant.Flag("suspended");
    if (participant.Has("certificates")) {
      for (YamlMapping& mapping : participant.Mappings("certificates", kCertificatesMost)) {
        access.certificates.push_back(ReadSubject(mapping));
      }
    }
    return access;
  }

  static std::optional<Contact> ReadOnCall(YamlMapping& participant) {
    if (!participant.Has("on_call")) return std::nullopt;
    YamlMapping mapping = participant.Mapping("on_call");
    Contact contact{.name = mapping.Text("name", kName), .phone_number = mapping.Text("phone_number", kPhoneNumber)};
    mapping.RefuseOtherKeys();
    return contact;
  }

  certs::SubjectName ReadSubject(YamlMapping& mapping) {
    using certs::SubjectAttribute;
    static constexpr absl::string_view kSerialNumber = "subject_serial_number";
    static constexpr absl::string_view kOrganization = "organization_identifier";
    const bool by_organization = mapping.Has(kOrganization);
    if (by_organization && mapping.Has(kSerialNumber)) {
      mapping.Refuse(kOrganization, absl::StrCat("a certificate is named by \"", kSerialNumber, "\" or by \"",
                                                 kOrganization, "\", not by both"));
    }
    const absl::string_view key = by_organization ? kOrganization : kSerialNumber;
    certs::SubjectName name;
    name.attribute = by_organization ? SubjectAttribute::kOrganizationIdentifier : SubjectAttribute::kSerialNumber;
    name.value = mapping.Text(key, kSubject);
    mapping.RefuseOtherKeys();
    if (name.value.empty()) return name;
    const auto [first, added] = subjects_.try_emplace(name, mapping.LineOf(key));
    if (!added) mapping.Refuse(key, absl::StrCat("the certificate stands twice, first on line ", first->second));
    return name;
  }

  std::vector<Predecessor> ReadPredecessors(YamlMapping& region) {
    std::vector<Predecessor> predecessors;
    std::set<std::string> seen;
    for (YamlMapping& mapping : region.Mappings("successor_of", kRegionsMost)) {
      Predecessor predecessor{.region_code = mapping.Text("region", kCode), .from = mapping.Day("from")};
      mapping.RefuseOtherKeys();
      if (!predecessor.region_code.empty() && !seen.insert(predecessor.region_code).second) {
        mapping.Refuse("region", absl::StrCat("region ", predecessor.region_code, " is succeeded twice"));
      }
      successions_.emplace_back(predecessor.region_code, mapping);
      predecessors.push_back(std::move(predecessor));
    }
    return predecessors;
  }

  void RefuseUnknownPredecessors() {
    for (auto& [code, mapping] : successions_) {
      if (regions_.Lacks(code)) RefuseUnknownRegion(mapping, code);
    }
  }

  static void RefuseUnknownRegion(YamlMapping& mapping, const std::string& code) {
    mapping.Refuse("region", absl::StrCat("region ", code, " is not in the register"));
  }

  // One report is enough for a circle, so it ends at the first.
  void RefuseCircles(std::vector<YamlMapping>& mappings) {
    for (size_t index = 0; index < register_.regions.size(); ++index) {
      const Region& region = register_.regions[index];
      if (region.code.empty() || !Succeeds(region, region.code)) continue;
      mappings[index].Refuse("successor_of", absl::StrCat("region ", region.code, " succeeds itself"));
      return;
    }
  }

  // Whether the region, or one that it succeeds by any way round, succeeds `code`.
  bool Succeeds(const Region& region, const std::string& code) const {
    std::set<std::string> reached;
    std::vector<const Region*> open = {&region};
    while (!open.empty()) {
      const Region* next = open.back();
      open.pop_back();
      for (const Predecessor& predecessor : next->successor_of) {
        if (predecessor.region_code == code) return true;
        if (!reached.insert(predecessor.region_code).second) continue;
        for (const Region& candidate : register_.regions) {
          if (candidate.code == predecessor.region_code) open.push_back(&candidate);
        }
      }
    }
    return false;
  }

  void ReadMunicipalities(YamlMapping& top) {
    std::vector<YamlMapping> mappings = top.Mappings("municipalities", kMunicipalitiesMost);
    municipalities_.complete = !top.Refused("municipalities");
    for (YamlMapping& mapping : mappings) {
      Municipality municipality;
      municipality.code = ReadCode(mapping, municipalities_);
      municipality.name = mapping.Text("name", kName);
      municipality.access = ReadAccess(mapping);
      municipality.on_call = ReadOnCall(mapping);
      municipality.participating = mapping.Flag("participating");
      const bool needed = municipality.participating;
      municipality.scheme_name = ReadSchemeText(mapping, "scheme_name", kName, needed);
      municipality.phone_number = ReadSchemeText(mapping, "phone_number", kPhoneNumber, needed);
      municipality.leaflet_text = ReadSchemeText(mapping, "leaflet_text", kLeaflet, needed);
      municipality.inbox_certificates = ReadInboxCertificates(mapping);
      municipality.sealed_by_sender_only = mapping.Has("sealing") && mapping.Text("sealing", kSealing) == "sender";
      mapping.RefuseOtherKeys();
      if (needed || mapping.Refused("participating") || mapping.Refused("code")) {
        absent_.erase(municipality.code);  // of a code that stands twice, neither is certain
      } else {
        absent_.insert(municipality.code);
      }
      register_.municipalities.push_back(std::move(municipality));
    }
  }

  static std::string ReadSchemeText(YamlMapping& mapping, absl::string_view key, const TextRule& rule, bool needed) {
    if (mapping.Has(key)) return mapping.Text(key, rule);
    if (needed) {
      mapping.Refuse(key, absl::StrCat("key \"", key, "\" is missing, which a participating municipality must have"));
    }
    return "";
  }

  // That a participating municipality has some, and what they say, is checked by whoever has the authorities.
  std::vector<certs::Certificate> ReadInboxCertificates(YamlMapping& mapping) {
    constexpr absl::string_view kKey = "inbox_certificates";
    if (!mapping.Has(kKey)) return {};
    const std::string path = mapping.Path(kKey);
    if (mapping.Refused(kKey)) return {};
    register_.files.push_back(path);
    const absl::StatusOr<std::string> pem = certs::ReadCertificateFile(path);
    if (!pem.ok()) {
      mapping.Refuse(kKey, pem.status().message());
      return {};
    }
    absl::StatusOr<std::vector<certs::Certificate>> certificates = certs::Certificate::FromPem(*pem);
    if (!certificates.ok()) {
      mapping.Refuse(kKey, absl::StrCat(path, " ", certificates.status().message()));
      return {};
    }
    if (certificates->size() > kInboxCertificatesMost) {
      mapping.Refuse(kKey, absl::StrCat(path, " holds more than ", kInboxCertificatesMost, " certificates"));
      return {};
    }
    return *std::move(certificates);
  }

  void ReadAgreements(YamlMapping& top) {
    for (YamlMapping& mapping : top.Mappings("agreements", kAgreementsMost)) {
      Agreement agreement;
      agreement.region_code = mapping.Text("region", kCode);
      agreement.municipality_code = mapping.Text("municipality", kCode);
      agreement.first_day = mapping.Day("first_day");
      agreement.last_day = mapping.Day("last_day");
      if (mapping.Has("late")) agreement.late = ReadLate(mapping.Mapping("late"));
      mapping.RefuseOtherKeys();
      RefuseUnknownParties(mapping, agreement);
      RefuseWrongDays(mapping, agreement);
      register_.agreements.push_back(std::move(agreement));
    }
  }

  static contract::Thresholds ReadLate(YamlMapping mapping) {
    contract::Thresholds late;
    const auto read = [&](absl::string_view key, absl::Duration unit, int most, absl::Duration& threshold) {
      if (mapping.Has(key)) threshold = unit * mapping.Number(key, 1, most);
    };
    constexpr absl::Duration kDay = absl::Hours(24);
    read("not_fetched_hours", absl::Hours(1), kLateHoursMost, late.not_fetched);
    read("not_acknowledged_hours", absl::Hours(1), kLateHoursMost, late.not_acknowledged);
    read("past_discharge_hours", absl::Hours(1), kLateHoursMost, late.past_discharge);
    read("undelivered_days", kDay, kUndeliveredDaysMost, late.undelivered);
    read("destroyed_days", kDay, kDestroyedDaysMost, late.destroyed);
    mapping.RefuseOtherKeys();
    if (late.not_acknowledged < late.not_fetched) {
      mapping.Refuse("not_acknowledged_hours", "what is not fetched is late before it is late as not acknowledged");
    }
    if (late.destroyed <= late.undelivered) {
      mapping.Refuse("destroyed_days", "what is undelivered is told at least a day before it is destroyed");
    }
    return late;
  }

  void RefuseUnknownParties(YamlMapping& mapping, const Agreement& agreement) {
    const std::string& municipality = agreement.municipality_code;
    if (regions_.Lacks(agreement.region_code)) RefuseUnknownRegion(mapping, agreement.region_code);
    if (municipalities_.Lacks(municipality)) {
      mapping.Refuse("municipality", absl::StrCat("municipality ", municipality, " is not in the register"));
    } else if (absent_.contains(municipality)) {
      mapping.Refuse("municipality", absl::StrCat("municipality ", municipality, " does not participate"));
    }
  }

  void RefuseWrongDays(YamlMapping& mapping, const Agreement& agreement) {
    if (mapping.Refused("first_day") || mapping.Refused("last_day")) return;
    if (agreement.last_day < agreement.first_day) {
      mapping.Refuse("last_day", "the agreement ends before it begins");
      return;
    }
    if (mapping.Refused("region") || mapping.Refused("municipality")) return;
    std::map<absl::CivilDay, Lasting>& others = agreements_[{agreement.region_code, agreement.municipality_code}];
    const int line = mapping.LineOf("first_day");
    const auto later = others.upper_bound(agreement.first_day);
    if (later != others.end() && later->first <= agreement.last_day) {
      return RefuseOverlap(mapping, later->second.line);
    }
    if (later != others.begin() && std::prev(later)->second.last_day >= agreement.first_day) {
      return RefuseOverlap(mapping, std::prev(later)->second.line);
    }
    others[agreement.first_day] = {.last_day = agreement.last_day, .line = line};
  }

  static void RefuseOverlap(YamlMapping& mapping, int line) {
    mapping.Refuse("first_day", absl::StrCat("the agreement overlaps the one on line ", line,
                                             " of the same region and municipality"));
  }

  void ReadOperations(YamlMapping& top) {
    std::set<std::string> names;
    for (const options::LocatedText& name : top.Texts("operations", kOperationsMost, kOperationsName)) {
      if (!names.insert(name.text).second) top.RefuseLine(name.line, "the name of operations stands twice");
      register_.operations.push_back(name.text);
    }
  }

  Register register_;
  Codes regions_;
  Codes municipalities_;
  std::map<certs::SubjectName, int> subjects_;  // with the line of each
  std::set<std::string> absent_;                // codes of municipalities that do not participate
  std::vector<std::pair<std::string, YamlMapping>> successions_;
  std::map<std::pair<std::string, std::string>, std::map<absl::CivilDay, Lasting>> agreements_;  // by first day
};

}  // namespace

absl::StatusOr<Participants> ReadParticipants(absl::string_view path) {
  absl::StatusOr<options::YamlReader> reader = options::YamlReader::Open(path);
  if (!reader.ok()) return reader.status();
  Register entries = RegisterReader().Read(reader->Top());
  const absl::Status status = reader->status();
  if (!status.ok()) return status;
  return Participants(std::move(entries));
}

}  // namespace envej::admission
