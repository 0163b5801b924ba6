#include "broker/commands/backup_manifest.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "broker/commands/files.h"

namespace envej::commands {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;

std::string Text(const Json& json, const char* name) { return json.at(name).get<std::string>(); }
uint64_t Number(const Json& json, const char* name) { return json.at(name).get<uint64_t>(); }

absl::StatusOr<absl::Time> ReadTime(const std::string& text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return absl::DataLossError("it has no time");
  return time;
}

// Throws what the library throws of a manifest that is none.
absl::StatusOr<BackupManifest> FromJson(const Json& json) {
  if (json.at("format").get<int>() != kFormat) {
    return absl::FailedPreconditionError("the backup has a form of a newer version");
  }
  BackupManifest manifest;
  manifest.head.store_incarnation = absl::HexStringToBytes(Text(json, "store_incarnation"));
  manifest.head.batch = Number(json, "batch");
  manifest.head.hash = absl::HexStringToBytes(Text(json, "hash"));
  const absl::StatusOr<absl::Time> batch_time = ReadTime(Text(json, "batch_time"));
  if (!batch_time.ok()) return batch_time.status();
  manifest.head.time = *batch_time;
  manifest.start_epoch = Number(json, "start_epoch");
  const absl::StatusOr<absl::Time> made_at = ReadTime(Text(json, "made_at"));
  if (!made_at.ok()) return made_at.status();
  manifest.made_at = *made_at;
  manifest.keys = Number(json, "keys");
  manifest.notices = Number(json, "notices");
  manifest.under_way = Number(json, "under_way");
  manifest.unreadable = Number(json, "unreadable");
  for (const Json& file : json.at("files")) {
    manifest.files.push_back(
        {.name = Text(file, "name"), .bytes = Number(file, "bytes"), .sha256 = Text(file, "sha256")});
  }
  return manifest;
}

}  // namespace

std::string EngineOf(const std::string& backup) { return backup + "/rocksdb"; }
std::string ManifestOf(const std::string& backup) { return backup + "/manifest.json"; }

absl::StatusOr<std::vector<BackupFile>> SumFiles(const std::string& folder, const BytesRead& progress) {
  std::vector<BackupFile> files;
  uint64_t bytes = 0;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (const std::filesystem::directory_iterator end; !error && entry != end; entry.increment(error)) {
    const std::string path = entry->path().string();
    const absl::StatusOr<FileSum> sum = SumFile(path);
    if (!sum.ok()) return sum.status();
    files.push_back({.name = entry->path().filename().string(), .bytes = sum->bytes, .sha256 = sum->sha256});
    bytes += sum->bytes;
    if (progress) progress(bytes);
  }
  if (error) return absl::UnavailableError(absl::StrCat("cannot read ", folder, ": ", error.message()));
  std::sort(files.begin(), files.end(),
            [](const BackupFile& left, const BackupFile& right) { return left.name < right.name; });
  return files;
}

absl::Status WriteManifest(const std::string& path, const BackupManifest& manifest) {
  Json json;
  json["format"] = kFormat;
  json["store_incarnation"] = absl::BytesToHexString(manifest.head.store_incarnation);
  json["batch"] = manifest.head.batch;
  json["hash"] = absl::BytesToHexString(manifest.head.hash);
  json["batch_time"] = absl::FormatTime(absl::RFC3339_full, manifest.head.time, absl::UTCTimeZone());
  json["start_epoch"] = manifest.start_epoch;
  json["made_at"] = absl::FormatTime(absl::RFC3339_full, manifest.made_at, absl::UTCTimeZone());
  json["keys"] = manifest.keys;
  json["notices"] = manifest.notices;
  json["under_way"] = manifest.under_way;
  json["unreadable"] = manifest.unreadable;
  json["files"] = Json::array();
  for (const BackupFile& file : manifest.files) {
    json["files"].push_back({{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  }
  return WriteSynced(path, json.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n");
}

absl::StatusOr<BackupManifest> ReadManifest(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return absl::NotFoundError(absl::StrCat("there is no backup: no ", path));
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad()) return absl::UnavailableError(absl::StrCat("cannot read ", path));
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  absl::StatusOr<BackupManifest> manifest = absl::DataLossError("it is none");
  try {
    if (json.is_object()) manifest = FromJson(json);
  } catch (const Json::exception&) {
    manifest = absl::DataLossError("something in it is missing or is of another kind");
  }
  if (manifest.ok()) return manifest;
  return absl::Status(manifest.status().code(),
                      absl::StrCat("the manifest ", path, " cannot be used: ", manifest.status().message()));
}

absl::Status CheckFiles(const std::string& backup, const BackupManifest& manifest, const BytesRead& progress) {
  const absl::StatusOr<std::vector<BackupFile>> there = SumFiles(EngineOf(backup), progress);
  if (!there.ok()) return there.status();
  for (const BackupFile& expected : manifest.files) {
    const auto found =
        std::find_if(there->begin(), there->end(), [&](const BackupFile& file) { return file.name == expected.name; });
    if (found == there->end()) {
      return absl::DataLossError(absl::StrCat("the backup is damaged: its file ", expected.name, " is missing"));
    }
    if (found->bytes != expected.bytes || found->sha256 != expected.sha256) {
      return absl::DataLossError(
          absl::StrCat("the backup is damaged: its file ", expected.name, " is not as it was written"));
    }
  }
  return absl::OkStatus();
}

}  // namespace envej::commands
