#include "tests/support/losing_disk.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace envej::support {
namespace {

namespace fs = std::filesystem;

constexpr char kLog[] = ".log";
constexpr uint64_t kPage = 4096;
constexpr absl::Duration kBesideMost = absl::Seconds(5);

// Without a slash too many.
std::string Plain(const std::string& path) {
  std::string plain = fs::path(path).lexically_normal().string();
  if (plain.size() > 1 && plain.back() == '/') plain.pop_back();
  return plain;
}

std::string FolderOf(const std::string& path) { return fs::path(Plain(path)).parent_path().string(); }

uint64_t SizeOf(const std::string& path) {
  std::error_code error;
  const uintmax_t size = fs::file_size(path, error);
  return error ? 0 : size;
}

std::string ReadAt(const std::string& path, uint64_t offset, size_t bytes) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  std::string read(bytes, '\0');
  file.read(read.data(), static_cast<std::streamsize>(bytes));
  read.resize(static_cast<size_t>(file.gcount()));
  return read;
}

void WriteAt(const std::string& path, uint64_t offset, const std::string& bytes) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(offset));
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

bool LosingDisk::Has(const std::string& path) const { return absl::StartsWith(path, folder_ + "/"); }

void LosingDisk::Arm(const Fault& fault) {
  MutexLock lock(mutex_);
  fault_ = fault;
  has_failed_ = false;
}

void LosingDisk::Disarm() {
  MutexLock lock(mutex_);
  fault_.reset();
}

bool LosingDisk::HasFailed() {
  MutexLock lock(mutex_);
  return has_failed_;
}

uint64_t LosingDisk::WrittenAfterFailure() {
  MutexLock lock(mutex_);
  return written_after_;
}

void LosingDisk::PowerOffAfter(uint64_t operations) {
  MutexLock lock(mutex_);
  power_for_ = operations;
  power_counted_by_ = std::this_thread::get_id();
}

bool LosingDisk::PowerOn() {
  MutexLock lock(mutex_);
  if (power_for_ == 0u) return false;
  power_for_.reset();
  return true;
}

void LosingDisk::BeginBatch(const std::string& beside) {
  MutexLock lock(mutex_);
  beside_ = beside;
  besides_ = 0;
}

void LosingDisk::EndBatch() {
  MutexLock lock(mutex_);
  beside_.clear();
  late_.clear();
}

bool LosingDisk::Goes() {
  if (!power_for_.has_value()) return true;
  if (*power_for_ == 0) return false;
  if (std::this_thread::get_id() == power_counted_by_) --*power_for_;
  return true;
}

bool LosingDisk::Meets(Operation operation, Failure failure, const std::string& path) {
  if (!fault_.has_value() || fault_->operation != operation || !absl::EndsWith(path, fault_->suffix)) return false;
  if (fault_->failure != failure) return false;
  while (besides_ < fault_->beside_first) {
    if (!changed_.WaitFor(mutex_, kBesideMost)) break;
  }
  if (fault_->on_disk) files_.erase(path);
  fault_.reset();
  has_failed_ = true;
  return true;
}

bool LosingDisk::BeforeWrite(const std::string& path, uint64_t offset, size_t bytes) {
  MutexLock lock(mutex_);
  if (has_failed_ && absl::EndsWith(path, kLog)) ++written_after_;
  if (!Goes() || Meets(Operation::kWrite, Failure::kBefore, path)) return false;
  const auto [file, is_new] = files_.try_emplace(path);
  if (is_new) file->second.size = SizeOf(path);
  if (offset < file->second.size) {
    const size_t over = std::min<uint64_t>(bytes, file->second.size - offset);
    file->second.overwritten.push_back({.offset = offset, .bytes = ReadAt(path, offset, over)});
  }
  return true;
}

bool LosingDisk::AfterWrite(const std::string& path) {
  MutexLock lock(mutex_);
  return !Meets(Operation::kWrite, Failure::kAfter, path);
}

bool LosingDisk::BeforeSync(const std::string& path) {
  MutexLock lock(mutex_);
  return Goes() && !Meets(Operation::kSync, Failure::kBefore, path);
}

bool LosingDisk::AfterSync(const std::string& path) {
  MutexLock lock(mutex_);
  const bool is_beside = !beside_.empty() && absl::EndsWith(path, beside_);
  const auto file = files_.find(path);
  if (file != files_.end()) {
    if (is_beside) late_[path] = std::move(file->second);
    files_.erase(file);
  }
  if (is_beside) {
    ++besides_;
    changed_.NotifyAll();
  }
  return !Meets(Operation::kSync, Failure::kAfter, path);
}

