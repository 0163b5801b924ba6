#include "region-client/agent/config_conflicts.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace envej::region {
namespace {

using options::YamlMapping;
using std::filesystem::path;

path WithoutLinks(const std::string& text) {
  std::error_code error;
  const path whole = std::filesystem::weakly_canonical(text, error);
  return error ? path(text).lexically_normal() : whole;
}

// Whether it is `folder` or something in it.
bool IsWithin(const path& inner, const path& folder) {
  const auto [of_folder, rest] = std::mismatch(folder.begin(), folder.end(), inner.begin(), inner.end());
  return of_folder == folder.end() || (of_folder->empty() && std::next(of_folder) == folder.end());
}

bool HaveToDo(const path& one, const path& other) { return IsWithin(one, other) || IsWithin(other, one); }

void RefuseSharedAddresses(const AgentConfig& config, YamlMapping& top) {
  std::set<std::string> taken;
  const auto take = [&](const std::string& address, absl::string_view key) {
    const bool is_chosen = absl::EndsWith(address, ":0");  // by the system: no two alike
    if (address.empty() || is_chosen || taken.insert(address).second) return;
    top.Refuse(key, absl::StrCat("\"listen\" ", address, " is another listener's"));
  };
  for (const Hl7ListenerOptions& listener : config.hl7) take(listener.listen, "hl7");
  if (config.page.has_value()) take(config.page->listen, "page");
}

void RefuseSharedFolders(const AgentConfig& config, YamlMapping& top) {
  std::vector<path> taken;
  const path data = WithoutLinks(config.store.folder);
  for (const HandedFolderOptions& each : config.folders) {
    const path folder = WithoutLinks(each.folder);
    if (HaveToDo(folder, data)) {
      top.Refuse("folders", absl::StrCat("folder ", each.name, " must have nothing to do with the agent's own data"));
    }
    const bool is_taken =
        std::any_of(taken.begin(), taken.end(), [&](const path& other) { return HaveToDo(folder, other); });
    if (is_taken) top.Refuse("folders", absl::StrCat("folder ", each.name, " is another one's, or in it"));
    taken.push_back(folder);
  }
}

void Add(const certs::TlsFiles& tls, std::vector<std::string>& files) {
  files.insert(files.end(), {tls.certificate_chain, tls.private_key, tls.authorities});
}

// Those that nothing may be appended to.
std::vector<std::string> FilesOf(const AgentConfig& config) {
  std::vector<std::string> files = {config.store.secret, config.sealing.secret, config.sealing.revocation_lists};
  for (const std::string& secret : config.store.former_secrets) files.push_back(secret);
  for (const std::string& secret : config.sealing.former_secrets) files.push_back(secret);
  Add(config.connection.files, files);
  for (const Hl7ListenerOptions& listener : config.hl7) {
    if (listener.tls.has_value()) Add(*listener.tls, files);
  }
  if (config.page.has_value()) Add(config.page->files, files);
  std::erase(files, "");
  return files;
}

void RefuseTellingIntoOtherFiles(const AgentConfig& config, YamlMapping& top) {
  std::vector<path> folders = {WithoutLinks(config.store.folder)};
  for (const HandedFolderOptions& each : config.folders) folders.push_back(WithoutLinks(each.folder));
  std::set<path> files;
  for (const std::string& file : FilesOf(config)) files.insert(WithoutLinks(file));
  for (const TellingOptions& telling : config.telling) {
    if (telling.file.empty()) continue;
    const path file = WithoutLinks(telling.file);
    const bool is_taken = files.contains(file) || std::any_of(folders.begin(), folders.end(), [&](const path& folder) {
                            return IsWithin(file, folder);
                          });
    if (is_taken) {
      top.Refuse("telling", absl::StrCat("\"file\" of ", telling.name,
                                         " must be of its own: what is told would be written into what it names"));
    }
  }
}

void RefuseStaffThatAreSystems(const AgentConfig& config, YamlMapping& top) {
  if (!config.page.has_value()) return;
  const SignInOptions& sign_in = config.page->sign_in;
  std::set<std::string> names(sign_in.staff.begin(), sign_in.staff.end());
  if (sign_in.proxy.has_value() && !names.insert(sign_in.proxy->certificate).second) {
    top.Refuse("page", absl::StrCat("certificate ", sign_in.proxy->certificate, " cannot be staff and the proxy"));
  }
  for (const std::string& system : sign_in.systems) {
    if (!names.contains(system)) continue;
    top.Refuse("page", absl::StrCat("certificate ", system, " cannot be a system and staff or the proxy"));
  }
}

}  // namespace

void RefuseConflicts(const AgentConfig& config, YamlMapping& top) {
  RefuseSharedAddresses(config, top);
  RefuseSharedFolders(config, top);
  RefuseTellingIntoOtherFiles(config, top);
  RefuseStaffThatAreSystems(config, top);
}

}  // namespace envej::region
