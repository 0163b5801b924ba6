#ifndef ENVEJ_TESTS_BENCHMARK_SERVER_PROCESS_H_
#define ENVEJ_TESTS_BENCHMARK_SERVER_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace envej::benchmark {

// How a program's log says that it serves: by an event with its port, or, as an agent, in words that end with it.
inline constexpr char kServing[] = "serving";
inline constexpr char kListensForHl7[] = "listens for HL7 on port ";

// A program that serves, and says on which port in its log. It ends with its owner.
class ServerProcess {
 public:
  // Starts the program, whose log goes to this file, and waits until it serves. The error is the log's end.
  // `environment`: entries beside our own; `serving` as above.
  static absl::StatusOr<std::unique_ptr<ServerProcess>> Start(const std::vector<std::string>& arguments,
                                                              const std::string& log_path,
                                                              const std::vector<std::string>& environment = {},
                                                              const std::string& serving = kServing);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  std::string address() const;
  // The port that its log tells with this event; 0 if it tells none.
  int PortIn(const std::string& event) const;

  // Processor time used so far, in steps of a hundredth; 0 if it has ended.
  double CpuSeconds() const;

  // Asks it to stop and waits for it; it is killed if it takes too long. OK if it ended with status 0.
  absl::Status Stop();

 private:
  ServerProcess(pid_t process, std::string log_path) : process_(process), log_path_(std::move(log_path)) {}

  pid_t process_;
  const std::string log_path_;
  int port_ = 0;
};

}  // namespace envej::benchmark

#endif  // ENVEJ_TESTS_BENCHMARK_SERVER_PROCESS_H_
