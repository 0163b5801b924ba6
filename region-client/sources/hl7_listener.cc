#include "region-client/sources/hl7_listener.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "region-client/hl7/character_set.h"

namespace envej::region {
namespace {

using options::LocatedText;
using options::TextRule;
using options::YamlMapping;

constexpr size_t kCodesMost = 100;

bool IsName(absl::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == text.npos;
}
bool IsCharacterSet(absl::string_view text) { return hl7::FindCharacterSet(text).has_value(); }
bool IsTimeField(absl::string_view text) { return text == "EVN-6" || text == "EVN-2"; }
bool IsProcessingId(absl::string_view text) { return text == "P" || text == "T" || text == "D"; }

constexpr TextRule kName = {.most_characters = 32, .accepts = IsName, .form = "small letters, digits and hyphens"};
constexpr TextRule kListen = {.most_characters = 256};
constexpr TextRule kCharacterSet = {.accepts = IsCharacterSet, .form = "ASCII, 8859/1 or UTF-8"};
constexpr TextRule kTimeField = {.accepts = IsTimeField, .form = "EVN-6 or EVN-2"};
constexpr TextRule kProcessingId = {.accepts = IsProcessingId, .form = "P, T or D"};
constexpr TextRule kCode = {.most_characters = 100};

certs::TlsFiles ReadTls(YamlMapping mapping) {
  certs::TlsFiles files{.certificate_chain = mapping.Path("certificate"),
                        .private_key = mapping.Path("key"),
                        .authorities = mapping.Path("authorities")};
  mapping.RefuseOtherKeys();
  return files;
}

std::set<std::string> ReadCodes(YamlMapping& mapping, absl::string_view key) {
  std::set<std::string> codes;
  if (!mapping.Has(key)) return codes;
  for (LocatedText& code : mapping.Texts(key, kCodesMost, kCode)) codes.insert(std::move(code.text));
  return codes;
}

void ReadElsewhere(YamlMapping mapping, Hl7ListenerOptions& listener) {
  listener.dispositions_elsewhere = ReadCodes(mapping, "dispositions");
  listener.locations_elsewhere = ReadCodes(mapping, "locations");
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

hl7::Site SiteOf(const Hl7ListenerOptions& options, absl::TimeZone copenhagen) {
  return {.zone = copenhagen,
          .discharge_time = options.discharge_time,
          .dispositions_elsewhere = options.dispositions_elsewhere,
          .locations_elsewhere = options.locations_elsewhere,
          .processing_id = options.processing_id};
}

absl::Status Named(const Hl7ListenerOptions& options, const absl::Status& status) {
  return {status.code(), absl::StrCat("hl7 listener ", options.name, ": ", status.message())};
}

}  // namespace

Hl7ListenerOptions ReadHl7Listener(YamlMapping& mapping) {
  Hl7ListenerOptions listener;
  listener.name = mapping.Text("name", kName);
  listener.listen = mapping.Text("listen", kListen);
  if (mapping.Has("tls")) listener.tls = ReadTls(mapping.Mapping("tls"));
  if (mapping.Has("character_set")) {
    listener.unsaid =
        hl7::FindCharacterSet(mapping.Text("character_set", kCharacterSet)).value_or(hl7::CharacterSet::kAscii);
  }
  listener.discharge_time = mapping.Has("discharge_time") ? ReadDischargeTime(mapping) : hl7::Site().discharge_time;
  if (mapping.Has("elsewhere")) ReadElsewhere(mapping.Mapping("elsewhere"), listener);
  listener.processing_id = mapping.Has("processing_id") ? mapping.Text("processing_id", kProcessingId) : "P";
  mapping.RefuseOtherKeys();
  return listener;
}

Hl7Listener::Hl7Listener(const Hl7ListenerOptions& options, const Parts& parts)
    : source_({.name = options.name,
               .site = SiteOf(options, parts.copenhagen),
               .unsaid = options.unsaid,
               .desk = parts.desk,
               .now = parts.now,
               .log = parts.log}) {}

absl::StatusOr<std::unique_ptr<Hl7Listener>> Hl7Listener::Start(const Hl7ListenerOptions& options, const Parts& parts) {
  std::unique_ptr<Hl7Listener> listener(new Hl7Listener(options, parts));
  if (options.tls.has_value()) {
    const absl::StatusOr<certs::TlsMaterial> material = certs::LoadTlsFiles(*options.tls, parts.now());
    if (!material.ok()) return Named(options, material.status());
    absl::StatusOr<std::unique_ptr<certs::ServerContext>> context = certs::ServerContext::Create(*material);
    if (!context.ok()) return Named(options, context.status());
    listener->context_ = *std::move(context);
  }
  const Hl7Source& source = listener->source_;
  absl::StatusOr<std::unique_ptr<hl7::MllpListener>> listening = hl7::MllpListener::Start(
      options.listen, listener->context_.get(),
      {.answer = [&source](const hl7::Peer& peer,
                           const std::string& message) { return source.Answer(peer.name, message); },
       .closed =
           [log = parts.log, name = options.name](const hl7::Peer& peer, const absl::Status& why) {
             log(absl::StrCat(name, ": a connection of ", peer.name.empty() ? "somebody" : peer.name,
                              " was closed: ", why.message()));
           }});
  if (!listening.ok()) return Named(options, listening.status());
  listener->listener_ = *std::move(listening);
  return listener;
}

}  // namespace envej::region
