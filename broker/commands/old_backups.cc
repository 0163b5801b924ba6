#include "broker/commands/old_backups.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "broker/commands/backup_manifest.h"
#include "broker/commands/files.h"

namespace envej::commands {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kPrefix = "backup-";
constexpr absl::string_view kUnfinished = "unfinished-";
constexpr char kTimeFormat[] = "%Y%m%dT%H%M%SZ";
constexpr char kTimeApart[] = "%Y-%m-%dT%H%M%SZ";
constexpr size_t kTimeLength = 16;
constexpr int kLaterMost = 60;  // seconds

std::string InName(absl::Time time) { return absl::FormatTime(kTimeFormat, time, absl::UTCTimeZone()); }

std::string NameOf(const std::string& path) { return fs::path(path).filename().string(); }

// The time that is named so, and in no other way.
std::optional<absl::Time> ReadTime(absl::string_view text) {
  if (text.size() != kTimeLength) return std::nullopt;
  // A parser takes all digits in a row for the year.
  const std::string apart = absl::StrCat(text.substr(0, 4), "-", text.substr(4, 2), "-", text.substr(6));
  absl::Time time;
  if (!absl::ParseTime(kTimeApart, apart, &time, nullptr) || InName(time) != text) return std::nullopt;
  return time;
}

// When a backup was made, by the very name that it was given.
std::optional<absl::Time> MadeAt(absl::string_view name) {
  if (!absl::ConsumePrefix(&name, kPrefix) || name.size() <= kTimeLength + 1) return std::nullopt;
  const absl::string_view batch = name.substr(kTimeLength + 1);
  if (name[kTimeLength] != '-' || !std::all_of(batch.begin(), batch.end(), absl::ascii_isdigit)) return std::nullopt;
  return ReadTime(name.substr(0, kTimeLength));
}

bool IsUnfinished(absl::string_view name) {
  return absl::ConsumePrefix(&name, kUnfinished) && (ReadTime(name).has_value() || MadeAt(name).has_value());
}

// The folders in one, but no links to some.
absl::StatusOr<std::vector<std::string>> FoldersIn(const std::string& to) {
  std::vector<std::string> folders;
  std::error_code error;
  fs::directory_iterator entry(to, error);
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
    if (entry->symlink_status(error).type() == fs::file_type::directory) folders.push_back(entry->path().string());
  }
  if (error) return absl::UnavailableError(absl::StrCat("cannot read ", to, ": ", error.message()));
  std::sort(folders.begin(), folders.end());
  return folders;
}

// Whether it holds nothing that no backup holds.
bool HoldsOnlyABackup(const std::string& backup) {
  std::error_code error;
  fs::directory_iterator entry(backup, error);
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
    const std::string path = entry->path().string();
    if (path != EngineOf(backup) && path != ManifestOf(backup)) return false;
  }
  return !error;
}

absl::Status Remove(const std::string& to, const std::string& backup, absl::Time now) {
  // Without its manifest it is none any more, wherever the removing ends.
  std::error_code error;
  fs::remove(ManifestOf(backup), error);
  const std::string leaving = UnfinishedFolder(to, now);
  if (absl::Status status = Rename(backup, leaving); !status.ok()) return status;
  return RemoveAll(leaving);
}

}  // namespace

std::string BackupFolder(const std::string& to, absl::Time made_at, uint64_t batch) {
  std::string folder;
  for (int later = 0; later < kLaterMost; ++later) {
    folder = absl::StrCat(to, "/", kPrefix, InName(made_at + absl::Seconds(later)), "-", batch);
    std::error_code error;
    if (!fs::exists(fs::symlink_status(folder, error))) break;
  }
  return folder;
}

std::string UnfinishedFolder(const std::string& to, absl::Time now) {
  return absl::StrCat(to, "/", kUnfinished, InName(now));
}

absl::Status RemoveUnfinished(const std::string& to) {
  const absl::StatusOr<std::vector<std::string>> folders = FoldersIn(to);
  if (!folders.ok()) return folders.status();
  for (const std::string& folder : *folders) {
    if (!IsUnfinished(NameOf(folder))) continue;
    if (absl::Status status = RemoveAll(folder); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<OldBackups> RemoveOldBackups(const std::string& to, absl::Time oldest, const std::string& newest,
                                            absl::Time now) {
  const absl::StatusOr<std::vector<std::string>> folders = FoldersIn(to);
  if (!folders.ok()) return folders.status();
  OldBackups old;
  for (const std::string& folder : *folders) {
    if (!absl::StartsWith(NameOf(folder), kPrefix) || NameOf(folder) == NameOf(newest)) continue;
    const absl::StatusOr<BackupManifest> manifest = ReadManifest(ManifestOf(folder));
    std::optional<absl::Time> made_at;
    if (manifest.ok()) {
      made_at = manifest->made_at;
    } else if (HoldsOnlyABackup(folder)) {
      made_at = MadeAt(NameOf(folder));
    }
    if (made_at.has_value() && *made_at < oldest) {
      if (absl::Status status = Remove(to, folder, now); !status.ok()) return status;
      ++old.removed;
    } else if (!manifest.ok()) {
      old.unusable.push_back(absl::StrCat(
          folder, " cannot be restored: ", manifest.status().message(), "; ",
          made_at.has_value() ? "it is removed when it is old enough"
                              : "and it may be somebody else's, so it is never removed: see to it by hand"));
    }
  }
  return old;
}

}  // namespace envej::commands
