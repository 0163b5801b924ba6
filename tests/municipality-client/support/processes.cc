#include "tests/municipality-client/support/processes.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

namespace envej::municipality_client {

std::string ProgramPath(const std::string& name) {
  const char* const folder = std::getenv("ENVEJ_BINARY_DIRECTORY");
  return std::string(folder == nullptr ? "build/dev/bin" : folder) + "/" + name;
}

pid_t StartProcess(const std::vector<std::string>& arguments, const std::string& output_path,
                   const std::string& error_path) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  const int flags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output_path.c_str(), flags, 0600);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, error_path.c_str(), flags, 0600);
  std::vector<std::string> copies = arguments;
  std::vector<char*> pointers;
  for (std::string& copy : copies) pointers.push_back(copy.data());
  pointers.push_back(nullptr);
  pid_t process = -1;
  if (posix_spawn(&process, pointers[0], &files, nullptr, pointers.data(), environ) != 0) process = -1;
  posix_spawn_file_actions_destroy(&files);
  return process;
}

int WaitForProcess(pid_t process, int seconds) {
  if (process < 0) return -1;
  int outcome = 0;
  for (int hundredths = 0; hundredths < seconds * 100; ++hundredths) {
    if (waitpid(process, &outcome, WNOHANG) == process) {
      return WIFEXITED(outcome) ? WEXITSTATUS(outcome) : 128 + WTERMSIG(outcome);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  kill(process, SIGKILL);
  waitpid(process, &outcome, 0);
  return -1;
}

}  // namespace envej::municipality_client
