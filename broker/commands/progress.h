#ifndef ENVEJ_BROKER_COMMANDS_PROGRESS_H_
#define ENVEJ_BROKER_COMMANDS_PROGRESS_H_

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "broker/clock.h"

namespace envej::commands {

// Says how far a long command has come: on a terminal in one line, at most each second; elsewhere in a line of its own
// now and then, as for a log. What ends soon says nothing. Not thread-safe.
class Progress {
 public:
  static constexpr absl::Duration kOnATerminal = absl::Seconds(1);
  static constexpr absl::Duration kElsewhere = absl::Seconds(10);

  // Both must outlive it.
  Progress(std::ostream& out, bool is_a_terminal, const Clock& clock);
  static Progress OnStandardError();
  ~Progress() { End(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Says what `so_far` gives, if it is time to. As cheap as a look at the clock if it is not.
  void Tell(absl::FunctionRef<std::string()> so_far);
  // Clears the terminal's line for what is said next.
  void End();

 private:
  std::ostream& out_;
  const bool is_a_terminal_;
  const Clock& clock_;
  absl::Duration next_;
  bool line_stands_ = false;
};

// "12 MiB".
std::string InMebibytes(uint64_t bytes);

}  // namespace envej::commands

#endif  // ENVEJ_BROKER_COMMANDS_PROGRESS_H_
