#ifndef ENVEJ_REGION_CLIENT_RECEIPTS_COMMAND_H_
#define ENVEJ_REGION_CLIENT_RECEIPTS_COMMAND_H_

#include <string>

#include "absl/time/time.h"
#include "region-client/output.h"

namespace envej::region {

struct VerifyReceiptsOptions {
  std::string proofs;            // a file: lines of envej.v1.GetNoticeResponse as `status ID --output json` writes them
  std::string receipts;          // a file of receipts, each of which must be one that is proven; empty for none
  std::string authorities;       // PEM: those whose brokers' signatures count
  std::string revocation_lists;  // theirs: a file or folder; empty: revocation is not asked
  OutputForm output = OutputForm::kText;
};

// Proves, without any connection, that receipts stand under checkpoints that a broker signed: from the receipt's fields
// to its batch's root, from the batch's header to the checkpoint, and from there to the signature by a certificate that
// was a broker's under the authorities when the checkpoint was made. With revocation lists, a certificate that was
// revoked by then proves nothing, nor one of which no list says anything that is current at `now`. It proves
// the receipts alone: what a status beside one says of the same (municipality, id, revision, origin, time of
// acceptance) must agree, or the line does not hold; what came after acceptance (state, leases, conclusion) is not
// looked at. A receipt of which only a newer revision or a withdrawal is proven is counted as replaced, if it leads to
// its own root. One line of output for each line that does not hold, then how many do. kDone if all do and there is at
// least one, kRefused if one does not, kUnusable for a file that cannot be used.
ExitCode VerifyReceipts(const VerifyReceiptsOptions& options, const Streams& streams, absl::Time now);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_RECEIPTS_COMMAND_H_
