#ifndef ENVEJ_REGION_CLIENT_SUBMIT_COMMAND_H_
#define ENVEJ_REGION_CLIENT_SUBMIT_COMMAND_H_

#include <string>

#include "absl/time/time.h"
#include "proto/contract/notice_rules.h"
#include "region-client/command_context.h"
#include "region-client/notice_sealer.h"
#include "region-client/progress_bar.h"

namespace envej::region {

struct SubmitOptions {
  std::string file;                             // "-" for standard input
  std::string receipts;                         // where receipts are kept; empty for standard output
  OutputForm output = OutputForm::kText;        // kJson: a line for every notice on standard output
  ProgressMode progress = ProgressMode::kAuto;  // of the bar on standard error
  absl::Duration deadline = absl::Minutes(5);   // for all of it, from now on
  contract::SentAs sent_as = contract::SentAs::kNew;
};

// Checks every line of the file, reports the bad ones, and seals and submits the good ones until each has an outcome or
// the deadline passes. A notice never leaves unsealed. A notice counts as accepted when its receipt proves it and is
// kept. Running it again with the same file is always safe. A file without a notice cannot be used: an export that
// failed leaves one.
//
// Revisions go the same way, each of a notice that the broker has. Where a line says no revision, it is given the next.
ExitCode Submit(const SubmitOptions& options, const CommandContext& context, NoticeSealer& sealer);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_SUBMIT_COMMAND_H_
