#include "region-client/agent/agent_config.h"

#include <set>
#include <utility>

#include "certs/options/yaml_reader.h"
#include "proto/contract/text_rules.h"
#include "region-client/agent/config_conflicts.h"
#include "region-client/sources/source_name.h"

namespace envej::region {
namespace {

using options::LocatedText;
using options::TextRule;
using options::YamlMapping;
using options::YamlReader;

constexpr size_t kSiteNamesMost = 200;
constexpr size_t kCommandWordsMost = 32;
constexpr size_t kListenersMost = 16;
constexpr size_t kTellingsMost = 32;
constexpr int kCasesLeast = 10;
constexpr int kCasesMost = 2'000'000;
constexpr int kOutgoingLeast = 10;
constexpr int kOutgoingMost = 1'000'000;
// The path of a socket is no longer than this.
constexpr size_t kSocketPathMost = 107;

bool IsBroker(absl::string_view text) { return certs::CheckBrokerAddress(text).ok(); }
bool IsWebhook(absl::string_view text) { return ParseWebhookUrl(text).has_value(); }

constexpr TextRule kBroker = {.accepts = IsBroker, .form = "HOST:PORT"};
constexpr TextRule kCode = {.accepts = contract::IsCode, .form = "four digits"};
constexpr TextRule kSiteName = {.most_characters = 200};
constexpr TextRule kWord = {};
constexpr TextRule kWebhook = {.accepts = IsWebhook,
                               .form = "https://HOST[:PORT]/PATH, or http:// with 127.0.0.1, [::1] or localhost"};

std::vector<std::string> ReadFormerSecrets(YamlMapping& mapping, absl::string_view key) {
  std::vector<std::string> files;
  if (!mapping.Has(key)) return files;
  for (YamlMapping& former : mapping.Mappings(key, kFormerSecretsMost)) {
    files.push_back(former.Path("file"));
    former.RefuseOtherKeys();
  }
  return files;
}

void ReadConnection(YamlMapping mapping, AgentConfig& config) {
  config.connection.broker = mapping.Text("address", kBroker);
  config.connection.files = {.certificate_chain = mapping.Path("certificate"),
                             .private_key = mapping.Path("key"),
                             .authorities = mapping.Path("authorities")};
  config.sealing.tls = config.connection.files;
  if (mapping.Has("revocation_lists")) config.sealing.revocation_lists = mapping.Path("revocation_lists");
  if (mapping.Has("region")) config.sealing.region_code = mapping.Text("region", kCode);
  config.sealing.secret = mapping.Path("commitment_secret");
  config.sealing.former_secrets = ReadFormerSecrets(mapping, "former_commitment_secrets");
  mapping.RefuseOtherKeys();
}

void ReadStore(YamlMapping mapping, AgentConfig& config) {
  config.store.folder = mapping.Path("folder");
  if (config.socket().size() > kSocketPathMost) mapping.Refuse("folder", "\"folder\" has too long a path");
  config.store.secret = mapping.Path("secret");
  config.store.former_secrets = ReadFormerSecrets(mapping, "former_secrets");
  mapping.RefuseOtherKeys();
}

std::set<std::string> ReadNames(YamlMapping& mapping, absl::string_view key) {
  std::set<std::string> names;
  if (!mapping.Has(key)) return names;
  for (LocatedText& name : mapping.Texts(key, kSiteNamesMost, kSiteName)) names.insert(std::move(name.text));
  return names;
}

ward::Site ReadSite(YamlMapping mapping) {
  ward::Site site;
  site.patient_authority = mapping.Text("patient_authority", kSiteName);
  site.same_authority = ReadNames(mapping, "same_authority");
  site.wards = ReadNames(mapping, "wards");
  site.services = ReadNames(mapping, "services");
  if (site.wards.empty() && site.services.empty() && !mapping.Refused("wards") && !mapping.Refused("services")) {
    mapping.Refuse("wards", "\"wards\" or \"services\" must name what is regional psychiatry");
  }
  mapping.RefuseOtherKeys();
  return site;
}

void ReadLimits(YamlMapping mapping, DeskOptions& desk) {
  if (mapping.Has("cases")) desk.cases_most = static_cast<size_t>(mapping.Number("cases", kCasesLeast, kCasesMost));
  if (mapping.Has("outgoing")) {
    desk.outgoing_most = static_cast<size_t>(mapping.Number("outgoing", kOutgoingLeast, kOutgoingMost));
  }
  mapping.RefuseOtherKeys();
}

WebhookOptions ReadWebhook(YamlMapping mapping) {
  WebhookOptions webhook{.url = mapping.Text("url", kWebhook), .authorities = {}};
  if (mapping.Has("authorities")) webhook.authorities = mapping.Path("authorities");
  mapping.RefuseOtherKeys();
  return webhook;
}

OnCallOptions ReadOnCall(YamlMapping mapping) {
  OnCallOptions on_call;
  if (mapping.Has("command")) {
    for (LocatedText& word : mapping.Texts("command", kCommandWordsMost, kWord)) {
      on_call.command.push_back(std::move(word.text));
    }
  }
  if (mapping.Has("webhook")) on_call.webhook = ReadWebhook(mapping.Mapping("webhook"));
  if (on_call.command.empty() && !on_call.webhook.has_value() && !mapping.Refused("command")) {
    mapping.Refuse("command", "\"command\" or \"webhook\" must say how the person on call is reached");
  }
  mapping.RefuseOtherKeys();
  return on_call;
}

TellingOptions ReadTelling(YamlMapping& mapping) {
  TellingOptions telling;
  telling.name = mapping.Text("name", kSourceName);
  telling.wards = ReadNames(mapping, "wards");
  if (mapping.Has("file")) telling.file = mapping.Path("file");
  if (mapping.Has("webhook")) telling.webhook = ReadWebhook(mapping.Mapping("webhook"));
  if (mapping.Has("on_call")) telling.on_call = ReadOnCall(mapping.Mapping("on_call"));
  const bool has_way = mapping.Has("file") || mapping.Has("webhook") || mapping.Has("on_call");
  if (!has_way && !mapping.Refused("name")) {
    mapping.Refuse("name", "\"file\", \"webhook\" or \"on_call\" must say how they are told");
  }
  mapping.RefuseOtherKeys();
  return telling;
}

// How far each was told is known by its name: no two have the same.
std::vector<TellingOptions> ReadTellings(YamlMapping& top) {
  std::vector<TellingOptions> tellings;
  std::set<std::string> names;
  for (YamlMapping& each : top.Mappings("telling", kTellingsMost)) {
    tellings.push_back(ReadTelling(each));
    const bool is_new = names.insert(tellings.back().name).second;
    if (!is_new && !each.Refused("name")) each.Refuse("name", "\"name\" is another one's");
  }
  return tellings;
}

// Message ids are known by the listener's name: no two have the same.
std::vector<Hl7ListenerOptions> ReadHl7Listeners(YamlMapping& top) {
  std::vector<Hl7ListenerOptions> listeners;
  std::set<std::string> names;
  for (YamlMapping& each : top.Mappings("hl7", kListenersMost)) {
    listeners.push_back(ReadHl7Listener(each));
    const bool is_new = names.insert(listeners.back().name).second;
    if (!is_new && !each.Refused("name")) each.Refuse("name", "\"name\" is another listener's");
  }
  return listeners;
}

std::vector<HandedFolderOptions> ReadHandedFolders(YamlMapping& top) {
  std::vector<HandedFolderOptions> folders;
  std::set<std::string> names;
  for (YamlMapping& each : top.Mappings("folders", kListenersMost)) {
    folders.push_back(ReadHandedFolder(each));
    const bool is_new = names.insert(folders.back().name).second;
    if (!is_new && !each.Refused("name")) each.Refuse("name", "\"name\" is another folder's");
  }
  return folders;
}

}  // namespace

absl::StatusOr<AgentConfig> ReadAgentConfig(absl::string_view path) {
  absl::StatusOr<YamlReader> reader = YamlReader::Open(path);
  if (!reader.ok()) return reader.status();
  YamlMapping top = reader->Top();
  AgentConfig config;
  ReadConnection(top.Mapping("broker"), config);
  ReadStore(top.Mapping("data"), config);
  config.desk.site = ReadSite(top.Mapping("site"));
  if (top.Has("limits")) ReadLimits(top.Mapping("limits"), config.desk);
  if (top.Has("telling")) config.telling = ReadTellings(top);
  if (top.Has("hl7")) config.hl7 = ReadHl7Listeners(top);
  if (top.Has("folders")) config.folders = ReadHandedFolders(top);
  if (top.Has("page")) config.page = ReadPageOptions(top.Mapping("page"));
  top.RefuseOtherKeys();
  RefuseConflicts(config, top);
  if (absl::Status status = reader->status(); !status.ok()) return status;
  return config;
}

}  // namespace envej::region
