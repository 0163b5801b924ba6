#include "broker/operations/console/terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"

namespace envej::console {
namespace {

// Other screen, no cursor, no wrapping of lines; and back.
constexpr absl::string_view kEnter = "\x1b[?1049h\x1b[?25l\x1b[?7l";
constexpr absl::string_view kLeave = "\x1b[?7h\x1b[?25h\x1b[?1049l";
constexpr absl::string_view kHome = "\x1b[H";
constexpr absl::string_view kEraseRestOfLine = "\x1b[K";
constexpr absl::string_view kEraseBelow = "\x1b[J";
// What a terminal does not take for so long, as one that somebody has halted, is left out; the next frame has it all.
constexpr int kWriteMilliseconds = 200;

sigset_t Caught() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH}) sigaddset(&signals, number);
  return signals;
}

}  // namespace

TerminalSignals::TerminalSignals() {
  const sigset_t signals = Caught();
  pthread_sigmask(SIG_BLOCK, &signals, &before_);
  descriptor_ = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

TerminalSignals::~TerminalSignals() {
  if (descriptor_ >= 0) close(descriptor_);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<int> TerminalSignals::Next() {
  signalfd_siginfo caught{};
  const ssize_t bytes = read(descriptor_, &caught, sizeof(caught));
  if (bytes != static_cast<ssize_t>(sizeof(caught))) return std::nullopt;
  return static_cast<int>(caught.ssi_signo);
}

void TerminalSignals::EndBy(int number) {
  signal(number, SIG_DFL);
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, number);
  pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
  raise(number);
}

FullScreen::FullScreen(int screen, int keys) : screen_(screen), keys_(keys) { Enter(); }

FullScreen::~FullScreen() { Leave(); }

void FullScreen::Enter() {
  if (entered_) return;
  termios settings{};
  if (keys_ >= 0 && tcgetattr(keys_, &settings) == 0) {
    before_ = settings;
    settings.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);  // signals' keys stay
    settings.c_cc[VMIN] = 0;
    settings.c_cc[VTIME] = 0;
    tcsetattr(keys_, TCSANOW, &settings);
  }
  Write(kEnter);
  entered_ = true;
}

void FullScreen::Leave() {
  if (!entered_) return;
  entered_ = false;
  Write(kLeave);
  if (!before_.has_value()) return;
  tcflush(keys_, TCIFLUSH);  // what was pressed here is not for the shell
  tcsetattr(keys_, TCSANOW, &*before_);
}

ScreenSize FullScreen::Size() const {
  winsize window{};
  if (ioctl(screen_, TIOCGWINSZ, &window) != 0 || window.ws_row == 0 || window.ws_col == 0) return {};
  return {.rows = window.ws_row, .columns = window.ws_col};
}

bool FullScreen::Draw(const std::vector<std::string>& lines) const {
  std::string frame(kHome);
  for (size_t i = 0; i < lines.size(); ++i) {
    absl::StrAppend(&frame, i == 0 ? "" : "\r\n", lines[i], kEraseRestOfLine);
  }
  absl::StrAppend(&frame, kEraseBelow);
  return Write(frame);
}

bool FullScreen::Write(absl::string_view bytes) const {
  while (!bytes.empty()) {
    pollfd writable{.fd = screen_, .events = POLLOUT, .revents = 0};
    const int ready = poll(&writable, 1, kWriteMilliseconds);
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0) return true;
    if ((writable.revents & POLLOUT) == 0) return false;
    const ssize_t count = write(screen_, bytes.data(), bytes.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

}  // namespace envej::console
