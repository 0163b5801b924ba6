#include "municipality-client/hook.h"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "municipality-client/durable_file.h"

namespace envej::municipality_client {
namespace {

absl::Status CannotStart(int error) {
  return absl::InternalError(absl::StrCat("the command could not be started: ", std::strerror(error)));
}

// A file in memory rather than a pipe: a command that does not read its input neither blocks us nor breaks a pipe.
absl::StatusOr<FileDescriptor> InputOf(const std::vector<std::string>& paths) {
  FileDescriptor input(memfd_create("paths", MFD_CLOEXEC));
  if (!input.open()) return CannotStart(errno);
  std::string lines;
  for (const std::string& path : paths) absl::StrAppend(&lines, path, "\n");
  if (absl::Status status = WriteAll(input, lines, "the command's input"); !status.ok()) return status;
  if (lseek(input.number(), 0, SEEK_SET) != 0) return CannotStart(errno);
  return input;
}

// The command starts with no file of ours, with the usual signals, and in a group of its own, so that it can be killed
// with all that it started and an interrupt at the terminal does not reach it.
absl::StatusOr<pid_t> Start(const std::string& command, const FileDescriptor& input) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input.number(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&attributes, 0);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  sigset_t usual;
  sigemptyset(&usual);
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) sigaddset(&usual, number);
  posix_spawnattr_setsigdefault(&attributes, &usual);

  std::string shell = "/bin/sh";
  std::string option = "-c";
  std::string text = command;
  char* const arguments[] = {shell.data(), option.data(), text.data(), nullptr};
  pid_t process = 0;
  const int error = posix_spawn(&process, "/bin/sh", &files, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) return CannotStart(error);
  return process;
}

// Whether it ended in time.
bool WaitForEnd(pid_t process, absl::Duration limit) {
  const FileDescriptor ending(static_cast<int>(syscall(SYS_pidfd_open, process, 0)));
  if (!ending.open()) return false;
  pollfd waiting{.fd = ending.number(), .events = POLLIN, .revents = 0};
  const absl::Time end = absl::Now() + limit;
  for (;;) {
    const absl::Duration left = std::clamp(end - absl::Now(), absl::ZeroDuration(), absl::Hours(1));
    const int ready = poll(&waiting, 1, static_cast<int>(absl::ToInt64Milliseconds(left)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace

absl::Status RunHook(const std::string& command, const std::vector<std::string>& paths, absl::Duration limit) {
  absl::StatusOr<FileDescriptor> input = InputOf(paths);
  if (!input.ok()) return input.status();
  const absl::StatusOr<pid_t> process = Start(command, *input);
  if (!process.ok()) return process.status();
  const bool in_time = WaitForEnd(*process, limit);
  if (!in_time) kill(-*process, SIGKILL);
  int outcome = 0;
  while (waitpid(*process, &outcome, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) return absl::AbortedError(absl::StrCat("the command took longer than ", absl::FormatDuration(limit)));
  if (WIFSIGNALED(outcome)) {
    return absl::AbortedError(absl::StrCat("the command was ended by signal ", WTERMSIG(outcome)));
  }
  if (WEXITSTATUS(outcome) != 0) {
    return absl::AbortedError(absl::StrCat("the command failed with exit code ", WEXITSTATUS(outcome)));
  }
  return absl::OkStatus();
}

}  // namespace envej::municipality_client
