#ifndef ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_PROCESSES_H_
#define ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_PROCESSES_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace envej::municipality_client {

// The path of a program that was built; `name` may begin with "tests/".
std::string ProgramPath(const std::string& name);

// Starts a program with its output and error going to these files.
pid_t StartProcess(const std::vector<std::string>& arguments, const std::string& output_path,
                   const std::string& error_path);
// How it ended: its exit code, or 128 and the signal's number. It is killed after `seconds`.
int WaitForProcess(pid_t process, int seconds = 60);

}  // namespace envej::municipality_client

#endif  // ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_PROCESSES_H_
