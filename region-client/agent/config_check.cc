#include "region-client/agent/config_check.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "certs/listening_sockets.h"
#include "certs/tls_files.h"
#include "region-client/agent/at_rest.h"

namespace envej::region {
namespace {

class Obstacles {
 public:
  void Note(absl::string_view where, const absl::Status& status) {
    if (!status.ok()) Note(where, status.message());
  }
  // Once, where several parts need the same file.
  void Note(absl::string_view where, absl::string_view why) {
    std::string line = absl::StrCat(where, ": ", why);
    if (std::find(lines_.begin(), lines_.end(), line) == lines_.end()) lines_.push_back(std::move(line));
  }
  std::vector<std::string> Take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

// As execvp finds it.
bool IsProgram(const std::string& name) {
  const auto is_one = [](const std::string& path) {
    std::error_code error;
    return std::filesystem::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
  };
  if (absl::StrContains(name, '/')) return is_one(name);
  const char* const search = std::getenv("PATH");
  for (const absl::string_view folder : absl::StrSplit(search == nullptr ? "/bin:/usr/bin" : search, ':')) {
    if (is_one(absl::StrCat(folder.empty() ? "." : folder, "/", name))) return true;
  }
  return false;
}

absl::Status IsFolderToWriteIn(const std::filesystem::path& folder) {
  const std::string name = folder.empty() ? "." : folder.string();
  std::error_code error;
  if (!std::filesystem::is_directory(name, error)) {
    return absl::FailedPreconditionError(absl::StrCat(name, " is not a folder: make it"));
  }
  if (access(name.c_str(), W_OK | X_OK) == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(name, ": ", strerror(errno), ": let this user write in it"));
}

// What is there can be used; what is not can be made.
absl::Status CanBeFolder(const std::string& folder) {
  std::error_code error;
  const bool is_there = std::filesystem::exists(folder, error);
  const std::filesystem::path path(folder);
  return IsFolderToWriteIn(is_there ? path : path.parent_path());
}

absl::Status CanBeAppendedTo(const std::string& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return IsFolderToWriteIn(std::filesystem::path(file).parent_path());
  if (!std::filesystem::is_regular_file(file, error)) {
    return absl::FailedPreconditionError(absl::StrCat(file, " is not a file: name one"));
  }
  if (access(file.c_str(), W_OK) == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(file, ": ", strerror(errno), ": let this user write to it"));
}

absl::Status CanBeRead(const std::string& file) {
  if (file.empty() || access(file.c_str(), R_OK) == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(file, ": ", strerror(errno)));
}

void LookAtListener(const Hl7ListenerOptions& options, absl::Time now, Obstacles& obstacles) {
  const std::string where = absl::StrCat("hl7 listener ", options.name);
  if (options.tls.has_value()) obstacles.Note(where, certs::LoadTlsFiles(*options.tls, now).status());
  const absl::StatusOr<ListeningSockets> listening = ListenBeside(options.listen);
  obstacles.Note(where, listening.status());
  if (listening.ok() && !options.tls.has_value() && !IsOnLoopback(*listening)) {
    obstacles.Note(where, absl::StrCat("without \"tls\" it may listen on loopback alone, and ", options.listen,
                                       " is another address"));
  }
}

void LookAtTelling(const TellingOptions& options, Obstacles& obstacles) {
  const std::string where = absl::StrCat("telling ", options.name);
  if (!options.file.empty()) obstacles.Note(where, CanBeAppendedTo(options.file));
  if (options.webhook.has_value()) obstacles.Note(where, CanBeRead(options.webhook->authorities));
  if (!options.on_call.has_value()) return;
  const OnCallOptions& on_call = *options.on_call;
  if (!on_call.command.empty() && !IsProgram(on_call.command.front())) {
    obstacles.Note(where,
                   absl::StrCat(on_call.command.front(),
                                ", which reaches the person on call, is no program: install it, or give its path"));
  }
  if (on_call.webhook.has_value()) obstacles.Note(where, CanBeRead(on_call.webhook->authorities));
}

}  // namespace

std::vector<std::string> WhatIsInTheWay(const AgentConfig& config, const AgentOutside& outside) {
  Obstacles obstacles;
  const absl::Time now = outside.surroundings.now();
  obstacles.Note("broker", outside.make_sealer(config.sealing).status());
  obstacles.Note("broker", certs::LoadTlsFiles(config.connection.files, now).status());
  obstacles.Note("data", AtRest::Read(config.store.secret, config.store.former_secrets).status());
  obstacles.Note("data", CanBeFolder(config.store.folder));
  for (const TellingOptions& each : config.telling) LookAtTelling(each, obstacles);
  for (const Hl7ListenerOptions& each : config.hl7) LookAtListener(each, now, obstacles);
  for (const HandedFolderOptions& each : config.folders) {
    obstacles.Note(absl::StrCat("folder ", each.name), CanBeFolder(each.folder));
  }
  if (config.page.has_value()) {
    obstacles.Note("page", certs::LoadTlsFiles(config.page->files, now).status());
    obstacles.Note("page", ListenBeside(config.page->listen).status());
  }
  return obstacles.Take();
}

}  // namespace envej::region
