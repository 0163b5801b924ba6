#ifndef ENVEJ_TESTS_SUPPORT_PROCESS_H_
#define ENVEJ_TESTS_SUPPORT_PROCESS_H_

#include <sys/types.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace envej::support {

// The path of a program that was built.
std::string ProgramPath(absl::string_view name);

// How a program ended: its exit code, or 128 and the signal's number; -1 if it had to be killed for taking too long,
// or could not be started.
struct Ended {
  int code = -1;
  std::string out;
  std::string err;
};

// A program that runs with both its outputs caught. When it goes, it is killed with all that it started.
class Process {
 public:
  // `arguments[0]` is the program's path; its standard input is empty.
  explicit Process(const std::vector<std::string>& arguments);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t id() const { return process_; }
  void Signal(int number);
  // Waits until it has ended, and kills it if it has not by then. The same answer again afterwards.
  Ended Wait(absl::Duration at_most = absl::Seconds(60));
  // Waits until `seen` is true of what it has written to standard error; false when it has ended, or time is up.
  bool WaitForError(const std::function<bool(const std::string& err)>& seen,
                    absl::Duration at_most = absl::Seconds(30));
  std::string Err();

 private:
  // One of its outputs, read as it comes.
  struct Output {
    int descriptor = -1;
    std::string text;
    bool ended = false;
  };

  void Read(Output& output);
  std::string TextOf(const Output& output);

  pid_t process_ = -1;
  bool reaped_ = false;
  int code_ = -1;
  std::mutex mutex_;
  std::condition_variable changed_;
  Output out_;
  Output err_;
  std::thread out_reader_;
  std::thread err_reader_;
};

// Runs a program to its end.
Ended RunProgram(const std::vector<std::string>& arguments, absl::Duration at_most = absl::Seconds(60));

}  // namespace envej::support

#endif  // ENVEJ_TESTS_SUPPORT_PROCESS_H_
