#ifndef ENVEJ_REGION_CLIENT_RECEIPT_FILE_H_
#define ENVEJ_REGION_CLIENT_RECEIPT_FILE_H_

#include <sys/types.h>

#include <cstddef>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "envej/v1/receipt.pb.h"

namespace envej::region {

// A file of receipts as JSON lines, that only grows. It holds each receipt once, however often it is given, and
// whichever program gives it: several may have the file open, and lock it only while they append.
// Not thread-safe.
class ReceiptFile {
 public:
  // How long an append waits for another program's to end.
  static constexpr absl::Duration kLockWait = absl::Seconds(30);

  // Opens or creates (mode 0600) the file and reads what it holds. A last line without an end is ended if it is a
  // receipt, and cut away if it is the beginning of one, which a crash left: that was never reported as kept.
  // FAILED_PRECONDITION, and nothing is changed, if another program keeps it locked for `lock_wait`, if it is no
  // ordinary file, or if it holds anything but receipts; otherwise an error that names the file.
  static absl::StatusOr<ReceiptFile> Open(const std::string& path, absl::Duration lock_wait = kLockWait);

  ReceiptFile(ReceiptFile&& other) noexcept;
  ReceiptFile& operator=(ReceiptFile&&) = delete;
  ~ReceiptFile();

  // OK once those of `receipts` that it did not hold are on disk (fsync). After an error the file is left as it is, and
  // every further call answers the same: open it again.
  absl::Status Append(absl::Span<const v1::Receipt> receipts);

 private:
  class Locked;
  enum class Reading { kWholeLines, kToItsEnd };

  ReceiptFile(std::string path, int descriptor, absl::Duration lock_wait)
      : path_(std::move(path)), descriptor_(descriptor), lock_wait_(lock_wait) {}
  // What was not read yet. Up to its end only while it is locked: what is there then is a line that nobody will finish.
  absl::Status Read(Reading reading);
  absl::Status AppendLocked(absl::Span<const v1::Receipt> receipts);
  absl::Status Write(absl::string_view lines);

  std::string path_;
  int descriptor_;
  absl::Duration lock_wait_;
  absl::Status failed_;
  off_t read_ = 0;  // bytes, up to the end of a line
  size_t next_line_ = 1;
  std::set<std::string> held_;  // region, municipality, id, revision and position: sent again, it gets another
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_RECEIPT_FILE_H_
