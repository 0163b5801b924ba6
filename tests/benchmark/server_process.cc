#include "tests/benchmark/server_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace envej::benchmark {
namespace {

constexpr std::chrono::milliseconds kPause(20);
constexpr int kPausesToServe = 3000;
constexpr int kPausesToStop = 1500;
constexpr int kFieldsBeforeTimes = 11;  // of /proc/PID/stat, after the name

std::optional<int> FindPort(const std::string& log_path, const std::string& event, std::string& last_line) {
  std::ifstream log(log_path);
  for (std::string line; std::getline(log, line);) {
    last_line = line;
    const nlohmann::json fields = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!fields.is_object()) continue;
    if (fields.value("event", "") == event) return fields.value("port", 0);
    const std::string message = fields.value("message", "");
    const size_t words = message.find(event);
    int port = 0;
    if (words != message.npos && absl::SimpleAtoi(message.substr(words + event.size()), &port)) return port;
  }
  return std::nullopt;
}

std::vector<char*> PointersTo(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

pid_t Spawn(std::vector<std::string> arguments, const std::string& log_path, std::vector<std::string> environment) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  pid_t process = -1;
  const int status = posix_spawn(&process, arguments.front().c_str(), &files, nullptr, PointersTo(arguments).data(),
                                 PointersTo(environment).data());
  posix_spawn_file_actions_destroy(&files);
  return status == 0 ? process : -1;
}

// How it ended, as waitpid tells it; nothing if it runs on.
std::optional<int> WaitFor(pid_t process, int pauses) {
  int outcome = 0;
  for (int pause = 0; pause < pauses; ++pause) {
    if (waitpid(process, &outcome, WNOHANG) == process) return outcome;
    std::this_thread::sleep_for(kPause);
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ServerProcess>> ServerProcess::Start(const std::vector<std::string>& arguments,
                                                                    const std::string& log_path,
                                                                    const std::vector<std::string>& environment,
                                                                    const std::string& serving) {
  const pid_t process = Spawn(arguments, log_path, environment);
  if (process < 0) return absl::UnavailableError(absl::StrCat("cannot start ", arguments.front()));
  auto server = std::unique_ptr<ServerProcess>(new ServerProcess(process, log_path));
  std::string last_line;
  for (int pause = 0; pause < kPausesToServe; ++pause) {
    if (const std::optional<int> port = FindPort(log_path, serving, last_line)) {
      server->port_ = *port;
      return server;
    }
    if (WaitFor(process, 1).has_value()) {
      server->process_ = -1;
      FindPort(log_path, serving, last_line);
      return absl::UnavailableError(absl::StrCat(arguments.front(), " ended before it served: ", last_line));
    }
  }
  return absl::DeadlineExceededError(absl::StrCat(arguments.front(), " does not serve: ", last_line));
}

ServerProcess::~ServerProcess() { Stop().IgnoreError(); }

std::string ServerProcess::address() const { return absl::StrCat("127.0.0.1:", port_); }

int ServerProcess::PortIn(const std::string& event) const {
  std::string last_line;
  return FindPort(log_path_, event, last_line).value_or(0);
}

double ServerProcess::CpuSeconds() const {
  std::ifstream file(absl::StrCat("/proc/", process_, "/stat"));
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const size_t name_end = text.rfind(')');  // the name in front may hold anything
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 0; field < kFieldsBeforeTimes; ++field) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

absl::Status ServerProcess::Stop() {
  if (process_ < 0) return absl::OkStatus();
  kill(process_, SIGTERM);
  const std::optional<int> outcome = WaitFor(process_, kPausesToStop);
  if (!outcome.has_value()) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  process_ = -1;
  const bool good = outcome.has_value() && WIFEXITED(*outcome) && WEXITSTATUS(*outcome) == 0;
  return good ? absl::OkStatus() : absl::UnavailableError("a server did not stop as it should");
}

}  // namespace envej::benchmark
