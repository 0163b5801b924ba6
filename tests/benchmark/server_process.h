#ifndef ENVEJ_TESTS_BENCHMARK_SERVER_PROCESS_H_
#define ENVEJ_TESTS_BENCHMARK_SERVER_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace envej::benchmark {

// A program that serves, and says on which port in its log. It ends with its owner.
class ServerProcess {
 public:
  // Starts the program, whose log goes to this file, and waits until it serves. The error is the log's end.
  static absl::StatusOr<std::unique_ptr<ServerProcess>> Start(const std::vector<std::string>& arguments,
                                                              const std::string& log_path);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  std::string address() const;

  // Processor time used so far, in steps of a hundredth; 0 if it has ended.
  double CpuSeconds() const;

  // Asks it to stop and waits for it; it is killed if it takes too long. OK if it ended with status 0.
  absl::Status Stop();

 private:
  explicit ServerProcess(pid_t process) : process_(process) {}

  pid_t process_;
  int port_ = 0;
};

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_SERVER_PROCESS_H_
