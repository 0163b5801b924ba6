#include "region-client/agent/run_command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

extern char** environ;

namespace envej::region {
namespace {

constexpr absl::Duration kFarewell = absl::Seconds(1);
constexpr absl::Duration kStopLookEach = absl::Milliseconds(100);

// A descriptor that is closed.
class Closed {
 public:
  explicit Closed(int descriptor) : descriptor_(descriptor) {}
  ~Closed() { Close(); }
  Closed(const Closed&) = delete;
  Closed& operator=(const Closed&) = delete;

  int get() const { return descriptor_; }
  void Close() {
    if (descriptor_ >= 0) close(descriptor_);
    descriptor_ = -1;
  }

 private:
  int descriptor_;
};

std::optional<pid_t> Spawn(const std::vector<std::string>& command, int input) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  // No signal is held back or ignored there because it is here.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  sigset_t ignored;
  sigemptyset(&ignored);
  sigaddset(&ignored, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &ignored);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t process = -1;
  const int failed = posix_spawnp(&process, words[0], &actions, &attributes, words.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failed == 0 ? std::optional(process) : std::nullopt;
}

bool EndsInTime(int ended, absl::Duration at_most, const std::stop_token& stop) {
  pollfd wait{.fd = ended, .events = POLLIN, .revents = 0};
  bool ends = false;
  for (absl::Duration left = at_most; left > absl::ZeroDuration(); left -= kStopLookEach) {
    if (!std::exchange(ends, stop.stop_requested()) && ends) left = std::min(left, kFarewell);
    const absl::Duration most = std::min(left, kStopLookEach);
    if (poll(&wait, 1, static_cast<int>(absl::ToInt64Milliseconds(most))) == 1) return true;
  }
  return false;
}

}  // namespace

absl::Status RunCommand(const std::vector<std::string>& command, const std::string& line, absl::Duration at_most,
                        const std::stop_token& stop) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "cannot make a pipe");
  Closed read_end(ends[0]);
  Closed write_end(ends[1]);
  // A line is shorter than what a pipe holds, so this does not block; and written before, it meets no closed pipe.
  const std::string whole = absl::StrCat(line, "\n");
  if (write(write_end.get(), whole.data(), whole.size()) != static_cast<ssize_t>(whole.size())) {
    return absl::ErrnoToStatus(errno, "cannot write to a pipe");
  }
  write_end.Close();
  const std::optional<pid_t> process = Spawn(command, read_end.get());
  if (!process.has_value()) return absl::UnavailableError(absl::StrCat(command[0], " cannot be started"));
  read_end.Close();
  const Closed ended(static_cast<int>(syscall(SYS_pidfd_open, *process, 0)));
  const bool in_time = ended.get() >= 0 && EndsInTime(ended.get(), at_most, stop);
  if (!in_time) kill(*process, SIGKILL);
  int how = 0;
  if (waitpid(*process, &how, 0) != *process) return absl::ErrnoToStatus(errno, "cannot wait for a command");
  if (in_time && WIFEXITED(how) && WEXITSTATUS(how) == 0) return absl::OkStatus();
  if (!in_time) return absl::UnavailableError(absl::StrCat(command[0], " did not end in time"));
  const std::string failed = absl::StrCat(command[0], " failed");
  return WIFEXITED(how) ? absl::AbortedError(failed) : absl::UnavailableError(failed);
}

}  // namespace envej::region
