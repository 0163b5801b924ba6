#include "region-client/receipt_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "region-client/json_fields.h"
#include "region-client/output.h"
#include "region-client/receipt_beginning.h"

namespace envej::region {
namespace {

constexpr size_t kLongestLine = size_t{64} << 10;
constexpr size_t kReadBytes = size_t{64} << 10;

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

absl::StatusOr<ReceiptFile> ReceiptFile::Open(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) return Failed(path, "cannot be opened for writing");
  ReceiptFile file(path, descriptor);
  struct stat about = {};
  if (fstat(descriptor, &about) != 0) return Failed(path, "cannot be examined");
  if (!S_ISREG(about.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": is not an ordinary file, so it cannot keep receipts"));
  }
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": another program is writing receipts to it"));
  }
  if (absl::Status status = file.Read(); !status.ok()) return status;
  if (absl::Status status = SyncDirectoryOf(path); !status.ok()) return status;
  return file;
}

ReceiptFile::ReceiptFile(ReceiptFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      failed_(std::move(other.failed_)),
      held_(std::move(other.held_)) {}

ReceiptFile::~ReceiptFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::Status ReceiptFile::Read() {
  std::array<char, kReadBytes> buffer;
  std::string line;
  size_t number = 1;
  off_t whole = 0;  // where the last whole line ends
  while (true) {
    const ssize_t count = read(descriptor_, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed(path_, "cannot be read");
    if (count == 0) break;
    for (const char character : absl::string_view(buffer.data(), static_cast<size_t>(count))) {
      line.push_back(character);
      if (line.size() > kLongestLine) return NotReceipts(path_, number);
      if (character != '\n') continue;
      v1::Receipt receipt;
      if (!ReadJson(line, receipt).empty() || receipt.notice_id().empty()) return NotReceipts(path_, number);
      held_.insert(KeyOf(receipt));
      whole += static_cast<off_t>(line.size());
      line.clear();
      ++number;
    }
  }
  if (line.empty()) return absl::OkStatus();
  v1::Receipt receipt;
  if (ReadJson(line, receipt).empty()) {  // only its end is missing
    if (receipt.notice_id().empty()) return NotReceipts(path_, number);
    if (absl::Status status = Write("\n"); !status.ok()) return status;
    held_.insert(KeyOf(receipt));
    return absl::OkStatus();
  }
  if (!IsReceiptBeginning(line)) return NotReceipts(path_, number);
  return ftruncate(descriptor_, whole) == 0 ? absl::OkStatus() : Failed(path_, "cannot be cut to its last receipt");
}

absl::Status ReceiptFile::Append(absl::Span<const v1::Receipt> receipts) {
  if (!failed_.ok()) return failed_;  // a line after one cut short would spoil the file
  std::string lines;
  std::set<std::string> added;
  for (const v1::Receipt& receipt : receipts) {
    const std::string key = KeyOf(receipt);
    if (held_.count(key) != 0 || !added.insert(key).second) continue;
    absl::StrAppend(&lines, ToJsonLine(receipt), "\n");
  }
  if (lines.empty()) return absl::OkStatus();
  failed_ = Write(lines);
  if (failed_.ok()) held_.merge(added);
  return failed_;
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
