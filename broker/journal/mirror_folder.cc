#include "broker/journal/mirror_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace envej::journal {
namespace {

constexpr absl::string_view kCheckpointEnding = ".checkpoint";
constexpr absl::string_view kJournalEnding = ".journal";
constexpr absl::string_view kNewEnding = ".new";
constexpr size_t kDigits = 20;
constexpr size_t kIncarnationDigits = 32;
constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;

std::string NameOf(absl::string_view folder, const MirroredRange& range, absl::string_view ending) {
  return absl::StrFormat("%s/%020u-%020u%s", folder, range.first_batch, range.last_batch, ending);
}

bool IsNumber(absl::string_view text, uint64_t& number) {
  const bool digits = std::all_of(text.begin(), text.end(),
                                  [](char digit) { return absl::ascii_isdigit(static_cast<unsigned char>(digit)); });
  return digits && text.size() == kDigits && absl::SimpleAtoi(text, &number);
}

std::optional<MirroredRange> RangeOf(absl::string_view name, absl::string_view ending) {
  MirroredRange range;
  if (!absl::ConsumeSuffix(&name, ending) || name.size() != 2 * kDigits + 1 || name[kDigits] != '-') {
    return std::nullopt;
  }
  const bool is_range =
      IsNumber(name.substr(0, kDigits), range.first_batch) && IsNumber(name.substr(kDigits + 1), range.last_batch);
  if (!is_range) return std::nullopt;
  return range;
}

absl::Status CannotRead(const std::string& path, const std::error_code& error) {
  return absl::UnavailableError(absl::StrCat("cannot read ", path, ": ", error.message()));
}

absl::Status Failed(absl::string_view what, absl::string_view path) {
  return absl::UnavailableError(
      absl::StrCat("cannot ", what, " ", path, ": ", std::error_code(errno, std::generic_category()).message()));
}

absl::StatusOr<std::vector<std::string>> NamesIn(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(path, error);
  for (const std::filesystem::directory_iterator end; !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) return CannotRead(path, error);
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<std::vector<MirroredRange>> ListRanges(const std::string& folder, absl::string_view ending) {
  const absl::StatusOr<std::vector<std::string>> names = NamesIn(folder);
  if (!names.ok()) return names.status();
  std::vector<MirroredRange> ranges;
  for (const std::string& name : *names) {
    if (const std::optional<MirroredRange> range = RangeOf(name, ending)) ranges.push_back(*range);
  }
  return ranges;
}

absl::Status SyncFolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int descriptor = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return Failed("open", folder);
  const int synced = fsync(descriptor);
  const absl::Status status = synced == 0 ? absl::OkStatus() : Failed("sync", folder);
  close(descriptor);
  return status;
}

}  // namespace

std::string MirrorFolder(absl::string_view directory, absl::string_view store_incarnation) {
  return absl::StrCat(directory, "/", absl::BytesToHexString(store_incarnation));
}

std::string CheckpointFile(absl::string_view folder, const MirroredRange& range) {
  return NameOf(folder, range, kCheckpointEnding);
}

std::string JournalFile(absl::string_view folder, const MirroredRange& range) {
  return NameOf(folder, range, kJournalEnding);
}

absl::StatusOr<std::vector<MirroredRange>> ListCheckpoints(const std::string& folder) {
  return ListRanges(folder, kCheckpointEnding);
}

absl::StatusOr<std::vector<MirroredRange>> ListJournals(const std::string& folder) {
  return ListRanges(folder, kJournalEnding);
}

absl::StatusOr<std::vector<std::string>> ListIncarnations(const std::string& directory) {
  absl::StatusOr<std::vector<std::string>> names = NamesIn(directory);
  if (!names.ok()) return names.status();
  std::erase_if(*names, [](const std::string& name) {
    return name.size() != kIncarnationDigits || !std::all_of(name.begin(), name.end(), [](char digit) {
             return absl::ascii_isxdigit(static_cast<unsigned char>(digit));
           });
  });
  for (std::string& name : *names) name = absl::StrCat(directory, "/", name);
  return names;
}

absl::StatusOr<OpenedMirrorFile> OpenMirrorFile(const std::string& path) {
  // Without O_NONBLOCK, to open a pipe waits for a writer.
  const int descriptor = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) return absl::NotFoundError(absl::StrCat(path, " is not there"));
  if (descriptor < 0) return Failed("open", path);
  struct stat found {};
  absl::Status status;
  if (fstat(descriptor, &found) != 0) {
    status = Failed("open", path);
  } else if (!S_ISREG(found.st_mode)) {
    status = absl::UnavailableError(absl::StrCat("cannot read ", path, ": it is no file"));
  } else if (std::FILE* const file = fdopen(descriptor, "rb"); file != nullptr) {
    return OpenedMirrorFile(file);
  } else {
    status = Failed("open", path);
  }
  close(descriptor);
  return status;
}

absl::StatusOr<std::optional<std::string>> ReadMirrorFile(const std::string& path, size_t most) {
  const absl::StatusOr<OpenedMirrorFile> opened = OpenMirrorFile(path);
  if (absl::IsNotFound(opened.status())) return std::optional<std::string>();
  if (!opened.ok()) return opened.status();
  const OpenedMirrorFile& file = *opened;
  std::string bytes(most + 1, '\0');
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file.get()));
  if (std::ferror(file.get()) != 0) return Failed("read", path);
  if (bytes.size() > most) return absl::DataLossError(absl::StrCat(path, " is larger than any such file"));
  return std::optional<std::string>(std::move(bytes));
}

absl::StatusOr<NewMirrorFile> NewMirrorFile::Create(const std::string& path) {
  const std::string new_path = absl::StrCat(path, kNewEnding);
  const int descriptor = open(new_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kFileMode);
  std::FILE* const file = descriptor < 0 ? nullptr : fdopen(descriptor, "wb");
  if (file != nullptr) return NewMirrorFile(path, file);
  absl::Status status = Failed("create", new_path);
  if (descriptor >= 0) close(descriptor);
  return status;
}

absl::Status NewMirrorFile::Append(absl::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size()) return absl::OkStatus();
  return Failed("write", path_);
}

absl::Status NewMirrorFile::Finish() {
  if (std::fflush(file_.get()) != 0 || fsync(fileno(file_.get())) != 0) return Failed("write", path_);
  file_.reset();
  if (std::rename(absl::StrCat(path_, kNewEnding).c_str(), path_.c_str()) != 0) return Failed("rename", path_);
  return SyncFolderOf(path_);
}

absl::Status MakeMirrorFolder(const std::string& path) {
  if (mkdir(path.c_str(), kFolderMode) == 0) return SyncFolderOf(path);
  if (errno == EEXIST) return absl::OkStatus();
  return Failed("make", path);
}

}  // namespace envej::journal
