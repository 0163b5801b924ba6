#ifndef ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_CRASH_AFTER_H_
#define ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_CRASH_AFTER_H_

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "municipality-client/step.h"

namespace envej::municipality_client {

// Does something in a process of its own that ends after `steps` of its steps. Whether it got that far; a failure is
// recorded if what was done did not succeed.
inline bool CrashAfter(int steps, const std::function<bool(const StepCallback& on_step)>& does) {
  constexpr int kCrashed = 42;
  const pid_t process = fork();
  if (process == 0) {
    int left = steps;
    const bool succeeded = does([&left](Step) {
      if (--left == 0) _exit(kCrashed);
    });
    _exit(succeeded ? 0 : 1);
  }
  int outcome = 0;
  waitpid(process, &outcome, 0);
  EXPECT_TRUE(WIFEXITED(outcome));
  EXPECT_NE(WEXITSTATUS(outcome), 1);
  return WEXITSTATUS(outcome) == kCrashed;
}

}  // namespace envej::municipality_client

#endif  // ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_CRASH_AFTER_H_
