#include "certs/private_memory.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace envej::certs {
namespace {

TEST(KeepMemoryPrivateTest, NoCoreIsWrittenAndNobodyElseMayLook) {
  const auto keep_private = [] {
    const rlimit some{.rlim_cur = 1 << 20, .rlim_max = 1 << 20};
    setrlimit(RLIMIT_CORE, &some);
    KeepMemoryPrivate();
    rlimit core{.rlim_cur = 1, .rlim_max = 1};
    const bool kept = getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0 &&
                      prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
    _exit(kept ? 0 : 1);
  };
  EXPECT_EXIT(keep_private(), testing::ExitedWithCode(0), "");
}

TEST(KeepMemoryPrivateTest, ACrashLeavesNoCore) {
  const pid_t child = fork();
  if (child == 0) {
    KeepMemoryPrivate();
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_FALSE(WCOREDUMP(status));
}

}  // namespace
}  // namespace envej::certs
