#include "broker/commands/progress.h"

#include <unistd.h>

#include <iostream>

#include "absl/strings/str_cat.h"

namespace envej::commands {
namespace {

constexpr char kBeginLineAnew[] = "\r\033[K";

}  // namespace

Progress::Progress(std::ostream& out, bool is_a_terminal, const Clock& clock)
    : out_(out),
      is_a_terminal_(is_a_terminal),
      clock_(clock),
      next_(clock.Elapsed() + (is_a_terminal ? kOnATerminal : kElsewhere)) {}

Progress Progress::OnStandardError() {
  static const SystemClock clock;
  return Progress(std::cerr, isatty(STDERR_FILENO) != 0, clock);
}

void Progress::Tell(absl::FunctionRef<std::string()> so_far) {
  const absl::Duration now = clock_.Elapsed();
  if (now < next_) return;
  next_ = now + (is_a_terminal_ ? kOnATerminal : kElsewhere);
  if (is_a_terminal_) {
    out_ << kBeginLineAnew << so_far() << std::flush;
    line_stands_ = true;
  } else {
    out_ << "envej-broker: " << so_far() << std::endl;
  }
}

void Progress::End() {
  if (line_stands_) out_ << kBeginLineAnew << std::flush;
  line_stands_ = false;
}

std::string InMebibytes(uint64_t bytes) { return absl::StrCat(bytes >> 20, " MiB"); }

}  // namespace envej::commands
