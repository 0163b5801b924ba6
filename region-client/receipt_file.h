#ifndef ENVEJ_REGION_CLIENT_RECEIPT_FILE_H_
#define ENVEJ_REGION_CLIENT_RECEIPT_FILE_H_

#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "envej/v1/receipt.pb.h"

namespace envej::region {

// A file of receipts as JSON lines, that only grows. It holds each receipt once, however often it is given.
// Not thread-safe; at most one program at a time has the file open.
class ReceiptFile {
 public:
  // Opens or creates (mode 0600) the file and reads what it holds. A last line without an end is ended if it is a
  // receipt, and cut away if it is the beginning of one, which a crash left: that was never reported as kept.
  // FAILED_PRECONDITION, and nothing is changed, if another program has the file open, if it is no ordinary file, or
  // if it holds anything but receipts; otherwise an error that names the file.
  static absl::StatusOr<ReceiptFile> Open(const std::string& path);

  ReceiptFile(ReceiptFile&& other) noexcept;
  ReceiptFile& operator=(ReceiptFile&&) = delete;
  ~ReceiptFile();

  // OK once those of `receipts` that it did not hold are on disk (fsync). After an error the file is left as it is, and
  // every further call answers the same: open it again.
  absl::Status Append(absl::Span<const v1::Receipt> receipts);

 private:
  ReceiptFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  absl::Status Read();
  absl::Status Write(absl::string_view lines);

  std::string path_;
  int descriptor_;
  absl::Status failed_;
  std::set<std::string> held_;  // region, municipality, id, revision and position: sent again, it gets another
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_RECEIPT_FILE_H_
