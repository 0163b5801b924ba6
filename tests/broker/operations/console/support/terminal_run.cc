#include "tests/broker/operations/console/support/terminal_run.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace envej::console {
namespace {

constexpr absl::Duration kLookAgain = absl::Milliseconds(50);

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// What the sanitizers of this process were told is true of a program too.
std::vector<std::string> WithSanitizers(std::vector<std::string> environment) {
  for (const char* const name : {"ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    const char* const value = getenv(name);
    if (value != nullptr) environment.push_back(absl::StrCat(name, "=", value));
  }
  return environment;
}

}  // namespace

TerminalRun::TerminalRun(const std::vector<std::string>& arguments, const Settings& settings) {
  std::vector<std::string> words = arguments;
  std::vector<std::string> environment = WithSanitizers(settings.environment);
  const std::vector<char*> argv = Pointers(words);
  const std::vector<char*> envp = Pointers(environment);
  const winsize size{.ws_row = settings.rows, .ws_col = settings.columns, .ws_xpixel = 0, .ws_ypixel = 0};
  process_ = forkpty(&terminal_, nullptr, nullptr, &size);
  if (process_ == 0) {
    execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }
}

TerminalRun::~TerminalRun() {
  if (process_ > 0 && !reaped_) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  if (terminal_ >= 0) close(terminal_);
}

void TerminalRun::Press(absl::string_view keys) const {
  const ssize_t written = write(terminal_, keys.data(), keys.size());
  static_cast<void>(written);  // what is not pressed has no effect, which the test sees
}

void TerminalRun::Resize(unsigned short rows, unsigned short columns) const {
  const winsize size{.ws_row = rows, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
  ioctl(terminal_, TIOCSWINSZ, &size);
}

bool TerminalRun::ReadMore(absl::Duration at_most) {
  pollfd readable{.fd = terminal_, .events = POLLIN, .revents = 0};
  if (poll(&readable, 1, static_cast<int>(absl::ToInt64Milliseconds(at_most))) <= 0) return true;
  std::array<char, 4096> bytes{};
  const ssize_t count = read(terminal_, bytes.data(), bytes.size());
  if (count <= 0) return false;
  output_.append(bytes.data(), static_cast<size_t>(count));
  return true;
}

bool TerminalRun::WaitFor(absl::string_view text, absl::Duration at_most) {
  const absl::Time at_latest = absl::Now() + at_most;
  while (!absl::StrContains(output_, text)) {
    if (absl::Now() >= at_latest || !ReadMore(kLookAgain)) return absl::StrContains(output_, text);
  }
  return true;
}

termios TerminalRun::TerminalSettings() const {
  termios settings{};
  tcgetattr(terminal_, &settings);
  return settings;
}

bool TerminalRun::WaitUntilStopped(absl::Duration at_most) {
  const absl::Time at_latest = absl::Now() + at_most;
  while (absl::Now() < at_latest) {
    int outcome = 0;
    if (waitpid(process_, &outcome, WUNTRACED | WNOHANG) == process_) {
      reaped_ = !WIFSTOPPED(outcome);
      return WIFSTOPPED(outcome);
    }
    ReadMore(kLookAgain);
  }
  return false;
}

int TerminalRun::Wait(absl::Duration at_most) {
  const absl::Time at_latest = absl::Now() + at_most;
  while (absl::Now() < at_latest) {
    const bool more = ReadMore(kLookAgain);
    int outcome = 0;
    if (waitpid(process_, &outcome, WNOHANG) == process_) {
      reaped_ = true;
      while (ReadMore(absl::ZeroDuration())) {
        pollfd left{.fd = terminal_, .events = POLLIN, .revents = 0};
        if (poll(&left, 1, 0) <= 0) break;
      }
      return WIFEXITED(outcome) ? WEXITSTATUS(outcome) : 128 + WTERMSIG(outcome);
    }
    if (!more) absl::SleepFor(absl::Milliseconds(2));  // its end is a moment behind its terminal's
  }
  return -1;
}

}  // namespace envej::console
