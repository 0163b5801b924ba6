#ifndef ENVEJ_REGION_CLIENT_SUBMISSION_CLIENT_H_
#define ENVEJ_REGION_CLIENT_SUBMISSION_CLIENT_H_

#include <grpcpp/channel.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "certs/surroundings.h"
#include "envej/v1/notice.pb.h"
#include "envej/v1/receipt.pb.h"
#include "proto/contract/limits.h"
#include "proto/contract/notice_rules.h"
#include "region-client/call_failure.h"
#include "region-client/notice_file.h"

namespace envej::region {

inline constexpr int kBatchesInFlight = 4;
inline constexpr int kCallsInFlight = 8;  // where each is about one notice
inline constexpr absl::Duration kCallDeadline = absl::Seconds(30);

// What became of one notice.
struct Outcome {
  enum class Kind {
    kAccepted,  // durable, and `receipt` proves it
    kRepeated,  // it had been accepted before; `receipt` is the first one
    kRefused,   // nothing of it was kept; `refusal` says why
    kNotKept,   // accepted, but its receipt is lost on this side; `refusal` says why. Submitting it again gets it.
    kUnsent,    // not accepted: it never left, or the broker did not take it; `refusal` says what went wrong
    kUnknown,   // it left, and may be accepted; `refusal` says what went wrong. Submitting it again tells.
  };
  Kind kind = Kind::kUnsent;
  v1::Receipt receipt;
  Refusal refusal;
};

// The notices of one call, as indices from `first` (inclusive) to `last` (exclusive).
struct Batch {
  size_t first = 0;
  size_t last = 0;

  bool operator==(const Batch&) const = default;
};

// Notices in order, in as few batches as hold at most `most_notices` notices and `most_bytes` bytes of request each. A
// notice that alone is larger stands alone.
std::vector<Batch> SplitIntoBatches(absl::Span<const NoticeEntry> notices, size_t most_notices, size_t most_bytes);

// OK if `receipt` proves its own fields and names `notice`, or `withdrawal`.
absl::Status CheckReceiptFor(const v1::Receipt& receipt, const v1::Notice& notice);
absl::Status CheckReceiptFor(const v1::Receipt& receipt, const v1::Withdrawal& withdrawal);

// Why an answer counts for nothing: its receipt does not prove what it says; it never came.
const Refusal& WrongReceipt();
const Refusal& Lost();

using Surroundings = certs::Surroundings;

// What is told while notices are sent. Calls never overlap, but come from several threads.
struct SubmissionObserver {
  // The final outcome of notice `index`, exactly once for each. Outcomes of one answer come together in one call.
  // An error stops the sending: what is still waiting is unsent or unknown.
  std::function<absl::Status(absl::Span<const std::pair<size_t, Outcome>> outcomes)> done;
  // A call, or a notice of one, failed and will be tried again.
  std::function<void(const CallFailure& failure)> trying_again;
};

// As what notices are sent.
struct Sending {
  contract::SentAs sent_as = contract::SentAs::kNew;
  // Whose notices they are, where it is a region that this one has succeeded; empty for its own.
  std::string notices_of = {};
};

// Sends every notice: new ones of its own through SubmitNotices, up to kBatchesInFlight batches at a time, another
// region's through SubmitNotice and revisions through ReviseNotice, up to kCallsInFlight at a time. Returns when each
// has an outcome. What is retriable is sent again with the same ids until `deadline`, only those of a batch that need
// it. Once the surroundings are to end, what is under way is cancelled, and unknown or unsent. Answers the first error
// of `observer.done`.
absl::Status SendAll(const std::shared_ptr<grpc::Channel>& channel, absl::Span<const NoticeEntry> notices,
                     const Sending& sending, absl::Time deadline, const Surroundings& surroundings,
                     const SubmissionObserver& observer);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_SUBMISSION_CLIENT_H_
