#include "region-client/receipt_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "proto/contract/json_line.h"
#include "region-client/json_fields.h"
#include "region-client/line_file.h"
#include "region-client/output.h"
#include "region-client/receipt_beginning.h"

namespace envej::region {
namespace {

constexpr size_t kReadBytes = size_t{64} << 10;
constexpr absl::Duration kLockPause = absl::Milliseconds(20);

std::string KeyOf(const v1::Receipt& receipt) {
  return absl::StrCat(receipt.region_code(), " ", receipt.municipality_code(), " ", receipt.notice_id(), " ",
                      receipt.revision(), " ", receipt.position().store_incarnation(), " ", receipt.position().broker(),
                      " ", receipt.position().batch(), " ", receipt.position().event_index());
}

absl::Status Failed(const std::string& path, absl::string_view what) {
  return absl::ErrnoToStatus(errno, absl::StrCat(path, ": ", what));
}

absl::Status NotReceipts(const std::string& path, size_t line) {
  return absl::FailedPreconditionError(
      absl::StrCat(path, ": line ", line, " is not a receipt; name another file for the receipts"));
}

// Without it a file that was just made can be gone after a loss of power.
absl::Status SyncDirectoryOf(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  const std::string directory = parent.empty() ? "." : parent.string();
  const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return Failed(directory, "cannot be opened");
  const bool synced = fsync(descriptor) == 0;
  const absl::Status status = synced ? absl::OkStatus() : Failed(directory, "cannot be synced");
  close(descriptor);
  return status;
}

}  // namespace

// The file while no other program appends to it.
class ReceiptFile::Locked {
 public:
  explicit Locked(const ReceiptFile& file) : descriptor_(file.descriptor_) {
    status_ = absl::FailedPreconditionError(absl::StrCat(file.path_, ": another program is writing receipts to it"));
    for (absl::Duration waited; waited <= file.lock_wait_; waited += kLockPause) {
      if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0) {
        status_ = absl::OkStatus();
        return;
      }
      if (errno != EWOULDBLOCK && errno != EINTR) {
        status_ = Failed(file.path_, "cannot be locked");
        return;
      }
      std::this_thread::sleep_for(absl::ToChronoMilliseconds(kLockPause));
    }
  }
  ~Locked() {
    if (status_.ok()) flock(descriptor_, LOCK_UN);
  }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

  const absl::Status& status() const { return status_; }

 private:
  const int descriptor_;
  absl::Status status_;
};

absl::StatusOr<ReceiptFile> ReceiptFile::Open(const std::string& path, absl::Duration lock_wait) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) return Failed(path, "cannot be opened for writing");
  ReceiptFile file(path, descriptor, lock_wait);
  struct stat about = {};
  if (fstat(descriptor, &about) != 0) return Failed(path, "cannot be examined");
  if (!S_ISREG(about.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": is not an ordinary file, so it cannot keep receipts"));
  }
  // A long file is read before others have to wait.
  if (absl::Status status = file.Read(Reading::kWholeLines); !status.ok()) return status;
  const Locked locked(file);
  if (!locked.status().ok()) return locked.status();
  if (absl::Status status = file.Read(Reading::kToItsEnd); !status.ok()) return status;
  if (absl::Status status = SyncDirectoryOf(path); !status.ok()) return status;
  return file;
}

ReceiptFile::ReceiptFile(ReceiptFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      lock_wait_(other.lock_wait_),
      failed_(std::move(other.failed_)),
      read_(other.read_),
      next_line_(other.next_line_),
      held_(std::move(other.held_)) {}

ReceiptFile::~ReceiptFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::Status ReceiptFile::Read(Reading reading) {
  std::array<char, kReadBytes> buffer;
  std::string line;
  for (off_t at = read_;;) {
    const ssize_t count = pread(descriptor_, buffer.data(), buffer.size(), at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed(path_, "cannot be read");
    if (count == 0) break;
    at += count;
    for (const char character : absl::string_view(buffer.data(), static_cast<size_t>(count))) {
      line.push_back(character);
      if (line.size() > kLongestLine) return NotReceipts(path_, next_line_);
      if (character != '\n') continue;
      v1::Receipt receipt;
      if (!ReadJson(line, receipt).empty() || receipt.notice_id().empty()) return NotReceipts(path_, next_line_);
      held_.insert(KeyOf(receipt));
      read_ += static_cast<off_t>(line.size());
      line.clear();
      ++next_line_;
    }
  }
  if (line.empty() || reading == Reading::kWholeLines) return absl::OkStatus();
  v1::Receipt receipt;
  if (ReadJson(line, receipt).empty()) {  // only its end is missing
    if (receipt.notice_id().empty()) return NotReceipts(path_, next_line_);
    if (absl::Status status = Write("\n"); !status.ok()) return status;
    held_.insert(KeyOf(receipt));
    read_ += static_cast<off_t>(line.size() + 1);
    ++next_line_;
    return absl::OkStatus();
  }
  if (!IsReceiptBeginning(line)) return NotReceipts(path_, next_line_);
  return ftruncate(descriptor_, read_) == 0 ? absl::OkStatus() : Failed(path_, "cannot be cut to its last receipt");
}

absl::Status ReceiptFile::Append(absl::Span<const v1::Receipt> receipts) {
  if (!failed_.ok()) return failed_;  // a line after one cut short would spoil the file
  const bool is_new = std::any_of(receipts.begin(), receipts.end(),
                                  [this](const v1::Receipt& receipt) { return held_.count(KeyOf(receipt)) == 0; });
  if (is_new) failed_ = AppendLocked(receipts);
  return failed_;
}

absl::Status ReceiptFile::AppendLocked(absl::Span<const v1::Receipt> receipts) {
  const Locked locked(*this);
  if (!locked.status().ok()) return locked.status();
  struct stat about = {};
  if (fstat(descriptor_, &about) != 0) return Failed(path_, "cannot be examined");
  if (about.st_size < read_) {
    return absl::FailedPreconditionError(absl::StrCat(path_, ": lines were taken out of it; run the same again"));
  }
  if (absl::Status status = Read(Reading::kToItsEnd); !status.ok()) return status;
  std::string lines;
  std::set<std::string> added;
  for (const v1::Receipt& receipt : receipts) {
    const std::string key = KeyOf(receipt);
    if (held_.count(key) != 0 || !added.insert(key).second) continue;
    absl::StrAppend(&lines, contract::ToJsonLine(receipt), "\n");
  }
  // Also where another program has just written them all: it may have ended before they were on disk.
  if (absl::Status status = Write(lines); !status.ok()) return status;
  read_ += static_cast<off_t>(lines.size());
  next_line_ += added.size();
  held_.merge(added);
  return absl::OkStatus();
}

absl::Status ReceiptFile::Write(absl::string_view lines) {
  while (!lines.empty()) {
    const ssize_t count = write(descriptor_, lines.data(), lines.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed(path_, "cannot be written");
    lines.remove_prefix(static_cast<size_t>(count));
  }
  return fsync(descriptor_) == 0 ? absl::OkStatus() : Failed(path_, "cannot be synced");
}

}  // namespace envej::region
