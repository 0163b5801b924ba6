#ifndef ENVEJ_REGION_CLIENT_RESEND_H_
#define ENVEJ_REGION_CLIENT_RESEND_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "envej/v1/notice.pb.h"
#include "envej/v1/receipt.pb.h"
#include "region-client/command_context.h"
#include "region-client/notice_sealer.h"
#include "region-client/receipt_keeper.h"

namespace envej::region {

// A notice's municipality and id.
using NoticeName = std::pair<std::string, std::string>;

// All that a region has kept of what was accepted from it.
struct Kept {
  std::vector<v1::Receipt> receipts;
  // What its notices and revisions said, in any order, as it submitted them, but for their revision where that was left
  // to be numbered (0 then). Plain.
  std::vector<v1::Notice> notices;
};

// What became of one notice of which there are receipts.
struct ResendOutcome {
  enum class Kind {
    kHeld,         // the broker has the newest that was accepted of it
    kSent,         // what it lacked was sent again, and its new receipts are kept
    kForgotten,    // accepted longer ago than ids are remembered: not asked about, nothing would come of it
    kLineMissing,  // it lacks what none of the notices says any more: nothing was sent of it
    kRefused,      // the broker does not take it again; `refusal` says why
    kUnsent,       // not sent, or it is not known; `refusal` says why. To be run again.
  };
  Kind kind = Kind::kHeld;
  std::string municipality_code;
  std::string notice_id;
  Refusal refusal;
};

// Asks the broker about every notice of which there is a receipt not older than ids are remembered, and sends again
// what it has lost: what is missing there, or was accepted by a store that it no longer has. The same ids, revisions
// and contents, so that it is the same notice under the same commitment; withdrawals are made again from their
// receipts. Nothing is doubled: what the broker has it answers with its receipt. Notices of other regions than the
// sealer's are left alone: those of one that this region has succeeded are sent again by a sealer and a context of
// their own. To be called when a store was restored: when WatchNotices begins anew, or tells that a notice is missing;
// and safe at any time.
//
// Tells on standard error why it waits, if it does, and which withdrawals go unsealed. Waits for answers until
// `deadline`. The outcomes stand in the order of municipality and id. An error is that receipts cannot be kept.
absl::StatusOr<std::vector<ResendOutcome>> Resend(const Kept& kept, const CommandContext& context, NoticeSealer& sealer,
                                                  ReceiptKeeper& receipts, absl::Time deadline);

// Reads a file of receipts, and adds them; without a last one that is not whole. An error is one line that names the
// file.
absl::Status ReadReceipts(const std::string& path, std::vector<v1::Receipt>& receipts);
// Reads a file of notices as submit or revise takes them, and adds those that can be read; by no rule of today's, since
// they were accepted once. Answers how many lines could not be.
absl::StatusOr<size_t> ReadSentNotices(const std::string& path, std::vector<v1::Notice>& notices);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_RESEND_H_
