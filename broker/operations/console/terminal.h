#ifndef ENVEJ_BROKER_OPERATIONS_CONSOLE_TERMINAL_H_
#define ENVEJ_BROKER_OPERATIONS_CONSOLE_TERMINAL_H_

#include <signal.h>
#include <termios.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace envej::console {

struct ScreenSize {
  size_t rows = 24;
  size_t columns = 80;
};

// Turns SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP and SIGWINCH into something that can be waited for, so that the
// terminal is given back before any of them has its effect. Made before any other thread, which then inherits that they
// are blocked. Thread safety: none.
class TerminalSignals {
 public:
  TerminalSignals();
  ~TerminalSignals();  // they have their effects again
  TerminalSignals(const TerminalSignals&) = delete;
  TerminalSignals& operator=(const TerminalSignals&) = delete;

  // Readable while one is there.
  int descriptor() const { return descriptor_; }
  // The next one that is there; nothing if there is none.
  std::optional<int> Next();
  // Lets a signal that would end the process end it, as if it had never been blocked.
  static void EndBy(int number);

 private:
  sigset_t before_{};
  int descriptor_ = -1;
};

// A terminal drawn on as a whole: its other screen, without cursor, and its keys read one by one. What was there before
// is there again when it goes. Thread safety: none.
class FullScreen {
 public:
  // `keys` may be no terminal: then nothing is read from it.
  FullScreen(int screen, int keys);
  ~FullScreen();
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;

  ScreenSize Size() const;
  // Replaces what is seen. False if the terminal is gone.
  bool Draw(const std::vector<std::string>& lines) const;
  // For a process that is stopped by SIGTSTP, and when it goes on.
  void Leave();
  void Enter();

 private:
  bool Write(absl::string_view bytes) const;

  const int screen_;
  const int keys_;
  std::optional<termios> before_;
  bool entered_ = false;
};

}  // namespace envej::console

#endif  // ENVEJ_BROKER_OPERATIONS_CONSOLE_TERMINAL_H_
