#include "certs/command_line.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace envej::certs {
namespace {

TEST(HoldStandardStreamsTest, NothingOpenedLaterBecomesAStreamThatWasClosed) {
  const auto open_with_closed_streams = [] {
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    HoldStandardStreams();
    const int opened = open("/dev/null", O_RDWR);
    char byte = 'x';
    const bool held = opened > STDERR_FILENO && read(STDIN_FILENO, &byte, 1) < 0 && write(STDOUT_FILENO, &byte, 1) < 0;
    _exit(held ? 0 : 1);
  };
  EXPECT_EXIT(open_with_closed_streams(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace envej::certs
