#include "municipality-client/hook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/municipality-client/support/temporary_folder.h"

namespace envej::municipality_client {
namespace {

using testing::HasSubstr;

TEST(Hook, GetsThePathsOneALine) {
  const TemporaryFolder files;
  ASSERT_TRUE(RunHook("cat > " + files / "got", {"a/b", "c"}).ok());
  EXPECT_EQ(ReadFile(files / "got"), "a/b\nc\n");
}

TEST(Hook, MayLeaveItsInputUnread) {
  EXPECT_TRUE(RunHook("exec true", std::vector<std::string>(100'000, "a path of some length")).ok());
}

TEST(Hook, ItsFailureIsTold) {
  const absl::Status failed = RunHook("echo secret >&2; exit 3", {"a"});
  EXPECT_EQ(failed.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(std::string(failed.message()), "the command failed with exit code 3");
  EXPECT_THAT(std::string(RunHook("kill -9 $$", {"a"}).message()), HasSubstr("signal 9"));
}

TEST(Hook, IsKilledWithWhatItStartedWhenItTakesTooLong) {
  const TemporaryFolder files;
  const absl::Time begin = absl::Now();
  const absl::Status status =
      RunHook("(sleep 1; echo late > " + files / "late" + ") & sleep 30", {"a"}, absl::Milliseconds(300));
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
  absl::SleepFor(absl::Milliseconds(1200));
  EXPECT_EQ(ReadFile(files / "late"), "");
}

}  // namespace
}  // namespace envej::municipality_client
