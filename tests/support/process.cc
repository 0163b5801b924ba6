#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace envej::support {
namespace {

constexpr int kSignalled = 128;

}  // namespace

std::string ProgramPath(absl::string_view name) {
  const char* const folder = std::getenv("ENVEJ_BINARY_DIRECTORY");
  return absl::StrCat(folder == nullptr ? "build/dev/bin" : folder, "/", name);
}

Process::Process(const std::vector<std::string>& arguments) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (pipe2(out.data(), O_CLOEXEC) != 0 || pipe2(err.data(), O_CLOEXEC) != 0) return;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, err[1], STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  // It does not outlive a test that is killed.
  std::vector<std::string> copies = {"/usr/bin/setpriv", "--pdeathsig", "KILL", "--"};
  copies.insert(copies.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& copy : copies) pointers.push_back(copy.data());
  pointers.push_back(nullptr);
  if (posix_spawn(&process_, pointers[0], &files, &attributes, pointers.data(), environ) != 0) process_ = -1;
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  close(out[1]);
  close(err[1]);
  out_.descriptor = out[0];
  err_.descriptor = err[0];
  out_reader_ = std::thread([this] { Read(out_); });
  err_reader_ = std::thread([this] { Read(err_); });
}

Process::~Process() {
  if (process_ > 0 && !reaped_) {
    kill(-process_, SIGKILL);
    Wait();
  }
  for (std::thread* reader : {&out_reader_, &err_reader_}) {
    if (reader->joinable()) reader->join();
  }
}

void Process::Read(Output& output) {
  std::array<char, 4096> bytes{};
  for (;;) {
    const ssize_t count = read(output.descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    const std::lock_guard lock(mutex_);
    if (count <= 0) break;
    output.text.append(bytes.data(), static_cast<size_t>(count));
    changed_.notify_all();
  }
  const std::lock_guard lock(mutex_);
  close(output.descriptor);
  output.ended = true;
  changed_.notify_all();
}

void Process::Signal(int number) {
  if (process_ > 0 && !reaped_) kill(process_, number);
}

Ended Process::Wait(absl::Duration at_most) {
  if (process_ > 0 && !reaped_) {
    const int handle = static_cast<int>(syscall(SYS_pidfd_open, process_, 0));
    pollfd ending{.fd = handle, .events = POLLIN, .revents = 0};
    const bool in_time = poll(&ending, 1, static_cast<int>(absl::ToInt64Milliseconds(at_most))) == 1;
    close(handle);
    if (!in_time) kill(-process_, SIGKILL);
    int outcome = 0;
    waitpid(process_, &outcome, 0);
    reaped_ = true;
    if (in_time) code_ = WIFEXITED(outcome) ? WEXITSTATUS(outcome) : kSignalled + WTERMSIG(outcome);
    kill(-process_, SIGKILL);  // what it left behind holds its outputs open
  }
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::seconds(10), [this] { return out_.ended && err_.ended; });
  return {.code = code_, .out = out_.text, .err = err_.text};
}

bool Process::WaitForError(const std::function<bool(const std::string& err)>& seen, absl::Duration at_most) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, absl::ToChronoMilliseconds(at_most), [&] { return err_.ended || seen(err_.text); });
  return seen(err_.text);
}

std::string Process::Err() { return TextOf(err_); }

std::string Process::TextOf(const Output& output) {
  const std::lock_guard lock(mutex_);
  return output.text;
}

Ended RunProgram(const std::vector<std::string>& arguments, absl::Duration at_most) {
  return Process(arguments).Wait(at_most);
}

}  // namespace envej::support