bool LosingDisk::BeforeChange(const std::string&) {
  MutexLock lock(mutex_);
  return Goes();
}

void LosingDisk::Created(const std::string& path) {
  MutexLock lock(mutex_);
  folders_[FolderOf(path)].push_back({.kind = Entry::Kind::kCreated, .path = path, .from = {}, .kept = {}});
}

std::string LosingDisk::Keep(const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return "";
  const std::string kept = absl::StrCat(folder_, "/../kept-", next_kept_++);
  fs::remove(kept, error);
  fs::create_hard_link(path, kept, error);
  return error ? "" : kept;
}

void LosingDisk::Renaming(const std::string& from, const std::string& to) {
  MutexLock lock(mutex_);
  folders_[FolderOf(to)].push_back({.kind = Entry::Kind::kRenamed, .path = to, .from = from, .kept = Keep(to)});
  const auto file = files_.find(from);
  if (file == files_.end()) {
    files_.erase(to);
  } else {
    files_[to] = std::move(file->second);
    files_.erase(from);
  }
}

void LosingDisk::Removing(const std::string& path) {
  MutexLock lock(mutex_);
  folders_[FolderOf(path)].push_back({.kind = Entry::Kind::kRemoved, .path = path, .from = {}, .kept = Keep(path)});
}

bool LosingDisk::SyncFolder(const std::string& path) {
  MutexLock lock(mutex_);
  if (!Goes()) return false;
  std::error_code error;
  const std::string folder = Plain(path);
  for (const Entry& entry : folders_[folder]) {
    if (entry.kind == Entry::Kind::kRemoved) files_.erase(entry.path);
    if (!entry.kept.empty()) fs::remove(entry.kept, error);
  }
  folders_.erase(folder);
  return true;
}

void LosingDisk::Undo(const Entry& entry) {
  std::error_code error;
  switch (entry.kind) {
    case Entry::Kind::kCreated:
      fs::remove_all(entry.path, error);
      break;
    case Entry::Kind::kRenamed:
      fs::rename(entry.path, entry.from, error);
      if (!entry.kept.empty()) fs::rename(entry.kept, entry.path, error);
      break;
    case Entry::Kind::kRemoved:
      if (!entry.kept.empty()) fs::rename(entry.kept, entry.path, error);
      break;
  }
}

// Of what was not synced the pages of the end are written in any order, or not at all.
void LosingDisk::Lose(const std::string& path, const Unsynced& unsynced, Remains remains, const Chance& chance) {
  if (remains == Remains::kAll || !fs::exists(path)) return;
  const uint64_t written = SizeOf(path);
  uint64_t left = std::min(unsynced.size, written);
  if (remains == Remains::kSome && written > left) left += chance(written - left + 1);
  fs::resize_file(path, left);
  for (uint64_t page = (unsynced.size + kPage - 1) / kPage; page * kPage < left && remains == Remains::kSome; ++page) {
    if (chance(8) == 0) WriteAt(path, page * kPage, std::string(std::min(kPage, left - page * kPage), '\0'));
  }
  for (auto over = unsynced.overwritten.rbegin(); over != unsynced.overwritten.rend(); ++over) {
    const uint64_t fate = remains == Remains::kNothing ? 0 : chance(3);
    if (fate == 0) WriteAt(path, over->offset, over->bytes);
    if (fate == 1) WriteAt(path, over->offset, over->bytes.substr(0, chance(over->bytes.size())));  // torn
  }
}

void LosingDisk::LosePower(Remains remains, const ChanceOf& chance_of) {
  MutexLock lock(mutex_);
  for (auto& [path, unsynced] : late_) files_.try_emplace(path, std::move(unsynced));
  late_.clear();
  for (const auto& [path, unsynced] : files_) Lose(path, unsynced, remains, chance_of(path));
  std::error_code error;
  for (auto& [folder, entries] : folders_) {
    size_t left = remains == Remains::kAll ? entries.size() : 0;
    if (remains == Remains::kSome) left = chance_of(folder)(entries.size() + 1);
    for (size_t index = entries.size(); index > 0; --index) {
      const Entry& entry = entries[index - 1];
      if (index > left) Undo(entry);
      if (!entry.kept.empty()) fs::remove(entry.kept, error);
    }
  }
  files_.clear();
  folders_.clear();
  fault_.reset();
  power_for_.reset();
  beside_.clear();
  has_failed_ = false;
  written_after_ = 0;
}

}  // namespace envej::support
