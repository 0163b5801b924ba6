#ifndef ENVEJ_TESTS_BROKER_OPERATIONS_CONSOLE_SUPPORT_TERMINAL_RUN_H_
#define ENVEJ_TESTS_BROKER_OPERATIONS_CONSOLE_SUPPORT_TERMINAL_RUN_H_

#include <sys/types.h>
#include <termios.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace envej::console {

// A program that runs on a terminal of its own. When it goes, the program is killed. Thread safety: none.
class TerminalRun {
 public:
  struct Settings {
    unsigned short rows = 24;
    unsigned short columns = 120;
    std::vector<std::string> environment = {"TERM=xterm"};  // all of it, beside what sanitizers are told
  };

  TerminalRun(const std::vector<std::string>& arguments, const Settings& settings);
  ~TerminalRun();
  TerminalRun(const TerminalRun&) = delete;
  TerminalRun& operator=(const TerminalRun&) = delete;

  pid_t id() const { return process_; }
  void Press(absl::string_view keys) const;
  void Resize(unsigned short rows, unsigned short columns) const;
  // Waits until what it has written since the last Forget holds `text`; false when it has ended, or time is up.
  bool WaitFor(absl::string_view text, absl::Duration at_most = absl::Seconds(30));
  void Forget() { output_.clear(); }
  const std::string& output() const { return output_; }
  // As the terminal is set now.
  termios TerminalSettings() const;
  // Waits until it is stopped; false when time is up.
  bool WaitUntilStopped(absl::Duration at_most = absl::Seconds(30));
  // Reads to its end: its exit code, or 128 and the signal's number; -1 if it had to be killed.
  int Wait(absl::Duration at_most = absl::Seconds(30));

 private:
  // What comes next, if anything does within so long; false at the end.
  bool ReadMore(absl::Duration at_most);

  pid_t process_ = -1;
  int terminal_ = -1;
  bool reaped_ = false;
  std::string output_;
};

}  // namespace envej::console

#endif  // ENVEJ_TESTS_BROKER_OPERATIONS_CONSOLE_SUPPORT_TERMINAL_RUN_H_
