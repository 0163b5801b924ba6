#include "broker/commands/restore_place.h"

#include <filesystem>
#include <set>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "broker/store/high_water_mark.h"

namespace envej::commands {
namespace {

namespace fs = std::filesystem;

std::string NameOf(const std::string& path) { return fs::path(path).filename().string(); }

absl::Status CheckEmpty(const store::StorePaths& paths, bool is_ours) {
  std::set<std::string> allowed = {"lost+found"};
  if (is_ours) allowed.insert({NameOf(paths.restoring), NameOf(paths.engine), NameOf(paths.mark)});
  std::error_code error;
  fs::directory_iterator entry(paths.directory, error);
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
    if (allowed.contains(entry->path().filename().string())) continue;
    return absl::FailedPreconditionError(
        absl::StrCat(paths.directory,
                     " is not empty: move what is in it elsewhere and keep it, since its high-water "
                     "mark may say what was lost (--lost-data); nothing was changed"));
  }
  if (error) return absl::UnavailableError(absl::StrCat("cannot read ", paths.directory, ": ", error.message()));
  return absl::OkStatus();
}

absl::Status Clear(const store::StorePaths& paths) {
  for (const std::string& path : {paths.mark, paths.engine, paths.restoring}) {
    if (absl::Status status = RemoveAll(path); !status.ok()) return status;
  }
  return store::SyncDirectory(paths.directory);
}

}  // namespace

absl::StatusOr<RestorePlace> RestorePlace::Take(const std::string& data_directory) {
  const store::StorePaths paths(data_directory);
  absl::Status made = MakeFolder(paths.directory);
  if (made.ok()) made = store::SyncDirectory(fs::path(paths.directory).parent_path().string());
  if (!made.ok() && !absl::IsAlreadyExists(made)) return made;
  std::error_code error;
  if (!fs::is_directory(paths.directory, error)) {
    return absl::FailedPreconditionError(absl::StrCat(paths.directory, " is not a folder"));
  }
  // The folder's own, so that nothing is made in what is somebody else's.
  absl::StatusOr<FileLock> lock = FileLock::TakeFolder(paths.directory);
  if (!lock.ok()) return lock.status();
  const bool is_ours = fs::exists(paths.restoring, error);
  if (absl::Status status = CheckEmpty(paths, is_ours); !status.ok()) return status;
  if (is_ours) {
    if (absl::Status status = Clear(paths); !status.ok()) return status;
  }
  if (absl::Status status = MakeFolder(paths.restoring); !status.ok()) return status;
  if (absl::Status status = store::SyncDirectory(paths.directory); !status.ok()) return status;
  return RestorePlace(paths, *std::move(lock));
}

absl::Status RestorePlace::Finish() {
  const store::StorePaths from(paths_.restoring);
  if (absl::Status status = store::SyncDirectory(paths_.restoring); !status.ok()) return status;
  if (absl::Status status = Rename(from.engine, paths_.engine); !status.ok()) return status;
  if (absl::Status status = Rename(from.mark, paths_.mark); !status.ok()) return status;
  if (absl::Status status = store::SyncDirectory(paths_.directory); !status.ok()) return status;
  if (absl::Status status = RemoveAll(paths_.restoring); !status.ok()) return status;
  return store::SyncDirectory(paths_.directory);
}

absl::Status RestorePlace::GiveUp() { return Clear(paths_); }

}  // namespace envej::commands
