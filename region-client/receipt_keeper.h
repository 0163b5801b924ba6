#ifndef ENVEJ_REGION_CLIENT_RECEIPT_KEEPER_H_
#define ENVEJ_REGION_CLIENT_RECEIPT_KEEPER_H_

#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "region-client/output.h"
#include "region-client/receipt_file.h"
#include "region-client/submission_client.h"

namespace envej::region {

// Where the receipts of a command go: to a file; or else to standard output, as lines of their own or as part of the
// report's JSON lines. Not thread-safe.
class ReceiptKeeper {
 public:
  // `path` is empty for standard output. `input` is the file that the command reads, - for standard input, or empty.
  // An error is one line that says why receipts cannot be kept there.
  static absl::StatusOr<ReceiptKeeper> Open(const std::string& path, const std::string& input, OutputForm output,
                                            const Streams& streams);

  // OK once the receipts of those that are accepted are kept.
  absl::Status Keep(absl::Span<const std::pair<size_t, Outcome>> outcomes);

  // The report's JSON lines are to hold them.
  bool in_lines() const { return in_lines_; }

 private:
  ReceiptKeeper(std::optional<ReceiptFile> file, std::ostream* out, bool in_lines)
      : file_(std::move(file)), out_(out), in_lines_(in_lines) {}

  std::optional<ReceiptFile> file_;
  std::ostream* out_;
  bool in_lines_;
};

// The outcome of what was accepted, but whose receipt could not be kept.
Outcome NotKept(const absl::Status& why);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_RECEIPT_KEEPER_H_
