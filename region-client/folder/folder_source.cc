#include "region-client/folder/folder_source.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "certs/wiped_bytes.h"
#include "region-client/folder/item_taker.h"
#include "region-client/folder/sealed_file.h"

namespace envej::region {
namespace {

constexpr absl::string_view kOutcomeEnding = ".outcome.json";
constexpr absl::string_view kReasonEnding = ".reason.json";
// Of a file that was taken and is to be wiped.
constexpr absl::string_view kWipingBegin = ".wiping-";
// With what is put before and behind it, a name is to be shorter than 255 bytes.
constexpr size_t kNameBytesMost = 200;
constexpr size_t kHashShown = 12;
constexpr absl::Duration kClearEvery = absl::Hours(1);

std::string EndingOf(const std::string& name) {
  const size_t dot = name.rfind('.');
  return dot == std::string::npos ? "" : absl::AsciiStrToLower(name.substr(dot));
}

// Why nothing of the file is even read.
std::optional<FileProblem> ProblemOf(const SeenFile& file, const FolderOptions& options, const FileDecoders& decoders) {
  if (!file.is_file) return FileProblem{.reason = "NOT_A_FILE", .text = "it is no regular file, or has a second name"};
  if (!decoders.contains(EndingOf(file.name))) {
    return FileProblem{.reason = "ENDING_UNKNOWN", .text = "its name has an ending that nothing here reads"};
  }
  if (file.bytes == 0) return FileProblem{.reason = "FILE_EMPTY", .text = "it is empty"};
  if (file.bytes > options.file_bytes_most) {
    return FileProblem{.reason = "FILE_TOO_LARGE",
                       .text = absl::StrCat("it is larger than ", options.file_bytes_most, " bytes")};
  }
  return std::nullopt;
}

// Of the store or the disk. Any other, such as a record of one patient that is damaged, is of one file.
bool IsOfEveryFile(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsResourceExhausted(status) || absl::IsFailedPrecondition(status);
}

}  // namespace

absl::StatusOr<FolderSource> FolderSource::Open(FolderOptions options, FileDecoders decoders, Desk& desk,
                                                const AtRest& at_rest, std::function<absl::Time()> now) {
  absl::StatusOr<FolderFiles> files = FolderFiles::Open(options.folder);
  if (!files.ok()) return files.status();
  return FolderSource(std::move(options), std::move(decoders), desk, at_rest, std::move(now), *std::move(files));
}

void FolderSource::Run(Stopping& stopping) {
  absl::Status before;
  do {
    const absl::Status status = Look(stopping.token());
    if (!status.ok() && status != before && options_.on_error) options_.on_error(status);
    before = status;
  } while (stopping.Sleep(options_.look_every));
}

absl::Status FolderSource::Look(const std::stop_token& stop) {
  const absl::Time now = now_();
  if (absl::Status status = Clear(now); !status.ok()) return status;
  absl::StatusOr<std::vector<SeenFile>> seen = files_.HandedOver();
  if (!seen.ok()) return seen.status();
  PassOverFolders(*seen);
  absl::Status first;
  for (const SeenFile& file : Unchanged(*seen, now)) {
    if (stop.stop_requested()) break;
    const absl::Status status = Take(file);
    if (IsOfEveryFile(status)) return status;
    first.Update(status);
  }
  return first;
}

void FolderSource::PassOverFolders(std::vector<SeenFile>& seen) {
  std::set<std::string> folders;
  bool is_new = false;
  std::erase_if(seen, [&](const SeenFile& file) {
    if (file.is_folder && decoders_.contains(EndingOf(file.name))) {
      is_new |= !passed_over_.contains(file.name);
      folders.insert(file.name);
    }
    return file.is_folder;
  });
  passed_over_ = std::move(folders);
  if (is_new && options_.on_folder) options_.on_folder();
}

std::vector<SeenFile> FolderSource::Unchanged(const std::vector<SeenFile>& seen, absl::Time now) {
  std::map<std::string, Waiting> waiting;
  std::vector<SeenFile> unchanged;
  for (const SeenFile& file : seen) {
    const auto before = waiting_.find(file.name);
    const bool is_same = before != waiting_.end() && before->second.file == file;
    const absl::Time since = is_same ? std::min(before->second.since, now) : now;
    waiting[file.name] = {.file = file, .since = since};
    const bool is_whole = is_same && now - since >= options_.unchanged_for;
    if (is_whole && unchanged.size() < options_.files_a_look) unchanged.push_back(file);
  }
  waiting_ = std::move(waiting);
  return unchanged;
}

absl::Status FolderSource::Take(const SeenFile& file) {
  if (std::optional<FileProblem> problem = ProblemOf(file, options_, decoders_); problem.has_value()) {
    return RejectWhole(file, *std::move(problem));
  }
  absl::StatusOr<std::string> bytes = files_.Read(file);
  if (absl::IsAborted(bytes.status())) return absl::OkStatus();
  if (absl::IsPermissionDenied(bytes.status())) {
    return RejectWhole(file, {.reason = "FILE_NOT_READABLE", .text = std::string(bytes.status().message())});
  }
  if (!bytes.ok()) return bytes.status();
  const certs::WipedAtEnd wiped(*bytes);
  const absl::StatusOr<std::vector<FileItem>> items = Decode(file, *bytes);
  if (!items.ok()) {
    return RejectWhole(file, {.reason = "FILE_INVALID", .text = std::string(items.status().message())});
  }
  ItemTaker taker(desk_, HashOf(*bytes));
  FileOutcome outcome;
  for (const FileItem& item : *items) {
    if (absl::Status status = taker.Take(item, outcome); !status.ok()) return status;
    Passed(FolderStep::kItemTaken);
  }
  const absl::Status put = outcome.good() ? Process(file, *bytes, outcome) : Reject(file, outcome);
  if (put.ok() && options_.on_file) options_.on_file(outcome);
  return put;
}

absl::StatusOr<std::vector<FileItem>> FolderSource::Decode(const SeenFile& file, absl::string_view bytes) const {
  absl::StatusOr<std::vector<FileItem>> items = decoders_.find(EndingOf(file.name))->second(bytes, options_.items_most);
  if (!items.ok()) return items;
  if (items->empty()) return absl::InvalidArgumentError("it says nothing");
  return items;
}

absl::Status FolderSource::Process(const SeenFile& file, absl::string_view bytes, const FileOutcome& outcome) {
  const std::string name = NameOnProcessed(file);
  if (options_.after_taking == AfterTaking::kSeal) {
    const absl::StatusOr<std::string> sealed = SealFile(at_rest_, name, bytes);
    if (!sealed.ok()) return sealed.status();
    if (absl::Status status = files_.Write(Shelf::kProcessed, absl::StrCat(name, kSealedEnding), *sealed);
        !status.ok()) {
      return status;
    }
    Passed(FolderStep::kSealed);
  }
  if (absl::Status status =
          files_.Write(Shelf::kProcessed, absl::StrCat(name, kOutcomeEnding), ToJson(outcome, now_()));
      !status.ok()) {
    return status;
  }
  Passed(FolderStep::kOutcomeWritten);
  // Under a name that says that all of it was taken, so that a process which is killed while it wipes never takes the
  // rest for a file.
  const std::string wiping = absl::StrCat(kWipingBegin, HashOf(bytes));
  if (absl::Status status = files_.Move(file.name, Shelf::kProcessed, wiping); !status.ok()) return status;
  Passed(FolderStep::kMoved);
  return Wipe(wiping);
}

absl::Status FolderSource::Wipe(const std::string& name) {
  if (absl::Status status = files_.Overwrite(Shelf::kProcessed, name); !status.ok()) return status;
  Passed(FolderStep::kOverwritten);
  if (absl::Status status = files_.Remove(Shelf::kProcessed, name); !status.ok()) return status;
  Passed(FolderStep::kRemoved);
  return absl::OkStatus();
}

absl::Status FolderSource::RejectWhole(const SeenFile& file, FileProblem problem) {
  FileOutcome outcome;
  outcome.refused.push_back({.place = 0, .problem = std::move(problem)});
  const absl::Status put = Reject(file, outcome);
  if (put.ok() && options_.on_file) options_.on_file(outcome);
  return put;
}

absl::Status FolderSource::Reject(const SeenFile& file, const FileOutcome& outcome) {
  const std::string name = NameOnRejected(file);
  const absl::Time now = now_();
  const std::string reasons = ToJson(outcome, now, now + options_.rejected_kept);
  if (absl::Status status = files_.Write(Shelf::kRejected, absl::StrCat(name, kReasonEnding), reasons); !status.ok()) {
    return status;
  }
  Passed(FolderStep::kOutcomeWritten);
  absl::Status status = files_.Move(file.name, Shelf::kRejected, name);
  Passed(FolderStep::kMoved);
  return status;
}

absl::Status FolderSource::Clear(absl::Time now) {
  // Also at once after a clock was far ahead.
  if (now < clear_at_ && clear_at_ <= now + kClearEvery) return absl::OkStatus();
  if (absl::Status status = ClearProcessed(now); !status.ok()) return status;
  if (absl::Status status = ClearRejected(now); !status.ok()) return status;
  clear_at_ = now + kClearEvery;
  return absl::OkStatus();
}

absl::Status FolderSource::ClearProcessed(absl::Time now) {
  const absl::StatusOr<std::vector<SeenFile>> files = files_.OnShelf(Shelf::kProcessed);
  if (!files.ok()) return files.status();
  for (const SeenFile& file : *files) {
    const bool is_wiping = absl::StartsWith(file.name, kWipingBegin);
    if (!is_wiping && now - file.modified_at < options_.processed_kept) continue;
    if (absl::Status status = is_wiping ? Wipe(file.name) : files_.Remove(Shelf::kProcessed, file.name); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

absl::Status FolderSource::ClearRejected(absl::Time now) {
  const absl::StatusOr<std::vector<SeenFile>> files = files_.OnShelf(Shelf::kRejected);
  if (!files.ok()) return files.status();
  struct Old {
    bool is_file;
    bool has_reasons;
  };
  std::map<std::string, Old> old;  // by name, and so each before its reasons, which say since when it lies there
  for (const SeenFile& file : *files) {
    const std::optional<SeenFile> reasons = files_.Find(Shelf::kRejected, absl::StrCat(file.name, kReasonEnding));
    const absl::Time since = reasons.has_value() ? reasons->modified_at : file.modified_at;
    if (now - since >= options_.rejected_kept) {
      old[file.name] = {.is_file = file.is_file, .has_reasons = reasons.has_value()};
    }
  }
  size_t wiped = 0;
  absl::Status status;
  for (auto each = old.begin(); each != old.end() && status.ok(); ++each) {
    const auto& [name, about] = *each;
    // What has a second name is somebody's there.
    if (about.is_file) status = files_.Overwrite(Shelf::kRejected, name);
    if (status.ok()) status = files_.Remove(Shelf::kRejected, name);
    if (status.ok() && about.has_reasons) ++wiped;
  }
  if (wiped > 0 && options_.on_wiped) options_.on_wiped(wiped);
  return status;
}

std::string FolderSource::HashOf(absl::string_view bytes) const {
  return absl::BytesToHexString(at_rest_.NamesOf({"file", "bytes", bytes}).front());
}

// The same for the same file, also after a start, and another for another one.
std::string FolderSource::HashOf(const SeenFile& file) const {
  const std::string which =
      absl::StrCat(file.identity, "/", absl::ToUnixNanos(file.modified_at), "/", file.bytes, "/", file.name);
  return absl::BytesToHexString(at_rest_.NamesOf({"file", "name", which}).front()).substr(0, kHashShown);
}

std::string FolderSource::NameOnProcessed(const SeenFile& file) const {
  return absl::StrCat(absl::FormatTime("%Y%m%dT%H%M%SZ", file.modified_at, absl::UTCTimeZone()), "-", HashOf(file));
}

std::string FolderSource::NameOnRejected(const SeenFile& file) const {
  if (file.name.size() > kNameBytesMost) {
    return absl::StrCat(HashOf(file), EndingOf(file.name).substr(0, kHashShown));
  }
  const bool is_there = files_.Find(Shelf::kRejected, file.name).has_value() ||
                        files_.Find(Shelf::kRejected, absl::StrCat(file.name, kReasonEnding)).has_value();
  return is_there ? absl::StrCat(file.name, ".", HashOf(file)) : file.name;
}

}  // namespace envej::region
