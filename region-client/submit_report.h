#ifndef ENVEJ_REGION_CLIENT_SUBMIT_REPORT_H_
#define ENVEJ_REGION_CLIENT_SUBMIT_REPORT_H_

#include <map>
#include <string>
#include <utility>

#include "absl/types/span.h"
#include "region-client/leaflet_hint.h"
#include "region-client/notice_file.h"
#include "region-client/output.h"
#include "region-client/submission_client.h"

namespace envej::region {

// By what a notice is named: the line of the file that holds it, or its id.
enum class NamedBy { kLine, kId };

// Tells what became of each line, or each withdrawal, for people or for machines, and counts. Every line that held a
// notice is told exactly once. Not thread-safe.
class SubmitReport {
 public:
  // With `receipts_in_lines`, a JSON line of an accepted notice holds its receipt.
  SubmitReport(const Streams& streams, OutputForm form, bool receipts_in_lines, NamedBy named_by = NamedBy::kLine)
      : streams_(streams), form_(form), receipts_in_lines_(receipts_in_lines), named_by_(named_by) {}

  void RefusedLines(absl::Span<const RefusedLine> lines, const LeafletHints& hints);
  void Outcomes(absl::Span<const NoticeEntry> notices, absl::Span<const Outcome> outcomes);
  void Summary() const;  // one line, on the error stream

  ExitCode exit_code() const;

 private:
  void Line(size_t line, const NoticeEntry& entry, const Outcome& outcome);
  void Count(const std::string& name, const std::string& cause);

  const Streams& streams_;
  const OutputForm form_;
  const bool receipts_in_lines_;
  const NamedBy named_by_;
  size_t accepted_ = 0;
  size_t repeated_ = 0;
  size_t refused_ = 0;
  size_t not_kept_ = 0;
  size_t unsent_ = 0;
  size_t unknown_ = 0;
  // Those that are unsent, unknown or lack their receipt mostly share one cause, which is told once: its text, how
  // many, and the first one's name.
  std::map<std::string, std::pair<size_t, std::string>> by_cause_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_SUBMIT_REPORT_H_
