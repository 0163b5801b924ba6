#ifndef ENVEJ_REGION_CLIENT_PROVE_COMMAND_H_
#define ENVEJ_REGION_CLIENT_PROVE_COMMAND_H_

#include <string>

#include "absl/time/time.h"
#include "region-client/command_context.h"
#include "region-client/progress_bar.h"

namespace envej::region {

struct ProveOptions {
  std::string receipts;                         // an ordinary file: a receipt a line, as `submit --receipts` writes it
  ProgressMode progress = ProgressMode::kAuto;  // of the bar on standard error
  absl::Duration deadline = absl::Minutes(5);   // how long to try again at one place
};

// Asks the broker for the proof of each receipt, kAskedAtOnce at a time, and writes its answers on standard output in
// the file's order, a line each, as `receipts verify` reads them. Every line is looked at before anything is asked; in
// memory there are never more than those that are asked for.
//
// The broker proves the newest receipt of a notice: one of a revision before it is counted as replaced.
//
// An answer without a proof, or of another receipt, is not written: it is counted, and the first kNamedMost of them are
// named by their lines on standard error. kNotYet if only proofs are missing that come within minutes, kRefused if the
// broker does not know a notice or its receipt is another one, kUnreachable if it could not be asked to the end.
ExitCode ProveReceipts(const ProveOptions& options, const CommandContext& context);

inline constexpr size_t kAskedAtOnce = 16;
inline constexpr size_t kNamedMost = 20;

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_PROVE_COMMAND_H_
